"""Remembers what the data was last prepared with, so that a start with nothing new goes straight to the processes."""

import hashlib
from collections.abc import Iterable, Mapping
from pathlib import Path

from stack.layout import ROOT, Layout

_SOURCES = ("billing-backend", "nextpanel-backend", "packages")
_SKIPPED = {".venv", "tests", "__pycache__", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".hypothesis"}


class Preparation:
    """Compares code and settings of now with those of the last complete start."""

    def __init__(self, layout: Layout, settings: Mapping[str, str]) -> None:
        self._stamp = layout.state / "prepared"
        self._value = _fingerprint(settings, _source_files(ROOT / name for name in _SOURCES))

    def is_current(self) -> bool:
        """Tell whether nothing changed since; the state directory's own contents are taken as they are."""
        return self._stamp.exists() and self._stamp.read_text(encoding="utf-8") == self._value

    def remember(self) -> None:
        """Note that the data is prepared for this code and these settings."""
        self._stamp.write_text(self._value, encoding="utf-8")


def _source_files(directories: Iterable[Path]) -> Iterable[Path]:
    for directory in directories:
        for path in sorted(directory.iterdir()):
            if path.name in _SKIPPED:
                continue
            if path.is_dir():
                yield from _source_files([path])
            else:
                yield path


def _fingerprint(settings: Mapping[str, str], files: Iterable[Path]) -> str:
    digest = hashlib.sha256(repr(sorted(settings.items())).encode())
    for path in files:
        facts = path.stat()
        digest.update(f"{path}|{facts.st_mtime_ns}|{facts.st_size}\n".encode())
    return digest.hexdigest()
