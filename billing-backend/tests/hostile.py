"""Texts that somebody may send, and a way to see that they did nothing."""

from typing import Any

from sqlalchemy import text

from billing.kit.db import Database, Subject
from billing.tables import METADATA

# Printable, so a free text may hold them; nothing may take them for more than text.
SUSPICIOUS = (
    "'; DROP TABLE users; --",
    '" OR 1=1; --',
    "Robert'); DELETE FROM orders WHERE ('1'='1",
    "{{7*7}}",
    "${7*7}",
    "{% for x in ().__class__.__base__.__subclasses__() %}{{x}}{% endfor %}",
    "%(name)s %s {0} {name}",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\\x00\\u0000%00",
    "=cmd|' /C calc'!A0",
    "\u202etxt.exe\u202c",
    "שלום עולם",
    "👩‍👩‍👧‍👦🏴‍☠️",
    "ＡＢＣ ｆｕｌｌ ｗｉｄｔｈ",
    "\U0010ffff",
)
# No text field takes these.
IMPOSSIBLE = (
    "nul\x00byte",
    "\x00",
    "escape\x1b[31m",
    "line\r\nSet-Cookie: a=b",
    "half a pair \ud800",
    "first\u2028second",
    "x" * 10_000,
    "",
    "   ",
)
WRONG_TYPES: tuple[Any, ...] = (None, 7, 1.5, True, [], ["x"], {}, {"$gt": ""})


async def row_counts(database: Database) -> dict[str, int]:
    """Return the number of rows of every table but the heartbeats."""
    tables = [table.name for table in METADATA.sorted_tables if table.name != "heartbeats"]
    counted = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in tables)
    async with database.transaction(Subject.system()) as session:
        return {str(row[0]): int(row[1]) for row in await session.execute(text(counted))}


def changes(before: dict[str, int], after: dict[str, int]) -> dict[str, int]:
    """Return by table how many rows came or went."""
    return {table: after[table] - before[table] for table in before if after[table] != before[table]}
