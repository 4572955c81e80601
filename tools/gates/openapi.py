"""Compares a product's OpenAPI, generated from its code now, with the file committed under contracts/.

`python -m gates.openapi billing` checks; with `--write` it brings the file up to date.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from gates.jobs import neutral_environment
from gates.projects import PROJECTS, ROOT, Project


def generated(project: Project, module: str) -> Any:
    """Return the document as the code describes itself."""
    command = [project.program("python"), "-m", module]
    done = subprocess.run(
        command, cwd=project.path, env=neutral_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{module} ended with code {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def committed(file: Path) -> Any:
    """Return the committed document, or None when there is none."""
    return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None


def main(arguments: list[str]) -> int:
    """Return 1 when the committed file is missing or differs."""
    names = [name for name in arguments if name != "--write"]
    stale = 0
    for project in PROJECTS:
        if project.openapi is None or (names and project.name not in names):
            continue
        module, name = project.openapi
        file = ROOT / "contracts" / name
        document = generated(project, module)
        if "--write" in arguments:
            text = json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False)
            file.write_text(text + "\n", encoding="utf-8")
        elif committed(file) != document:
            print(f"contracts/{name} is not what {module} says; `make contracts` renews it")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
