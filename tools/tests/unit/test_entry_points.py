"""What a newcomer and CI type: `make`, its targets, `.ci/run`."""

import re
import subprocess

import pytest
from gates.projects import ROOT

TARGETS = ("demo", "up", "down", "reset", "logs", "doctor", "sandbox", "test", "check", "fmt", "bench", "lock")


def test_plain_make_explains_every_target() -> None:
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    explained = dict(re.findall(r"^  make (\w+) +(\S.*)$", done.stdout, flags=re.MULTILINE))
    assert set(TARGETS) <= set(explained)
    assert "PORT_OFFSET" in done.stdout


@pytest.mark.parametrize("target", TARGETS)
def test_every_target_sets_up_first(target: str) -> None:
    """A dry run prints what would be done: the set-up stands before anything else."""
    command = ["make", "--dry-run", "--no-print-directory", target, "EXIT=1", "NAME=orders"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    lines = done.stdout.strip().splitlines()
    assert lines[0].endswith("tools/bootstrap.py")
    assert len(lines) == 2


def test_ci_runs_make_test_and_nothing_else() -> None:
    script = ROOT / ".ci" / "run"
    assert script.stat().st_mode & 0o111
    lines = [line for line in script.read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "set -euo pipefail"
    assert lines[-1] == "make test"
    assert len(lines) == 3
