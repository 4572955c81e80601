"""Purchases that go another way than the first one."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from billing.kit.db import Subject
from tests.storefront import Customer
from tests.world import DECLINED_CARD, World

STARTER = {"type": "license", "plan": "starter", "interval": "year"}
ENTERPRISE = {"type": "license", "plan": "enterprise", "interval": "month"}


def domain(name: str, **more: Any) -> dict[str, Any]:
    return {"type": "domain", "name": name, **more}


def steps(order: dict[str, Any]) -> list[tuple[str, str]]:
    return [(step["kind"], step["status"]) for step in order["steps"]]


async def listed(world: World, customer: Customer, noun: str) -> list[dict[str, Any]]:
    answer = await world.http.get(f"/api/v1/{noun}", headers=customer.headers)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def charged(world: World) -> list[int]:
    return [charge["amount"] for charge in await world.stripe("charges") if charge["status"] == "succeeded"]


async def test_enterprise_by_the_month(world: World) -> None:
    customer = await world.customer()
    order = await world.buy(customer, ENTERPRISE)
    assert (order["status"], order["total_amount"]) == ("fulfilled", 29_900)
    assert steps(order) == [("issue_license", "done"), ("provision_account", "done"), ("welcome_mail", "done")]
    (found,) = await listed(world, customer, "licenses")
    shown = (await world.http.get(f"/api/v1/licenses/{found['id']}", headers=customer.headers)).json()
    assert shown["plan"] == "enterprise"
    assert {quota["maximum"] for quota in shown["usage"].values()} == {None}
    lasts = datetime.fromisoformat(shown["expiry_date"]) - datetime.now(UTC)
    assert timedelta(days=27) < lasts <= timedelta(days=31)
    (subscription,) = await world.stripe("subscriptions")
    assert (subscription["status"], subscription["metadata"]["order_id"]) == ("active", order["id"])


async def test_a_domain_alone_goes_to_the_license_one_has(world: World) -> None:
    customer = await world.customer()
    await world.buy(customer, STARTER)
    (owned,) = await listed(world, customer, "licenses")
    order = await world.buy(customer, domain("second-thought.com", years=2, privacy=False))
    # The first year at its price, the second at a renewal's.
    assert (order["status"], order["total_amount"]) == ("fulfilled", 1_399 + 1_799)
    assert steps(order) == [("register_domain", "done"), ("dns_zone", "done")]
    (bought,) = await listed(world, customer, "domains")
    assert (bought["license_id"], bought["status"]) == (owned["id"], "active")
    assert not bought["is_private"]
    assert len(await world.stripe("subscriptions")) == 1
    assert sorted(await charged(world)) == [3_198, 29_000]


async def test_a_domain_of_somebody_without_a_license_has_no_zone_yet(world: World) -> None:
    customer = await world.customer()
    order = await world.buy(customer, domain("just-the-name.com"))
    assert order["status"] == "fulfilled"
    assert steps(order) == [("register_domain", "done"), ("dns_zone", "skipped")]
    (bought,) = await listed(world, customer, "domains")
    assert (bought["license_id"], bought["domain_name"]) == (None, "just-the-name.com")


async def test_two_domains_with_a_license(world: World) -> None:
    customer = await world.customer()
    order = await world.buy(customer, STARTER, domain("one-of-two.com"), domain("two-of-two.net"))
    assert order["status"] == "fulfilled"
    assert {status for _, status in steps(order)} == {"done"}
    assert len(order["steps"]) == 7
    assert order["total_amount"] == 29_000 + 1_399 + 1_599
    names = {bought["domain_name"] for bought in await listed(world, customer, "domains")}
    assert names == {found["name"] for found in await world.domains_at_registrar()}
    assert names == {"one-of-two.com", "two-of-two.net"}
    assert await charged(world) == [order["total_amount"]]
    mail = await world.until("welcome mail", lambda: world.mail(customer.email, "license is ready"))
    assert all(name in mail["text"] for name in names)


async def test_a_closed_tab_is_no_lost_order(world: World) -> None:
    customer = await world.customer()
    placed = await world.order(customer, STARTER)
    path = f"/api/v1/orders/{placed['order']['id']}/payment"
    assert (await world.pay(placed, DECLINED_CARD)).status_code == 402
    reopened = [(await world.http.post(path, headers=customer.headers)).json() for _ in range(3)]
    assert {payment["client_secret"] for payment in reopened} == {placed["client_secret"]}
    assert {(payment["status"], payment["amount_due"]) for payment in reopened} == {("open", 29_000)}
    paid = await world.confirm(reopened[0]["client_secret"], reopened[0]["publishable_key"])
    assert paid.status_code == 200
    order = await world.fulfilled(customer, placed["order"]["id"])
    assert order["status"] == "fulfilled"
    after = (await world.http.post(path, headers=customer.headers)).json()
    assert (after["status"], after["amount_due"], after["client_secret"]) == ("paid", 0, None)
    assert len(await world.stripe("invoices")) == 1
    assert await charged(world) == [29_000]


async def test_an_order_nobody_paid_expires_and_cannot_be_paid_any_more(world: World) -> None:
    customer = await world.customer()
    placed = [await world.order(customer, STARTER), await world.order(customer, domain("never-paid.com"))]
    await world.sweep()
    for each in placed:
        assert (await world.show(customer, each["order"]["id"]))["status"] == "awaiting_payment"
    world.clock.advance(timedelta(hours=24))
    await world.sweep()
    token = await world.log_in(customer.email, "correct horse battery")
    later = Customer(customer.email, token)
    for each in placed:
        order_id = each["order"]["id"]
        assert (await world.show(later, order_id))["status"] == "expired"
        refused = await world.http.post(f"/api/v1/orders/{order_id}/payment", headers=later.headers)
        assert (refused.status_code, refused.json()["code"]) == (409, "order_not_payable")
        too_late = await world.pay(each)
        assert too_late.status_code == 400, too_late.text
    assert {invoice["status"] for invoice in await world.stripe("invoices")} == {"void"}
    ended = {subscription["status"] for subscription in await world.stripe("subscriptions", status="all")}
    assert ended <= {"canceled", "incomplete_expired"}
    assert await charged(world) == []
    # The name is free again for whoever pays for it.
    assert (await world.buy(later, domain("never-paid.com")))["status"] == "fulfilled"


async def test_a_lost_event_is_found_by_asking(world: World) -> None:
    customer = await world.customer()
    placed = await world.order(customer, STARTER, domain("event-was-lost.com"))
    endpoints = await world.stripe("webhook_endpoints")
    for endpoint in endpoints:
        gone = await world.http.delete(
            f"{world.sandbox_url}/stripe/v1/webhook_endpoints/{endpoint['id']}", auth=("sk_test_sandbox", "")
        )
        assert gone.status_code == 200
    assert (await world.pay(placed)).status_code == 200
    await world.sweep()
    assert (await world.show(customer, placed["order"]["id"]))["status"] == "awaiting_payment"
    # As time would: the panel's own clock stays where it is, so ours must not run away from it.
    async with world.database.transaction(Subject.system()) as session:
        await session.execute(text("UPDATE orders SET next_payment_check_at = now() - interval '1 second'"))
    await world.sweep()
    order = await world.fulfilled(customer, placed["order"]["id"])
    assert order["status"] == "fulfilled"
    assert {status for _, status in steps(order)} == {"done"}


async def test_a_name_somebody_else_was_faster_with_is_refunded(world: World) -> None:
    customer = await world.customer()
    placed = await world.order(customer, STARTER, domain("sniped-name.com"), domain("still-free.com"))
    await world.http.put(f"{world.sandbox_url}/admin/namecheap/taken/sniped-name.com")
    assert (await world.pay(placed)).status_code == 200
    order = await world.fulfilled(customer, placed["order"]["id"])
    assert order["status"] == "fulfilled"
    assert order["refunded_amount"] == 1_399
    items = {item["domain_name"]: (item["status"], item["refunded_amount"]) for item in order["items"]}
    assert items == {None: ("delivered", 0), "sniped-name.com": ("refunded", 1_399), "still-free.com": ("delivered", 0)}
    sniped = [step for step in order["steps"] if step["status"] in {"refunded", "skipped"}]
    assert [step["kind"] for step in sniped] == ["register_domain", "dns_zone"]
    assert [refund["amount"] for refund in await world.stripe("refunds")] == [1_399]
    mail = await world.until("refund mail", lambda: world.mail(customer.email, "sniped-name.com"))
    assert "$13.99" in mail["text"]
    assert [found["name"] for found in await world.domains_at_registrar()] == ["still-free.com"]


async def test_the_portal_watches_the_steps_live(world: World) -> None:
    customer = await world.customer()
    placed = await world.order(customer, STARTER)
    path = f"/api/v1/orders/{placed['order']['id']}/events"
    seen: list[dict[str, Any]] = []
    async with world.http.stream("GET", path, headers=customer.headers) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        lines = stream.aiter_lines()
        kind = ""
        async for line in lines:
            if line.startswith("event: "):
                kind = line.removeprefix("event: ")
            if line.startswith("data: ") and kind == "order":
                seen.append(json.loads(line.removeprefix("data: ")))
                if len(seen) == 1:
                    assert (await world.pay(placed)).status_code == 200
            if kind == "end":
                break
            await world.drain()
    assert [seen[0]["status"], seen[-1]["status"]] == ["awaiting_payment", "fulfilled"]
    assert {status for _, status in steps(seen[-1])} == {"done"}
    assert len(seen) >= 3
    assert seen[-1] == await world.show(customer, placed["order"]["id"])


async def test_invoices_are_listed_as_issued(world: World) -> None:
    customer, other = await world.customer(), await world.customer()
    order = await world.buy(customer, STARTER, domain("on-the-invoice.com"))
    await world.buy(customer, domain("second-invoice.com"))
    second, first = await listed(world, customer, "invoices")
    assert (first["order_id"], first["status"], first["total_amount"]) == (order["id"], "paid", 30_399)
    assert (first["amount_due"], first["amount_paid"], first["currency"]) == (30_399, 30_399, "USD")
    assert first["number"] != second["number"]
    assert first["subscription_id"] is not None
    assert second["subscription_id"] is None
    shown = await world.http.get(f"/api/v1/invoices/{first['id']}", headers=customer.headers)
    assert {name: shown.json()[name] for name in first} == first
    page = await world.http.get("/api/v1/invoices", params={"limit": 1}, headers=customer.headers)
    assert [item["id"] for item in page.json()["items"]] == [second["id"]]
    rest = {"limit": 1, "cursor": page.json()["next_cursor"]}
    page = await world.http.get("/api/v1/invoices", params=rest, headers=customer.headers)
    assert ([item["id"] for item in page.json()["items"]], page.json()["next_cursor"]) == ([first["id"]], None)
    assert await listed(world, other, "invoices") == []
    pdf = await world.http.get(first["invoice_pdf_url"])
    assert pdf.status_code == 200
