"""Rows in great number, written as fast as the database takes them.

`python rows.py CUSTOMERS INVOICES` fills the database that the settings name, for lists to be looked at.
"""

import asyncio
import sys
import uuid

from sqlalchemy import insert, select, text

from billing.accounts.models import User
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import RecordingQueue
from billing.settings import Settings
from billing.wiring import build_container, close_container

_AT_ONCE = 5_000
_INVOICES = text(
    """
    INSERT INTO invoices (id, user_id, stripe_invoice_id, number, status, currency,
        subtotal_amount, discount_amount, tax_amount, total_amount, credit_applied_amount, amount_due, amount_paid,
        credited_amount, taxes, discounts, attempt_count, issued_at, paid_at, created_at)
    SELECT CAST(lpad(to_hex(1700000000000 + number), 12, '0') || '7000' || '8'
          || substr(md5(CAST(:hex AS text)), 1, 3) || lpad(to_hex(number), 12, '0') AS uuid),
        CAST(:user AS uuid), 'in_' || CAST(:hex AS text) || '_' || number,
        'B' || right(CAST(:hex AS text), 10) || '-' || number, 'paid', 'USD',
        2900, 0, 0, 2900, 0, 2900, 2900, 0, '[]', '[]', 1, now(), now(), now()
    FROM generate_series(1, CAST(:count AS integer)) AS number
    """
)


async def make_invoices(container: Container, user_id: uuid.UUID, count: int) -> None:
    """Write `count` paid invoices of a customer, their ids in the order of their times."""
    async with container.get(Database).transaction(Subject.system()) as session:
        # A million rows take longer than any request may.
        await session.execute(text("SET LOCAL statement_timeout = 0"))
        await session.execute(_INVOICES, {"user": user_id, "hex": user_id.hex, "count": count})


async def make_customers(container: Container, count: int) -> uuid.UUID:
    """Write `count` customers who never log in; return the id of one."""
    rows = [
        {"email": f"many-{number}@customer.example", "password_hash": "-", "full_name": f"Customer {number}"}
        for number in range(1, count)
    ]
    rows.append({"email": "all-of-it@customer.example", "password_hash": "-", "full_name": "Bench"})
    async with container.get(Database).transaction(Subject.system()) as session:
        for start in range(0, count, _AT_ONCE):
            await session.execute(insert(User), rows[start : start + _AT_ONCE])
        return (await session.scalars(select(User.id).where(User.email == rows[-1]["email"]))).one()


async def fill(customers: int, invoices: int) -> None:
    """Write that many customers, and that many invoices of one of them."""
    container = build_container(Settings(), queue=RecordingQueue(), worker=True)
    try:
        await make_invoices(container, await make_customers(container, customers), invoices)
        async with container.get(Database).engine.connect() as connection:
            autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await autocommit.execute(text("ANALYZE"))
    finally:
        await close_container(container)


if __name__ == "__main__":
    asyncio.run(fill(int(sys.argv[1]), int(sys.argv[2])))
