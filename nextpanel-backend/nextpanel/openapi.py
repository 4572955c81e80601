"""`python -m nextpanel.openapi` prints the OpenAPI document, the same text for the same code."""

import json
import sys

from nextpanel.app import build_routes


def document() -> str:
    """Return the document as JSON text."""
    return json.dumps(build_routes().openapi(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    sys.stdout.write(document())
