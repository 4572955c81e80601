"""What an operator does from a shell, with nothing but environment variables."""

import asyncio
import json
import uuid
from collections.abc import Iterator

import pytest
from sqlalchemy import text

from billing.kit.db import Subject
from tests.conftest import Cluster
from tests.factories_orders import make_stuck_step
from tests.shell import Shell
from tests.storefront import PASSWORD
from tests.world import World


@pytest.fixture
def new(cluster: Cluster, values: dict[str, object]) -> Iterator[tuple[Shell, str]]:
    """A shell whose database is empty, and that database's name."""
    name = f"new_{uuid.uuid4().hex}"
    cluster.server.create_database(name, owner="billing_owner")
    roles = {
        "database_url": "billing_app",
        "worker_database_url": "billing_worker",
        "owner_database_url": "billing_owner",
    }
    yield Shell({**values, **{field: cluster.url(role, name) for field, role in roles.items()}}), name
    cluster.server.drop_database(name)


async def test_a_new_installation_is_set_up_and_doing_it_twice_changes_nothing(
    new: tuple[Shell, str], cluster: Cluster, world: World
) -> None:
    shell, database = new
    assert (await shell.run("migrate")).lines == ["schema is at head"]
    assert (await shell.again("migrate")).lines == ["schema is at head"]
    assert (await shell.run("seed")).lines == ["20 catalog entries added", "30 tax rates added"]
    admin = ("create-admin", "--email", "Boss@Example.com", "--name", "The Boss")
    panel = (
        f"panel-servers register --id {world.panel.server_id} --name one --url {world.panel.url}"
        f" --key-id {world.panel.key_id} --secret-env BILLING_PANEL_SECRET"
    ).split()
    synced, created, registered = await asyncio.gather(
        shell.run("sync-stripe"),
        shell.run(*admin, BILLING_ADMIN_PASSWORD=PASSWORD),
        shell.run(*panel, BILLING_PANEL_SECRET=world.panel.secret),
    )
    prices = [line for line in synced.lines if "price_" in line]
    assert len(prices) == len(await world.stripe("prices")) == 6
    assert created.lines == ["created owner boss@example.com"]
    assert registered.lines == [f"panel server one at {world.panel.url}"]

    assert (await shell.again("seed")).lines == ["0 catalog entries added", "0 tax rates added"]
    assert [line for line in (await shell.again("sync-stripe")).lines if "price_" in line] == prices
    assert (await shell.again(*admin, BILLING_ADMIN_PASSWORD=PASSWORD)).lines == ["Boss@Example.com exists already"]
    assert (await shell.again(*panel, BILLING_PANEL_SECRET=world.panel.secret)).lines == registered.lines
    assert len(await world.stripe("prices")) == 6
    counts = "SELECT (SELECT count(*) FROM panel_servers), (SELECT count(*) FROM users WHERE role = 'owner')"
    assert cluster.server.execute(counts, database=database).split() == ["1", "1"]

    assert (await shell.again(*panel)).code == 2
    short = await shell.again("create-admin", "--email", "x@example.com", BILLING_ADMIN_PASSWORD="short")
    assert (short.code, short.err.strip()) == (2, "the password needs at least 10 characters")
    nobody = await shell.again(*admin, "--role", "customer", BILLING_ADMIN_PASSWORD=PASSWORD)
    assert nobody.code != 0


async def test_an_installation_is_looked_after(shell: Shell, world: World) -> None:
    assert (await shell.again("orders", "attention")).lines == ["0 need attention"]
    step = await make_stuck_step(world.worker)
    listed, swept = await asyncio.gather(shell.run("orders", "attention"), shell.run("sweep"))
    assert listed.lines[-1] == "1 need attention"
    assert listed.lines[0].startswith(f"{step.id}  order {step.order_id}  provision_account  no_capacity: ")
    assert swept.lines == ["swept"]
    retried, examined = await asyncio.gather(
        shell.run("orders", "retry", str(step.id)), shell.billing("doctor", "--json")
    )
    assert retried.lines == [f"provision_account of order {step.order_id} starts over"]
    refused = await shell.again("orders", "retry", str(step.id))
    assert (refused.code, refused.err.split(":")[0]) == (1, "step_not_in_attention")
    unknown = await shell.again("orders", "retry", str(uuid.uuid4()))
    assert (unknown.code, unknown.err.split(":")[0]) == (1, "step_not_found")
    assert (await shell.again("orders", "retry", "'; DROP TABLE orders")).code == 2

    found = {finding["name"]: finding for finding in json.loads(examined.out)}
    good = {name for name, finding in found.items() if finding["ok"]}
    # There is no worker process in this house: the queue is in the test's hands.
    assert (set(found) - good, examined.code) == ({"worker"}, 1), found
    assert {"database", "migrations", "redis", "beat", "clock", "catalog", "webhook", "panels", "stripe"} <= good
    async with world.database.transaction(Subject.system()) as session:
        await session.execute(text("UPDATE plans SET stripe_price_id_monthly = NULL WHERE code = 'starter'"))
    table = await shell.again("doctor")
    assert table.code == 1
    (catalog,) = [line for line in table.lines if " catalog " in line]
    assert catalog.startswith("BAD")
    assert "starter" in catalog


async def test_a_database_that_is_down_is_one_clear_line(shell: Shell) -> None:
    nowhere = "postgresql+asyncpg://billing_worker:test-role-password@127.0.0.1:1/none"
    seeded = await shell.again("seed", BILLING_WORKER_DATABASE_URL=nowhere)
    assert (seeded.code, seeded.lines) == (1, [])
    assert seeded.err == "the database does not answer: ConnectionRefusedError\n"
    migrated = await shell.again("migrate", BILLING_OWNER_DATABASE_URL=nowhere)
    assert (migrated.code, migrated.lines) == (1, [])
    assert migrated.err.startswith("the database does not answer: ")


async def test_settings_that_are_wrong_stop_every_command(shell: Shell) -> None:
    ran = await shell.billing("seed", BILLING_STRIPE_SECERT_KEY="sk_test_sandbox")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == "settings: Value error, unknown settings: BILLING_STRIPE_SECERT_KEY\n"
    for command in ("migrate", "sweep", "doctor", "sync-stripe"):
        wrong = await shell.again(command, BILLING_BCRYPT_ROUNDS="sk_test_sandbox", BILLING_ENCRYPTION_KEYS="nps_x")
        assert (wrong.code, wrong.lines) == (2, [])
        assert "encryption_keys" in wrong.err
