"""Every list of staff: who may read it, its pages, its filters, and the file made of it."""

import uuid

import httpx
import pytest
from sqlalchemy import event, text

from billing.accounts.permissions import Permission, Role, allows
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from tests.factories_accounts import make_user
from tests.factories_licenses import make_person
from tests.factories_orders import make_belongings
from tests.integration.admin.desk import Desk

LISTS = {
    "customers": Permission.CUSTOMERS_READ,
    "orders": Permission.ORDERS_READ,
    "licenses": Permission.LICENSES_READ,
    "subscriptions": Permission.SUBSCRIPTIONS_READ,
    "domains": Permission.DOMAINS_READ,
    "registrar-operations": Permission.DOMAINS_READ,
    "invoices": Permission.INVOICES_READ,
    "credit-notes": Permission.INVOICES_READ,
    "payments": Permission.INVOICES_READ,
    "disputes": Permission.INVOICES_READ,
    "mails": Permission.MAIL_READ,
    "audit-entries": Permission.AUDIT_READ,
    "webhook-events": Permission.WEBHOOKS_READ,
    "vat-checks": Permission.TAX_READ,
    "dunning/cases": Permission.DUNNING_READ,
    "panel-servers": Permission.PANELS_READ,
    "staff": Permission.STAFF_WRITE,
}


@pytest.mark.parametrize(("path", "permission"), LISTS.items())
async def test_who_may_read_it(
    container: Container, client: httpx.AsyncClient, path: str, permission: Permission
) -> None:
    for role in Role:
        desk = await Desk.of(container, client, role)
        for route in (path, f"{path}.csv"):
            answer = await desk.ask("GET", route)
            if allows(role, permission):
                assert answer.status_code == 200, answer.text
            else:
                assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    desk = await Desk.of(container, client)
    for params, code in (({"cursor": "no cursor"}, 400), ({"limit": 0}, 422), ({"limit": 101}, 422)):
        assert (await desk.ask("GET", path, params=params)).status_code == code
    assert (await client.get(f"/api/v1/admin/{path}")).status_code == 401


