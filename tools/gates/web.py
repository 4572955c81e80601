"""The checks and suites of the web front ends, run with the Node of this checkout."""

import subprocess
import sys

import node
from stack import web
from stack.layout import Layout, StackError

from gates.jobs import Job
from gates.projects import RESULTS, ROOT

FRONTEND = ROOT / "billing-frontend"
_MODULES = ROOT / "node_modules"
_E2E_SECONDS = 3600.0


def checks() -> list[Job]:
    """Return types and build, one after the other because both write to `.next`, and lint."""
    return [
        Job("web-types-and-build", [sys.executable, "-m", "gates.web"], ROOT / "tools"),
        _script("web-lint", "eslint/bin/eslint.js", ".", "--max-warnings", "0"),
    ]


def suites(kind: str) -> list[Job]:
    """Return the suites of a kind: components and helpers are `unit`; the browser's stories run alone, as `faults`."""
    if kind == "unit":
        results = f"--outputFile.junit={RESULTS / 'web-unit.xml'}"
        return [_script("web-unit", "vitest/vitest.mjs", "run", "--reporter=default", "--reporter=junit", results)]
    if kind == "faults":
        command = [sys.executable, "-m", "gates.stories", str(RESULTS / "web-stories.xml")]
        return [Job("web-stories", command, ROOT / "tools", timeout=_E2E_SECONDS, alone=True)]
    return []


def _script(name: str, program: str, *arguments: str) -> Job:
    command = [node.node(), str(_MODULES / program), *arguments]
    return Job(name, command, FRONTEND, extra_environment=_environment())


def _environment() -> dict[str, str]:
    """What Node's tools need beyond ours."""
    return {name: node.environment()[name] for name in ("PATH", "NEXT_TELEMETRY_DISABLED", "CI")}


def main() -> int:
    """Check the types with the API's client fresh from its contract, then build what the stacks of the tests start."""
    types = subprocess.run([node.node(), str(FRONTEND / "scripts" / "types.mjs")], env=node.environment(), check=False)
    if types.returncode != 0:
        return types.returncode
    layout = Layout(ROOT / "build" / "web")
    layout.make_directories()
    try:
        web.build(layout)
    except StackError as error:
        print(error)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
