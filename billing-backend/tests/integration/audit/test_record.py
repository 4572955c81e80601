"""The audit trail: complete, masked, and only ever added to."""

import uuid

import httpx
import pytest
import structlog
from sqlalchemy import delete, select, update
from sqlalchemy.exc import ProgrammingError
from tests.factories_accounts import auth_headers, make_user

from billing.audit.models import ActorKind, AuditEntry
from billing.audit.service import record
from billing.kit.db import Database, Subject
from billing.kit.money import Money


async def _entries(database: Database) -> list[AuditEntry]:
    async with database.transaction(Subject.system()) as session:
        return list((await session.execute(select(AuditEntry).order_by(AuditEntry.id))).scalars())


async def test_who_did_what_from_where(database: Database) -> None:
    staff, order_id = await make_user(database), uuid.uuid4()
    with structlog.contextvars.bound_contextvars(request_id="req-1"):
        async with database.transaction(Subject.staff(staff.id)) as session:
            await record(
                session,
                actor_user_id=staff.id,
                action="order.resolved",
                object_type="order",
                object_id=order_id,
                before={"status": "needs_attention", "amount": Money(100, "USD"), "id": order_id},
                after={"status": "fulfilled", "license_key": "NP-AAAA-BBBB-CCCC", "note": "was NP-AAAA-BBBB-CCCC"},
                ip="203.0.113.7",
            )
    [entry] = await _entries(database)
    assert (entry.actor_user_id, entry.actor_kind, entry.action) == (staff.id, ActorKind.STAFF, "order.resolved")
    assert (entry.object_type, entry.object_id) == ("order", str(order_id))
    assert (entry.ip, entry.request_id) == ("203.0.113.7", "req-1")
    assert entry.before == {
        "status": "needs_attention",
        "amount": {"amount": 100, "currency": "USD"},
        "id": str(order_id),
    }
    assert entry.after == {"status": "fulfilled", "license_key": "***", "note": "was ***"}


async def test_the_system_and_customers_leave_traces_too(database: Database) -> None:
    user = await make_user(database)
    async with database.transaction(Subject.customer(user.id)) as session:
        await record(session, actor_user_id=user.id, action="a.b", object_type="user", object_id=user.id)
    async with database.transaction(Subject.system()) as session:
        await record(session, actor_user_id=None, action="c.d", object_type="user", object_id=user.id)
    assert [entry.actor_kind for entry in await _entries(database)] == [ActorKind.CUSTOMER, ActorKind.SYSTEM]


async def test_no_change_no_trace(database: Database) -> None:
    user = await make_user(database)

    async def fail_after_recording() -> None:
        async with database.transaction(Subject.customer(user.id)) as session:
            await record(session, actor_user_id=user.id, action="a.b", object_type="user", object_id=user.id)
            raise RuntimeError("later")

    with pytest.raises(RuntimeError):
        await fail_after_recording()
    assert await _entries(database) == []


async def test_nobody_rewrites_the_trail_and_customers_cannot_read_it(database: Database) -> None:
    user = await make_user(database)
    async with database.transaction(Subject.customer(user.id)) as session:
        await record(session, actor_user_id=user.id, action="a.b", object_type="user", object_id=user.id)
    for statement in (delete(AuditEntry), update(AuditEntry).values(action="x.y")):
        with pytest.raises(ProgrammingError, match="permission denied"):
            async with database.transaction(Subject.staff(user.id)) as session:
                await session.execute(statement)
    async with database.transaction(Subject.customer(user.id)) as session:
        assert (await session.execute(select(AuditEntry))).all() == []
    assert len(await _entries(database)) == 1


async def test_a_request_can_be_found_by_its_id(client: httpx.AsyncClient, database: Database) -> None:
    headers = await auth_headers(client, database)
    answer = await client.patch("/api/v1/me", json={"city": "London"}, headers={**headers, "X-Request-Id": "req-9"})
    assert answer.headers["x-request-id"] == "req-9"
    assert [entry.request_id for entry in await _entries(database)] == ["req-9"]
