"""The search over everything, the figures of the first page, and the health of the system."""

import re

import httpx
import pytest
from sqlalchemy import text

from billing.accounts.permissions import Role
from billing.admin.search import _statements
from billing.kit.container import Container
from billing.kit.crypto import BlindIndex
from billing.kit.db import Database, Subject
from tests.factories_accounts import make_user
from tests.factories_licenses import make_license
from tests.factories_orders import make_belongings, make_stuck_step
from tests.integration.admin.desk import Desk


async def hits(desk: Desk, q: str) -> list[tuple[str, str]]:
    return [(hit["kind"], hit["id"]) for hit in (await desk.get("search", q=q))["items"]]


async def test_everything_is_found_by_what_people_know_of_it(container: Container, client: httpx.AsyncClient) -> None:
    owned = await make_belongings(container)
    issued = await make_license(container, user_id=owned.person.user_id)
    desk = await Desk.of(container, client, Role.SUPPORT)
    order = await desk.get(f"orders/{owned.order_id}")
    domain = await desk.get(f"domains/{owned.domain_id}")
    invoice = await desk.get(f"invoices/{owned.invoice_id}")
    for q, found in (
        (owned.person.email, ("customer", str(owned.person.user_id))),
        (str(order["number"]), ("order", str(owned.order_id))),
        (f"#{order['number']}", ("order", str(owned.order_id))),
        (issued.key, ("license", str(issued.license.id))),
        (issued.key.replace("-", " ").lower(), ("license", str(issued.license.id))),
        (issued.license.last4, ("license", str(issued.license.id))),
        (domain["domain_name"][:20], ("domain", str(owned.domain_id))),
        (invoice["number"], ("invoice", str(owned.invoice_id))),
        (str(owned.order_id), ("order", str(owned.order_id))),
        (str(owned.domain_id), ("domain", str(owned.domain_id))),
    ):
        assert found in await hits(desk, q), q
    first = (await desk.get("search", q=str(order["number"])))["items"][0]
    assert (first["title"], first["detail"], first["status"]) == (
        str(order["number"]),
        owned.person.email,
        "fulfilled",
    )
    for q in ("nothing like it", "%%", "'; --", "NP-0000-0000-0000", "99999999999999999999"):
        assert await hits(desk, q) == [], q
    for q in ("a", "", "\x00\x00"):
        assert await desk.refused("GET", "search", params={"q": q}) == (422, "validation_failed")


async def test_five_of_a_kind_are_enough(container: Container, client: httpx.AsyncClient, database: Database) -> None:
    for number in range(7):
        await make_user(database, email=f"many-{number}@example.com", full_name="Manya Many")
    desk = await Desk.of(container, client)
    assert len(await hits(desk, "many")) == 5


PREFIXES = {
    "ix_users_email_prefix",
    "ix_users_name_key_prefix",
    "ix_users_surname_key_prefix",
    "ix_users_company_key_prefix",
    "ix_domains_name_prefix",
    "ix_invoices_number_prefix",
}


@pytest.mark.parametrize(
    ("q", "indexes"),
    [
        ("ada", PREFIXES),
        ("10001", PREFIXES | {"uq_orders_number"}),
        ("4WXY", PREFIXES | {"ix_licenses_last4_id"}),
        ("NP-7K3M-9QRT-4WXY", PREFIXES | {"uq_licenses_license_key_hash"}),
        ("0192f3a4-0000-7000-8000-000000000000", {"pk_users", "pk_orders", "pk_licenses", "pk_domains", "pk_invoices"}),
    ],
)
async def test_every_look_up_is_answered_by_an_index(
    container: Container, database: Database, q: str, indexes: set[str]
) -> None:
    """As staff: row-level security keeps an index from answering what is not leakproof, and nothing would tell."""
    narrowing: set[str] = set()
    async with database.transaction(Subject.staff((await make_user(database)).id)) as session:
        # Tables as small as these would be read as they are.
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        for statement in _statements(q, container.get(BlindIndex)):
            compiled = statement.compile(
                dialect=database.engine.sync_engine.dialect,
                compile_kwargs={"literal_binds": True, "render_postcompile": True},
            )
            plan = await session.execute(text("EXPLAIN " + str(compiled).replace(":", r"\:")))
            scanned = ""
            for line in plan.scalars():
                found = re.search(r"Scan (?:Backward )?(?:using|on) (\w+)", line)
                scanned = found[1] if found else scanned
                if "Index Cond:" in line:
                    narrowing.add(scanned)
    assert indexes <= narrowing


async def test_the_first_page(container: Container, client: httpx.AsyncClient, database: Database) -> None:
    await make_stuck_step(container)
    await make_belongings(container)
    owner = await Desk.of(container, client, Role.OWNER)
    shown = await owner.get("dashboard")
    assert shown["money"] == {
        "currency": "USD",
        "mrr_amount": 0,
        "mrr_month_ago_amount": 0,
        "customers": 0,
        "customers_lost": 0,
        "churn_rate": None,
        "mrr_churn_rate": None,
        "revenue_amount": 0,
        "revenue_last_month_amount": 0,
    }
    assert (shown["new_customers"], shown["new_customers_last_month"], shown["failed_payments"]) == (2, 0, 0)
    assert shown["attention"] == {
        "steps": 1,
        "panel_commands": 0,
        "webhook_events": 0,
        "dunning_brakes": 0,
        "disputes": 0,
        "registrar_operations": 0,
        "mails": 0,
    }
    support = await Desk.of(container, client, Role.SUPPORT)
    assert (await support.get("dashboard"))["money"] is None
    assert await support.refused("GET", "dashboard", params={"currency": "dollars"}) == (422, "validation_failed")
    customer = await Desk.of(container, client, Role.CUSTOMER)
    for path in ("dashboard", "system-health", "search?q=ada"):
        assert await customer.refused("GET", path) == (403, "forbidden")


async def test_the_health_of_the_system_is_the_doctors(container: Container, client: httpx.AsyncClient) -> None:
    desk = await Desk.of(container, client, Role.SUPPORT)
    shown = await desk.get("system-health")
    found = {check["name"]: check["ok"] for check in shown["checks"]}
    assert (found["database"], found["migrations"], found["redis"], found["clock"]) == (True, True, True, True)
    assert (found["catalog"], found["panels"], shown["ok"]) == (False, False, False)
