"""The one object every stand-in receives.

A stand-in is a package with `routes(context) -> list[BaseRoute]`. It keeps all its state in `context.store`
(so reset and restart just work), reads the time from `context.clock`, takes ids from `context.identifiers`,
asks `context.faults` once per request and reports every request to `context.journal`. What must be rebuilt
after `POST /admin/reset` registers itself with `context.reset_hooks.append(callback)`; the callbacks run
inside the reset's transaction. What follows the virtual clock registers with `context.advance_hooks`; those
run after `POST /admin/clock/advance` moved it. What keeps something of the store in memory registers with
`context.restore_hooks`, which run after a snapshot took the store's place.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.core.clock import Clock
from sandbox.core.faults import Faults
from sandbox.core.identifiers import Identifiers
from sandbox.core.journal import Journal
from sandbox.core.snapshots import Snapshots
from sandbox.core.store import Store
from sandbox.settings import Settings


@dataclass(frozen=True, slots=True)
class Context:
    """Shared parts, made once per process by `build_context`."""

    settings: Settings
    store: Store
    clock: Clock
    journal: Journal
    faults: Faults
    identifiers: Identifiers
    snapshots: Snapshots
    reset_hooks: list[Callable[[], None]] = field(default_factory=list)
    advance_hooks: list[Callable[[], None]] = field(default_factory=list)
    restore_hooks: list[Callable[[], None]] = field(default_factory=list)

    def reset(self) -> None:
        """Back to a fresh process: no documents, no faults, real time."""
        with self.store.transaction():
            self.store.clear()
            self.clock.reload()
            self.faults.clear()
            self.journal.clear()
            for hook in self.reset_hooks:
                hook()

    def restore(self, name: str) -> None:
        """Back to a snapshot, its clock included; armed faults and the journal stay. Raises KeyError."""
        self.snapshots.load(name)
        self.clock.reload()
        for hook in self.restore_hooks:
            hook()

    def advance(self, seconds: int) -> int:
        """Move the virtual clock, let everyone catch up, return the new time. Raises ValueError when
        negative.
        """
        now = self.clock.advance(seconds)
        for hook in self.advance_hooks:
            hook()
        return now


def build_context(settings: Settings) -> Context:
    """Open the state and put the shared parts together."""
    store = Store(settings.state)
    clock = Clock(store, settings.clock_file)
    identifiers = Identifiers(store, settings.seed)
    return Context(settings, store, clock, Journal(clock), Faults(), identifiers, Snapshots(store))
