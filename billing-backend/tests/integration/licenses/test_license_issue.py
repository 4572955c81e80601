"""Issuing: once per order item, and nothing readable is left behind."""

import asyncio
import uuid

import httpx
from sqlalchemy import func, select
from tests.conftest import Cluster
from tests.factories_accounts import PASSWORD
from tests.factories_licenses import MONTH, dumped, make_caller, make_key, make_license, make_person, make_plan

from billing.kit.container import Container
from billing.kit.crypto import BlindIndex, Vault
from billing.kit.db import Database, Subject
from billing.licenses.actions.issue import IssuedLicense, issue_license
from billing.licenses.entitlements import Entitlements
from billing.licenses.keys import HASH_PURPOSE, VAULT_PURPOSE
from billing.licenses.models import License, LicenseStatus, Resource, UsageCounter
from billing.orders.models import ItemKind, Order, OrderItem
from service_kit.clock import Clock


async def make_order_item(container: Container, user_id: uuid.UUID, plan_id: uuid.UUID) -> uuid.UUID:
    money = {"currency": "USD", "user_id": user_id}
    order = Order(**money, subtotal_amount=2_900, total_amount=2_900, expires_at=container.get(Clock).now() + MONTH)
    async with container.get(Database).transaction(Subject.system()) as session:
        session.add(order)
        await session.flush()
        item = OrderItem(
            **money,
            order_id=order.id,
            position=1,
            kind=ItemKind.LICENSE,
            description="Starter",
            amount=2_900,
            plan_id=plan_id,
            interval="month",
        )
        session.add(item)
    return item.id


async def test_ten_tasks_issue_one_license(container: Container, database: Database) -> None:
    plan = await make_plan(container)
    person = await make_person(container)
    item_id = await make_order_item(container, person.user_id, plan.id)

    async def issue() -> IssuedLicense:
        async with database.transaction(Subject.system()) as session:
            return await issue_license(
                session,
                container.get(Vault),
                container.get(BlindIndex),
                container.get(Clock),
                user_id=person.user_id,
                entitlements=Entitlements.of(plan),
                expires_at=container.get(Clock).now() + MONTH,
                order_item_id=item_id,
            )

    issued = await asyncio.gather(*(issue() for _ in range(10)))
    assert len({one.license.id for one in issued}) == 1
    assert len({one.key for one in issued}) == 1
    assert sum(one.is_new for one in issued) == 1
    async with database.transaction(Subject.system()) as session:
        licenses = select(func.count()).select_from(License)
        counters = select(func.count()).select_from(UsageCounter)
        assert (await session.scalars(licenses)).one() == 1
        assert (await session.scalars(counters)).one() == len(Resource)


async def test_a_license_carries_what_the_plan_grants(container: Container) -> None:
    plan = await make_plan(container, "professional")
    issued = await make_license(container, plan="professional")
    row = issued.license
    assert (row.status, row.license_type, row.plan_id) == (LicenseStatus.ACTIVE, "professional", plan.id)
    assert row.quotas() == {"accounts": 5, "domains": 25, "databases": 50, "emails": 100, "storage_mb": 102_400}
    assert row.features == plan.features
    assert row.last4 == issued.key[-4:]
    assert row.activation_date == container.get(Clock).now()


async def test_the_key_opens_only_with_our_keys_and_for_its_purpose(container: Container) -> None:
    issued = await make_license(container)
    vault, index = container.get(Vault), container.get(BlindIndex)
    assert vault.decrypt(issued.license.license_key, purpose=VAULT_PURPOSE) == issued.key
    assert issued.license.license_key_hash == index.of(issued.key, purpose=HASH_PURPOSE)


async def test_a_dump_of_the_database_shows_no_key_and_no_secret(
    container: Container, client: httpx.AsyncClient, cluster: Cluster, database_name: str
) -> None:
    person = await make_person(container)
    issued = await make_license(container, user_id=person.user_id)
    created = await make_key(container, issued)
    caller = await make_caller(container, client, issued)
    await caller.validate()
    await caller.report("created")
    again = {"current_password": PASSWORD}
    await client.post(f"/api/v1/licenses/{issued.license.id}/reveal", json=again, headers=person.headers)
    dump = dumped(cluster, database_name)
    assert issued.license.last4 in dump
    assert "license.revealed" in dump
    for secret in (issued.key, issued.key.replace("-", ""), issued.key[3:12], created.secret, caller.secret):
        assert secret not in dump
