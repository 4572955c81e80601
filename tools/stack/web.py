"""The build of shop and portal: made once, and again only when its sources changed."""

import fcntl
import hashlib
from pathlib import Path

import node

from stack.layout import ROOT, Layout
from stack.steps import run_command

FRONTEND = ROOT / "billing-frontend"
_STAMP = FRONTEND / ".next" / "built-from"
_DIRECTORIES = ("billing-frontend/src", "billing-frontend/messages", "packages/ui/src")
_FILES = (
    "package-lock.json",
    "billing-frontend/package.json",
    "billing-frontend/next.config.ts",
    "billing-frontend/postcss.config.mjs",
)


def _sources() -> list[Path]:
    # The client's types leave no trace in what is built, and they are written by the checks.
    found = [path for name in _DIRECTORIES for path in (ROOT / name).rglob("*") if path.name != "billing-api.ts"]
    return sorted(path for path in [*found, *(ROOT / name for name in _FILES)] if path.is_file())


def fingerprint() -> str:
    """Return the hash of everything the build is made from."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(f"{path.relative_to(ROOT)}\n{hashlib.sha256(path.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def is_built() -> bool:
    """Tell whether the build is there and from these sources."""
    return _STAMP.exists() and _STAMP.read_text(encoding="utf-8") == fingerprint()


def build(layout: Layout) -> None:
    """Build unless somebody else has just done it. Raises StackError with the end of the output."""
    with (FRONTEND / ".build.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if is_built():
            return
        before = fingerprint()
        _STAMP.unlink(missing_ok=True)
        program = str(ROOT / "node_modules" / "next" / "dist" / "bin" / "next")
        run_command(layout, "portal-build", [node.node(), program, "build"], node.environment(), FRONTEND)
        _STAMP.write_text(before, encoding="utf-8")
