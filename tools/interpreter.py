"""Which Python the environments are made with: of those of our version on this machine, the fastest.

Pythons differ: one built by hand without its profile-guided optimization runs everything here, tests and services,
about 1.6 times slower than a distribution's. Standard library only, like all that runs before an environment is there.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# Where a distribution or a person puts interpreters, should the PATH begin with others.
_PLACES = ("/usr/bin", "/usr/local/bin", "/opt/python/bin")
# Less is noise, and the Python that the person chose by calling it is the better guess.
_WORTH_CHANGING = 0.8
_TURNS = 3
# What our services do all day: calls, attributes, dictionaries, short loops. It prints the best of nine rounds.
_ROUND = """
import ssl, sqlite3, ctypes, time

class Point:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def moved(self, by):
        return Point(self.x + by, self.y - by)

def work():
    found, point = {}, Point(0, 0)
    for number in range(20000):
        point = point.moved(number % 7)
        found[number % 101] = (point.x, str(number))
    return len(found)

rounds = []
for _ in range(9):
    began = time.process_time()
    work()
    rounds.append(time.process_time() - began)
print(min(rounds))
"""


def candidates() -> list[str]:
    """Return the interpreters of our minor version, the running one first, each once."""
    own = getattr(sys, "_base_executable", None) or sys.executable
    name = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = [own]
    for place in (*os.environ.get("PATH", "").split(os.pathsep), *_PLACES):
        program = shutil.which(name, path=place) if place else None
        if program and not any(Path(program).samefile(other) for other in found):
            found.append(program)
    return found


def seconds_of(program: str) -> float | None:
    """Return how long the round takes there, or None when that Python is broken or lacks what we need."""
    try:
        done = subprocess.run([program, "-I", "-c", _ROUND], capture_output=True, text=True, check=False, timeout=60)
        return float(done.stdout) if done.returncode == 0 else None
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None


def fastest() -> str:
    """Return the interpreter to make environments with; `SETUP_PYTHON` in the environment decides without asking."""
    chosen = os.environ.get("SETUP_PYTHON")
    if chosen:
        return chosen
    own, *others = candidates()
    if not others:
        return own
    best: dict[str, float] = {}
    # In turns, so that a machine that is busy for a moment is so for all of them.
    for _ in range(_TURNS):
        for program in (own, *others):
            seconds = seconds_of(program)
            if seconds is not None:
                best[program] = min(seconds, best.get(program, seconds))
    limit = best.get(own, float("inf")) * _WORTH_CHANGING
    faster = {program: seconds for program, seconds in best.items() if seconds < limit}
    return min(faster, key=faster.__getitem__) if faster else own


def version_of(program: str) -> str:
    """Return `sys.version` of an interpreter; raises OSError or CalledProcessError when it does not run."""
    if Path(program) == Path(sys.executable):
        return sys.version
    question = [program, "-I", "-c", "import sys; print(sys.version)"]
    return subprocess.run(question, capture_output=True, text=True, check=True).stdout.strip()
