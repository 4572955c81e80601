"""Compares a product's OpenAPI, generated from its code now, with the file committed under contracts/.

`python -m gates.openapi billing` checks; with `--write` it brings the file up to date.
"""

import json
import subprocess
import sys

from gates.jobs import neutral_environment
from gates.projects import PROJECTS, ROOT, Project


def generated(project: Project, module: str) -> str:
    """Return the document as the code describes itself, in the form it is committed in."""
    command = [project.program("python"), "-m", module]
    done = subprocess.run(
        command, cwd=project.path, env=neutral_environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        sys.exit(f"{module} ended with code {done.returncode}:\n{done.stderr}")
    return json.dumps(json.loads(done.stdout), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def main(arguments: list[str]) -> int:
    """Return 1 when the committed file is missing or differs."""
    names = [name for name in arguments if name != "--write"]
    stale = 0
    for project in PROJECTS:
        if project.openapi is None or (names and project.name not in names):
            continue
        module, file = project.openapi
        committed = ROOT / "contracts" / file
        text = generated(project, module)
        if "--write" in arguments:
            committed.write_text(text, encoding="utf-8")
        elif not committed.exists() or committed.read_text(encoding="utf-8") != text:
            print(f"contracts/{file} is not what {module} prints; `make contracts` renews it")
            stale = 1
    return stale


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
