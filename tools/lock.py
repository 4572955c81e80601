"""`make lock`: compile every requirements.in to a lock with hashes; `--upgrade` takes the newest versions.

The locks are universal (one file for every platform, Python 3.11 and later) and name no index: where packages come
from is a setting of the machine that installs them.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = (
    "tools/requirements.in",
    "tools/requirements-redis.in",
    "tools/requirements-node.in",
    "billing-backend/requirements.in",
    "billing-backend/requirements-dev.in",
    "nextpanel-backend/requirements.in",
    "nextpanel-backend/requirements-dev.in",
    "sandbox/requirements.in",
    "sandbox/requirements-dev.in",
)


def main(arguments: list[str]) -> None:
    """Rewrite the locks in place; what a lock has already is kept unless --upgrade is given."""
    uv = ROOT / "tools" / ".venv" / "bin" / "uv"
    options = ["--quiet", "--universal", "--generate-hashes", "--no-header", "--no-annotate", "--no-emit-index-url"]
    if "--upgrade" in arguments:
        options.append("--upgrade")
    for source in SOURCES:
        # Redis comes as a program in a wheel built for a newer Python; see tools/bootstrap.py.
        version = "3.12" if "redis" in source else "3.11"
        target = str(Path(source).with_suffix(".txt"))
        command = [str(uv), "pip", "compile", *options, "--python-version", version, source, "-o", target]
        print(target, flush=True)
        subprocess.run(command, cwd=ROOT, check=True, env={**os.environ, "UV_NO_PROGRESS": "1"})


if __name__ == "__main__":
    main(sys.argv[1:])
