"""`make bench [NAME=…]`: runs benchmarks/<name>.py, each in a process of its own with the billing environment."""

import ast
import os
import subprocess
import sys
from pathlib import Path

from gates.projects import ROOT

BENCHMARKS = ROOT / "benchmarks"


def benchmark_names(directory: Path = BENCHMARKS) -> list[str]:
    """Return the modules that define main(), in alphabetical order; the others are their helpers."""
    return sorted(file.stem for file in directory.glob("*.py") if _defines_main(file))


def _defines_main(file: Path) -> bool:
    body = ast.parse(file.read_text(encoding="utf-8")).body
    return any(isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name == "main" for node in body)


def run(name: str) -> int:
    """Run one benchmark with its output on ours and return its exit code."""
    python = ROOT / "billing-backend" / ".venv" / "bin" / "python"
    # Billing's tests have what a year is made of.
    path = os.pathsep.join([str(BENCHMARKS), str(ROOT / "billing-backend")])
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"}
    command = [str(python), "-c", f"from {name} import main; main()"]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def main(arguments: list[str]) -> int:
    """Run the named benchmarks, or all; exit code 2 for a name that does not exist."""
    known = benchmark_names()
    unknown = [name for name in arguments if name not in known]
    if unknown:
        print(f"no benchmark {unknown[0]!r}; there are: {', '.join(known) or 'none'}")
        return 2
    worst = 0
    for name in arguments or known:
        print(f"== {name}", flush=True)
        worst = max(worst, abs(run(name)))
    return worst


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
