"""The environments are made with the fastest Python of our version."""

import os
import sys
from pathlib import Path

import interpreter
import pytest

NAME = f"python{sys.version_info.major}.{sys.version_info.minor}"


def stand_in(place: Path, text: str) -> str:
    """A program under the interpreter's name that prints `text`."""
    place.mkdir(parents=True, exist_ok=True)
    program = place / NAME
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    return str(program)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A PATH of two empty directories, and no other place to look at."""
    monkeypatch.setattr(interpreter, "_PLACES", ())
    monkeypatch.setenv("PATH", os.pathsep.join([str(tmp_path / "a"), str(tmp_path / "b"), "", "/bin"]))
    monkeypatch.delenv("SETUP_PYTHON", raising=False)
    return tmp_path


def test_our_own_comes_first_and_each_comes_once(places: Path) -> None:
    first = stand_in(places / "a", "echo 1")
    (places / "b").mkdir()
    (places / "b" / NAME).symlink_to(first)
    own, *others = interpreter.candidates()
    assert Path(own).samefile(sys._base_executable)  # type: ignore[attr-defined] # there, but not in typeshed
    assert [other for other in others if other.startswith(str(places))] == [first]


def test_our_own_can_be_timed_and_broken_ones_are_left_out(places: Path) -> None:
    seconds = interpreter.seconds_of(sys.executable)
    assert seconds is not None
    assert 0 < seconds < 60
    assert interpreter.seconds_of(stand_in(places / "a", "exit 1")) is None
    assert interpreter.seconds_of(stand_in(places / "b", "echo no number")) is None
    assert interpreter.seconds_of(str(places / "missing")) is None


@pytest.mark.parametrize(("others", "chosen"), [({}, "own"), ({"a": 0.9}, "own"), ({"a": 0.7, "b": 0.6}, "b")])
def test_another_one_is_taken_when_it_is_clearly_faster(
    others: dict[str, float], chosen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SETUP_PYTHON", raising=False)
    monkeypatch.setattr(interpreter, "candidates", lambda: ["own", *others, "broken"])
    monkeypatch.setattr(interpreter, "seconds_of", {"own": 1.0, **others}.get)
    assert interpreter.fastest() == chosen


def test_whoever_sets_up_can_decide(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SETUP_PYTHON", "/some/python")
    assert interpreter.fastest() == "/some/python"


def test_versions_are_told_apart() -> None:
    assert interpreter.version_of(sys.executable) == sys.version
    assert interpreter.version_of(interpreter.candidates()[0]).startswith(f"{sys.version_info.major}.")
