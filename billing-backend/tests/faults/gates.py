"""Places where an order can be made to stop: in the middle of a transaction of the code that is shipped.

A gate is a trigger in the test's database. It takes an advisory lock named after the boundary and the order's owner;
while the test holds that lock, whoever comes by stands there with its transaction open and its effects not committed.
So a process can be killed at exactly that line, and no product code knows of it.
"""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Literal

import psycopg

from tests.faults.stack import Stack

GATE_FUNCTION = """
CREATE OR REPLACE FUNCTION gate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner text := to_jsonb(NEW) #>> TG_ARGV[1]::text[];
BEGIN
    PERFORM pg_advisory_xact_lock_shared(hashtextextended(TG_ARGV[0] || ' ' || coalesce(owner, ''), 0));
    RETURN NEW;
END $$
"""
Owner = Literal["user_id", "email", "domain"]


@dataclass(frozen=True)
class Boundary:
    """Where to stop. `path` leads to the owner in the row as JSON; `in_panel` says whose database it is."""

    name: str
    event: Literal["INSERT", "UPDATE"]
    table: str
    when: str
    owner: Owner = "user_id"
    path: str = "{user_id}"
    in_panel: bool = False

    def trigger(self, number: int) -> str:
        """Return the statement that builds the gate."""
        when = f"WHEN ({self.when})" if self.when else ""
        return (
            f"CREATE TRIGGER gate_{number} BEFORE {self.event} ON {self.table} FOR EACH ROW {when} "
            f"EXECUTE FUNCTION gate('{self.name}', '{self.path}')"
        )


def _worked(kind: str) -> Boundary:
    """The step's effect is there, and the step does not say so yet."""
    when = f"NEW.kind = '{kind}' AND NEW.status = 'done'"
    return Boundary(f"{kind} worked, not written down", "UPDATE", "fulfillment_steps", when)


_LICENSE_DUE = "NEW.kind = 'issue_license' AND NEW.status = 'running'"
_WELCOME_SENT = "NEW.template = 'welcome' AND NEW.status = 'sending'"
_EMAIL_OF_EVENT = "{payload,data,object,customer_email}"
BOUNDARIES = (
    Boundary(
        "event on its way in", "INSERT", "webhook_events", "NEW.event_type = 'invoice.paid'", "email", _EMAIL_OF_EVENT
    ),
    Boundary("order becoming paid", "UPDATE", "orders", "NEW.status = 'paid' AND OLD.status <> 'paid'"),
    Boundary("order paid, nothing begun", "UPDATE", "fulfillment_steps", _LICENSE_DUE),
    Boundary("license being written", "INSERT", "licenses", ""),
    _worked("issue_license"),
    Boundary("panel at work on the account", "INSERT", "accounts", "", "email", "{email}", in_panel=True),
    _worked("provision_account"),
    Boundary("registrar about to be asked", "UPDATE", "registrar_operations", "NEW.state = 'sent'"),
    Boundary("domain bought, not written down", "UPDATE", "registrar_operations", "NEW.state = 'confirmed'"),
    _worked("register_domain"),
    Boundary("panel at work on the zone", "INSERT", "zones", "", "domain", "{domain}", in_panel=True),
    _worked("dns_zone"),
    _worked("welcome_mail"),
    Boundary("welcome mail about to be sent", "UPDATE", "email_messages", _WELCOME_SENT),
)

REFUND_MADE = Boundary("refund made, not written down", "INSERT", "refunds", "")
MAIL_SENT = Boundary(
    "receipt accepted, not written down",
    "UPDATE",
    "email_messages",
    "NEW.template = 'receipt' AND NEW.status = 'sent'",
)


async def build_gates(stack: Stack) -> None:
    """Build every gate, open."""
    for in_panel, database in ((False, stack.database), (True, stack.panel_database)):
        await stack.rows(GATE_FUNCTION, database=database)
        for number, boundary in enumerate((*BOUNDARIES, REFUND_MADE, MAIL_SENT)):
            if boundary.in_panel is in_panel:
                await stack.rows(boundary.trigger(number), database=database)


class Gates:
    """The gates that this test holds shut."""

    def __init__(self, stack: Stack, keepers: dict[bool, psycopg.AsyncConnection[dict[str, Any]]]) -> None:
        self._stack = stack
        self._keepers = keepers
        self._shut: dict[int, str] = {}

    async def shut(self, boundary: Boundary, owner: str) -> None:
        """Let `owner`'s order come no further than `boundary`."""
        keeper = self._keepers[boundary.in_panel]
        name = f"{boundary.name} {owner}"
        cursor = await keeper.execute("SELECT hashtextextended(%s, 0) AS key", (name,))
        (row,) = await cursor.fetchall()
        await keeper.execute("SELECT pg_advisory_lock(%s)", (row["key"],))
        self._shut[row["key"]] = boundary.name

    async def open(self, boundary: Boundary) -> None:
        """Open this boundary's gates, whoever they are shut for."""
        for key in [key for key, name in self._shut.items() if name == boundary.name]:
            await self._keepers[boundary.in_panel].execute("SELECT pg_advisory_unlock(%s)", (key,))
            del self._shut[key]

    async def open_all(self) -> None:
        for keeper in self._keepers.values():
            await keeper.execute("SELECT pg_advisory_unlock_all()")
        self._shut.clear()

    async def deserted(self) -> set[str]:
        """Return the shut gates that nobody stands at."""
        rows = await self._stack.rows(
            "SELECT DISTINCT (classid::bigint << 32) | objid::bigint AS key FROM pg_locks"
            " WHERE locktype = 'advisory' AND NOT granted"
        )
        there = {row["key"] for row in rows}
        return {name for key, name in self._shut.items() if key not in there}


@asynccontextmanager
async def gates(stack: Stack) -> AsyncIterator[Gates]:
    """Hold gates for the length of the block. A killed PostgreSQL opens them all, and then they are nobody's."""
    keepers = {False: await stack.connect(), True: await stack.connect(stack.panel_database)}
    try:
        yield Gates(stack, keepers)
    finally:
        await _close(keepers.values())


async def _close(connections: Iterable[psycopg.AsyncConnection[dict[str, Any]]]) -> None:
    for connection in connections:
        await connection.close()