async def test_all_made_at_the_same_instant_come_once(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    made = [str((await make_belongings(container)).order_id) for _ in range(5)]
    async with database.transaction(Subject.system()) as session:
        await session.execute(text("UPDATE orders SET created_at = '2026-11-01T00:00:00Z'"))
    desk = await Desk.of(container, client)
    pages = [[row["id"] for row in page] async for page in desk.pages("orders", limit=2)]
    assert [len(page) for page in pages] == [2, 2, 1]
    assert [order_id for page in pages for order_id in page] == made[::-1]
    assert [row["id"] for row in await desk.csv("orders")] == made[::-1]


async def test_one_of_everything_is_shown_with_its_customer(container: Container, client: httpx.AsyncClient) -> None:
    owned, other = await make_belongings(container), await make_belongings(container)
    desk = await Desk.of(container, client, Role.SUPPORT)
    for path, mine, theirs in (
        ("orders", owned.order_id, other.order_id),
        ("licenses", owned.license_id, other.license_id),
        ("subscriptions", owned.subscription_id, other.subscription_id),
        ("domains", owned.domain_id, other.domain_id),
        ("invoices", owned.invoice_id, other.invoice_id),
        ("credit-notes", owned.credit_note_id, other.credit_note_id),
    ):
        assert await desk.ids(path) == [str(theirs), str(mine)], path
        (row,) = (await desk.get(path, user_id=str(owned.person.user_id)))["items"]
        assert (row["id"], row["customer_email"], row["customer_name"]) == (str(mine), owned.person.email, "Ada")
        (line,) = await desk.csv(path, user_id=str(owned.person.user_id))
        assert list(line) == list(row), "the file has the list's columns"
        assert (line["id"], line["customer_email"]) == (str(mine), owned.person.email)
        assert await desk.ids(path, since="2126-01-01T00:00:00Z") == []
        assert await desk.refused("GET", path, params={"since": "yesterday"}) == (422, "validation_failed")


async def test_a_longer_list_asks_no_more_of_the_database(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    desk = await Desk.of(container, client)
    await desk.get("roles")
    asked: list[str] = []
    event.listen(database.engine.sync_engine, "before_cursor_execute", lambda *args: asked.append(args[2]))
    counts: list[dict[str, int]] = []
    for more in (1, 4):
        owned = [await make_belongings(container) for _ in range(more)][-1]
        count: dict[str, int] = {}
        details = {
            "customers": owned.person.user_id,
            "orders": owned.order_id,
            "licenses": owned.license_id,
            "subscriptions": owned.subscription_id,
            "domains": owned.domain_id,
        }
        for path in (*LISTS, *(f"{path}/{row_id}" for path, row_id in details.items())):
            asked.clear()
            await desk.get(path)
            count[path.partition("/")[0] + str(path.count("/"))] = len(asked)
        counts.append(count)
    assert counts[0] == counts[1]


async def test_lists_are_narrowed(container: Container, client: httpx.AsyncClient) -> None:
    owned = await make_belongings(container)
    desk = await Desk.of(container, client)
    order = (await desk.get("orders"))["items"][0]
    license_row = (await desk.get("licenses"))["items"][0]
    invoice = (await desk.get("invoices"))["items"][0]
    domain = (await desk.get("domains"))["items"][0]
    email = owned.person.email[:8]
    for path, found, matches, misses in (
        ("orders", owned.order_id, {"status": "fulfilled"}, {"status": "paid"}),
        ("orders", owned.order_id, {"q": f"#{order['number']}"}, {"q": "#1"}),
        ("orders", owned.order_id, {"q": email.upper()}, {"q": "nobody"}),
        ("licenses", owned.license_id, {"status": "active", "plan": "starter"}, {"plan": "enterprise"}),
        ("licenses", owned.license_id, {"q": license_row["last4"].lower()}, {"q": "0000"}),
        ("licenses", owned.license_id, {"q": email}, {"q": "NP-0000-0000-0000"}),
        ("subscriptions", owned.subscription_id, {"status": "active", "q": email}, {"status": "past_due"}),
        ("subscriptions", owned.subscription_id, {"plan": "starter"}, {"cancel_at_period_end": "true"}),
        ("domains", owned.domain_id, {"q": domain["domain_name"][:9]}, {"q": "nothing"}),
        ("domains", owned.domain_id, {"registrar": "namecheap"}, {"expires_before": "2026-01-01"}),
        ("invoices", owned.invoice_id, {"q": invoice["number"][:12].lower()}, {"q": "X-"}),
        ("invoices", owned.invoice_id, {"number": invoice["number"]}, {"status": "open"}),
        ("credit-notes", owned.credit_note_id, {"invoice_id": invoice["id"]}, {"status": "void"}),
    ):
        assert await desk.ids(path, **matches) == [str(found)], (path, matches)
        assert await desk.ids(path, **misses) == [], (path, misses)


async def test_customers_are_found_by_the_beginning_of_what_they_are_called(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    user = await make_user(database, email="grace@navy.example", full_name="Grace Brewster Hopper")
    async with database.transaction(Subject.system()) as session:
        await session.execute(text("UPDATE users SET company_name = 'Öl & Söhne' WHERE id = :id"), {"id": user.id})
    await make_user(database, email="x@y.example", full_name="X Y")
    desk = await Desk.of(container, client, Role.SUPPORT)
    for q in ("grace@n", "GRACE", "Grace Brew", "hopp", "öl", "ÖL & S"):
        assert await desk.ids("customers", q=q) == [str(user.id)], q
    for q in ("race", "%", "_", "brewster hopper", "navy", "'; --"):
        assert await desk.ids("customers", q=q) == [], q
    assert await desk.ids("customers", q="grace", is_active="false") == []
    assert len(await desk.ids("customers")) == 2, "staff are no customers"
    assert await desk.refused("GET", "customers", params={"q": "\x00"}) == (422, "validation_failed")


async def test_a_file_runs_nothing_and_is_on_record(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    names = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", 'a "b", c', "Ada"]
    for name in names:
        await make_user(database, full_name=name)
    desk = await Desk.of(container, client)
    rows = await desk.csv("customers")
    assert [row["full_name"] for row in reversed(rows)] == ["'=HYPERLINK(1)", "'+1", "'-1", "'@SUM(A1)", *names[4:]]
    assert rows[0]["is_active"] == "true"
    (entry,) = (await desk.get("audit-entries", action="list.exported"))["items"]
    assert (entry["object_type"], entry["object_id"], entry["actor_kind"]) == ("list", "customers", "staff")
    assert entry["actor_email"] is not None


async def test_the_trail_is_narrowed_by_who_did_what_to_which(container: Container, client: httpx.AsyncClient) -> None:
    person = await make_person(container)
    answer = await client.patch("/api/v1/me", json={"full_name": "Augusta"}, headers=person.headers)
    assert answer.status_code == 200
    desk = await Desk.of(container, client, Role.BILLING_ADMIN)
    entry = (await desk.get("audit-entries"))["items"][0]
    assert (entry["actor_email"], entry["object_id"]) == (person.email, str(person.user_id))
    for name in ("actor_user_id", "actor_kind", "action", "object_type", "object_id"):
        assert await desk.ids("audit-entries", **{name: entry[name]}) == [entry["id"]], name
    for name in ("actor_user_id", "object_id"):
        assert await desk.ids("audit-entries", **{name: str(uuid.uuid4())}) == [], name
    (line,) = await desk.csv("audit-entries", action=entry["action"])
    assert "Augusta" in line["after"]
