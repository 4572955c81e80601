"""Ring of the latest requests to every stand-in, for the web page and the admin API.

`context.journal.add(vendor="namecheap", method="POST", path="/xml.response", parameters={...}, status=200,
ms=3.2)`; secrets in `parameters` are masked here, by parameter name, at any depth. In memory only: it is a
window, not a record.
"""

import re
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.core.clock import Clock

_SECRET_NAME = re.compile(
    r"secret|password|passwd|api_?key|authorization|signature|token|^number$|cvc|epp|auth_?code",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One request: `at` in virtual UTC seconds, `ms` real milliseconds, `parameters` already masked."""

    at: int
    vendor: str
    method: str
    path: str
    operation: str | None
    parameters: Mapping[str, Any]
    status: int
    ms: float

    def as_document(self) -> dict[str, Any]:
        """Plain JSON form."""
        return asdict(self)


class Journal:
    """The last `size` requests; newest first when read."""

    def __init__(self, clock: Clock, size: int = 500) -> None:
        self._clock = clock
        self._entries: deque[Entry] = deque(maxlen=size)

    def add(
        self,
        *,
        vendor: str,
        method: str,
        path: str,
        parameters: Mapping[str, Any],
        status: int,
        ms: float,
        operation: str | None = None,
    ) -> None:
        """Record a finished request; `operation` is the vendor's own name for it where it has one."""
        masked = mask(parameters)
        entry = Entry(self._clock.now(), vendor, method, path, operation, masked, status, round(ms, 2))
        self._entries.append(entry)

    def list_entries(self, vendor: str | None = None, limit: int = 100) -> list[Entry]:
        """Newest first, of one vendor if named."""
        chosen = [entry for entry in reversed(self._entries) if vendor is None or entry.vendor == vendor]
        return chosen[:limit]

    def clear(self) -> None:
        """Forget all entries."""
        self._entries.clear()


def mask(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """A copy with secret values replaced by dots and their last four characters."""
    return {name: _mask_value(name, value) for name, value in parameters.items()}


def _mask_value(name: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return mask(value)
    if isinstance(value, list):
        return [_mask_value(name, item) for item in value]
    if value is not None and _SECRET_NAME.search(name):
        text = str(value)
        return "••••" + (text[-4:] if len(text) > 8 else "")
    return value
