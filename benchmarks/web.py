"""The web as visitors and staff have it: see gates/web_bench.py, which starts a stack of its own for it."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> None:
    python = ROOT / "tools" / ".venv" / "bin" / "python"
    sys.exit(subprocess.run([str(python), "-m", "gates.web_bench"], cwd=ROOT / "tools", check=False).returncode)
