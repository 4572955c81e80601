"""How the story is told: a line for everything that happens, with the seconds since it began."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from demo.http import DemoError

_TIMEOUT_SECONDS = 60.0
_PAUSE_SECONDS = 0.2

Found = TypeVar("Found")


class Telling:
    """Prints as it goes. `seconds`: how long each part took, and all of it as `story`."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self.seconds: dict[str, float] = {}

    def say(self, text: str) -> None:
        print(f"  {time.monotonic() - self._started:6.2f} s  {text}", flush=True)

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        started = time.monotonic()
        yield
        self.seconds[name] = round(time.monotonic() - started, 2)

    def end(self) -> None:
        self.seconds["story"] = round(time.monotonic() - self._started, 2)


def wait_for(what: str, look: Callable[[], Found | None], *, seconds: float = _TIMEOUT_SECONDS) -> Found:
    """Look again and again until there is something, and return it. Raises DemoError when it does not come."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        if time.monotonic() > deadline:
            raise DemoError(f"{what} did not come within {seconds:g} s")
        time.sleep(_PAUSE_SECONDS)
    return found


def money(minor_units: int, currency: str) -> str:
    """US dollars, the demo's only currency, have two decimals."""
    return f"{currency} {minor_units / 100:.2f}"
