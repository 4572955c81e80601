"""Runs several commands of one console program in one process, because most of each is the import of its product.

Run by the product's own interpreter: `python together.py billing '["migrate"]' '["seed"]'`. Standard library only.
"""

import json
import sys
from importlib.metadata import entry_points


def main(program: str, commands: list[list[str]]) -> None:
    """Run the commands in order; the first that fails ends the process with its exit code."""
    [entry] = entry_points(group="console_scripts", name=program)
    run = entry.load()
    for words in commands:
        print("$", program, *words, flush=True)
        sys.argv = [program, *words]
        try:
            run()
        except SystemExit as end:
            if end.code:
                raise


if __name__ == "__main__":
    main(sys.argv[1], [json.loads(text) for text in sys.argv[2:]])
