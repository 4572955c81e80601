"""Fault knobs: what shall go wrong, how often, armed through the admin API and taken by the stand-ins.

A stand-in asks once per request, with its own operation names, and acts on the kind it gets::

    fault = context.faults.take("namecheap", "domains.create")
    if fault is not None and fault.kind == "timeout_after_commit": ...

Kinds shared by all: `error_500`, `error_429`, `slow` (wait `seconds` before the work),
`timeout_after_commit` (work done, then the connection hangs for `seconds` and is cut). Kinds of a single
vendor are its own. A fault armed with operation `*` fits every operation of its vendor. `match` narrows by
exact equality with the facts the stand-in offers (`take("stripe", "delivery", type="invoice.paid")`).
Faults live in memory: a restarted process is healthy.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from threading import Lock
from typing import Any
from uuid import uuid4

COMMON_KINDS = frozenset({"error_500", "error_429", "slow", "timeout_after_commit"})


@dataclass(slots=True)
class Fault:
    """One armed knob; `times` counts down, `seconds` is the length of a delay or hang."""

    vendor: str
    operation: str
    kind: str
    times: int = 1
    seconds: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)
    match: Mapping[str, Any] = field(default_factory=dict)
    id: str = field(default_factory=lambda: uuid4().hex[:12])

    def as_document(self) -> dict[str, Any]:
        """Plain JSON form."""
        return asdict(self)

    def fits(self, vendor: str, operation: str, kinds: frozenset[str] | None, facts: Mapping[str, Any]) -> bool:
        """Whether this knob is meant for the operation at hand."""
        return (
            self.vendor == vendor
            and self.operation in {"*", operation}
            and (kinds is None or self.kind in kinds)
            and all(facts.get(name) == value for name, value in self.match.items())
        )


class Faults:
    """The armed faults, first armed first taken. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._armed: list[Fault] = []

    def arm(self, fault: Fault) -> Fault:
        """Add a knob. Raises ValueError when it could never be taken."""
        if fault.times < 1 or fault.seconds < 0:
            raise ValueError("times must be at least 1 and seconds not negative")
        with self._lock:
            self._armed.append(fault)
        return fault

    def take(self, vendor: str, operation: str, *, kinds: frozenset[str] | None = None, **facts: Any) -> Fault | None:
        """The first fitting fault, used up by one; `kinds` restricts to what the caller can act on now."""
        with self._lock:
            for fault in self._armed:
                if fault.fits(vendor, operation, kinds, facts):
                    fault.times -= 1
                    if fault.times == 0:
                        self._armed.remove(fault)
                    return fault
        return None

    def list_armed(self) -> list[Fault]:
        """What is still armed, oldest first."""
        with self._lock:
            return list(self._armed)

    def clear(self, fault_id: str | None = None) -> int:
        """Disarm one or all; returns how many were removed."""
        with self._lock:
            before = len(self._armed)
            self._armed = [fault for fault in self._armed if fault_id not in {None, fault.id}]
            return before - len(self._armed)
