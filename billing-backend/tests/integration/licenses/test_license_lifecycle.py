"""Plan changes against running callers, expiry by the clock, and the trail staff can follow."""

import asyncio
import uuid
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import select
from tests.factories_licenses import make_caller, make_license, make_plan

from billing.audit.models import AuditEntry
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.licenses.actions import lifecycle
from billing.licenses.entitlements import Entitlements
from billing.licenses.errors import EntitlementsBelowUsage
from billing.licenses.models import License, LicenseStatus, Resource, UsageCounter
from billing.licenses.tasks import sweep
from service_kit.clock import FixedClock

DAY = timedelta(days=1)


async def status_of(database: Database, license_id: uuid.UUID) -> LicenseStatus:
    async with database.transaction(Subject.system()) as session:
        return (await session.get_one(License, license_id)).status


async def change_plan(database: Database, license_id: uuid.UUID, entitlements: Entitlements) -> None:
    async with database.transaction(Subject.system()) as session:
        row = await session.get_one(License, license_id)
        await lifecycle.change_entitlements(session, row, entitlements)


async def test_a_downgrade_below_usage_says_what_must_go(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container, plan="professional")
    caller = await make_caller(container, client, issued)
    await caller.report("created", count=8)
    await caller.report("created", resource="accounts", count=2)
    starter = Entitlements.of(await make_plan(container, "starter"))
    with pytest.raises(EntitlementsBelowUsage) as refused:
        await change_plan(database, issued.license.id, starter)
    assert refused.value.extra == {"over": {"databases": 3, "accounts": 1}}
    assert (await caller.validate())["plan"] == "professional"


async def test_an_upgrade_counts_at_once(container: Container, client: httpx.AsyncClient, database: Database) -> None:
    issued = await make_license(container)
    caller = await make_caller(container, client, issued)
    await caller.report("created", count=5)
    assert (await caller.validate())["code"] == "QUOTA_EXCEEDED"
    enterprise = Entitlements.of(await make_plan(container, "enterprise"))
    await change_plan(database, issued.license.id, enterprise)
    answer = await caller.validate()
    assert (answer["code"], answer["remaining_quota"], answer["plan"]) == ("VALID", None, "enterprise")


async def test_a_downgrade_racing_with_callers_never_oversells(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    issued = await make_license(container, plan="professional")
    caller = await make_caller(container, client, issued)
    starter = Entitlements.of(await make_plan(container, "starter"))

    async def downgrade() -> bool:
        try:
            await change_plan(database, issued.license.id, starter)
        except EntitlementsBelowUsage:
            return False
        return True

    early = [caller.report("created") for _ in range(3)]
    late = [caller.report("created") for _ in range(12)]
    _, accepted, _ = await asyncio.gather(asyncio.gather(*early), downgrade(), asyncio.gather(*late))
    async with database.transaction(Subject.system()) as session:
        used = (await session.get_one(UsageCounter, (issued.license.id, Resource.DATABASES))).used
    assert used == (5 if accepted else 15)


async def test_the_sweep_expires_what_is_over_and_only_that(
    container: Container, database: Database, clock: FixedClock
) -> None:
    now = clock.now()
    over = (await make_license(container, expires_at=now + DAY)).license
    in_grace = (await make_license(container, expires_at=now + DAY, grace_until=now + 9 * DAY)).license
    running = (await make_license(container, expires_at=now + 30 * DAY)).license
    clock.advance(2 * DAY)
    assert await sweep(container) == 1
    assert await sweep(container) == 0
    assert await status_of(database, over.id) is LicenseStatus.EXPIRED
    assert await status_of(database, in_grace.id) is LicenseStatus.ACTIVE
    assert await status_of(database, running.id) is LicenseStatus.ACTIVE
    async with database.transaction(Subject.system()) as session:
        row = await session.get_one(License, over.id)
        await lifecycle.extend_license(session, row, expires_at=now + 40 * DAY)
    assert await status_of(database, over.id) is LicenseStatus.ACTIVE


async def test_changes_of_status_are_on_the_record_once(container: Container, database: Database) -> None:
    license_id = (await make_license(container)).license.id
    for _ in range(2):
        async with database.transaction(Subject.system()) as session:
            row = await session.get_one(License, license_id)
            await lifecycle.suspend_license(session, row, reason="payment overdue")
    async with database.transaction(Subject.system()) as session:
        row = await session.get_one(License, license_id)
        await lifecycle.reinstate_license(session, row)
        await lifecycle.cancel_license(session, row)
    async with database.transaction(Subject.system()) as session:
        entries = await session.scalars(
            select(AuditEntry).where(AuditEntry.object_id == str(license_id)).order_by(AuditEntry.id)
        )
        trail = [(entry.action, entry.before, entry.after) for entry in entries]
    assert trail == [
        ("license.suspended", {"status": "active"}, {"status": "suspended", "reason": "payment overdue"}),
        ("license.reinstated", {"status": "suspended"}, {"status": "active", "reason": None}),
        ("license.cancelled", {"status": "active"}, {"status": "cancelled", "reason": None}),
    ]
