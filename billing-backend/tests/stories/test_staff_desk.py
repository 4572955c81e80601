"""A day at the desk of staff: prices, coupons, a license stopped, a subscription ended, the figures of it all."""

import uuid
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from billing.accounts.permissions import Role
from tests.factories_licenses import Person, make_person
from tests.storefront import Customer
from tests.world import World

MONTHLY = {"type": "license", "plan": "starter", "interval": "month"}
SPRING = {"code": "SPRING-25", "name": "Spring 2027", "percent_off": "25", "duration": "once", "max_redemptions": 2}


@dataclass
class Staff:
    world: World
    person: Person

    async def ask(self, method: str, path: str, body: Any = None, *, key: str | None = None) -> httpx.Response:
        headers = {**self.person.headers, "Idempotency-Key": key or str(uuid.uuid4())}
        url = f"/api/v1/admin/{path}"
        answer: httpx.Response = await self.world.http.request(method, url, json=body, headers=headers)
        return answer

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        answer = await self.ask(method, path, body)
        assert answer.status_code < 300, answer.text
        return answer.json()

    async def one(self, path: str, customer: Customer) -> Any:
        """Return the customer's only thing of a kind, with all about it."""
        found = (await self.call("GET", f"customers?q={customer.email}"))["items"][0]["id"]
        (row,) = (await self.call("GET", f"{path}?user_id={found}"))["items"]
        return await self.call("GET", f"{path}/{row['id']}")


@pytest.fixture
async def staff(world: World) -> Staff:
    return Staff(world, await make_person(world.worker, role=Role.OWNER))


async def test_another_price_is_for_those_who_come(world: World, staff: Staff) -> None:
    early = await world.customer()
    await world.buy(early, MONTHLY)
    (plan,) = [plan for plan in (await staff.call("GET", "plans"))["items"] if plan["code"] == "starter"]
    changes = {"price_monthly": 3_100, "max_domains": 4, "features": {"daily_backups": True}}
    changed = await staff.call("PATCH", f"plans/{plan['id']}", changes)
    assert (changed["price_monthly"], changed["price_yearly"], changed["max_domains"]) == (3_100, 29_000, 4)
    assert changed["features"] == {**plan["features"], "daily_backups": True}
    assert changed["stripe_price_id_monthly"] != plan["stripe_price_id_monthly"]
    assert changed["stripe_price_id_yearly"] == plan["stripe_price_id_yearly"]
    late = await world.customer()
    await world.buy(late, MONTHLY)
    totals = [(await staff.one("orders", customer))["total_amount"] for customer in (early, late)]
    assert totals == [2_900, 3_100]
    runs = {row["id"]: row["items"]["data"][0]["price"]["id"] for row in await world.stripe("subscriptions")}
    for customer, price in ((early, plan), (late, changed)):
        held = await staff.one("subscriptions", customer)
        assert runs[held["stripe_subscription_id"]] == price["stripe_price_id_monthly"]
    licenses = [await staff.one("licenses", customer) for customer in (early, late)]
    assert [row["entitlements"]["quotas"]["domains"] for row in licenses] == [3, 4]
    entries = (await staff.call("GET", f"audit-entries?object_id={plan['id']}"))["items"]
    assert [entry["action"] for entry in entries] == ["plan.changed"]
    assert entries[0]["before"]["price_monthly"] == 2_900
    assert (await staff.ask("PATCH", f"plans/{uuid.uuid4()}", changes)).status_code == 404
    for bad in ({"price_monthly": 0}, {"price_monthly": "1"}, {"features": {"magic": True}}, {"code": "x"}):
        assert (await staff.ask("PATCH", f"plans/{plan['id']}", bad)).status_code == 422, bad


async def test_a_new_plan_is_sold_until_it_is_taken_off(world: World, staff: Staff) -> None:
    quotas = dict.fromkeys(("max_accounts", "max_domains", "max_databases", "max_emails", "max_storage_mb"))
    body = {
        "code": "founders",
        "name": "Founders",
        "description": "For the first hundred.",
        "license_type": "professional",
        "price_monthly": 5_000,
        "price_yearly": 50_000,
        "support_level": "email",
        **quotas,
    }
    made = await staff.call("POST", "plans", body)
    again = await staff.ask("POST", "plans", body)
    assert (again.status_code, again.json()["code"]) == (409, "plan_code_taken")
    customer = await world.customer()
    await world.buy(customer, {**MONTHLY, "plan": "founders"})
    assert (await staff.one("licenses", customer))["plan_code"] == "founders"
    await staff.call("PATCH", f"plans/{made['id']}", {"is_active": False})
    assert (await world.http.get("/api/v1/plans/founders")).status_code == 404
    assert "founders" in [plan["code"] for plan in (await staff.call("GET", "plans"))["items"]]


async def test_a_coupon_from_its_making_to_its_end(world: World, staff: Staff) -> None:
    key = str(uuid.uuid4())
    made = await staff.ask("POST", "coupons", SPRING, key=key)
    assert made.status_code == 201, made.text
    coupon = made.json()
    assert (coupon["code"], coupon["percent_off"], coupon["is_active"], coupon["times_redeemed"]) == (
        "SPRING-25",
        "25.0",
        True,
        0,
    )
    assert (await staff.ask("POST", "coupons", SPRING, key=key)).json()["id"] == coupon["id"]
    taken = await staff.ask("POST", "coupons", SPRING)
    assert (taken.status_code, taken.json()["code"]) == (409, "change_refused")
    customer = await world.customer()
    placed = await world.http.post(
        "/api/v1/orders",
        json={"currency": "USD", "items": [MONTHLY], "coupon": "SPRING-25"},
        headers={**customer.headers, "Idempotency-Key": str(uuid.uuid4())},
    )
    assert placed.status_code == 201, placed.text
    assert placed.json()["order"]["total_amount"] == 2_175
    assert (await world.pay(placed.json())).status_code == 200
    await world.fulfilled(customer, placed.json()["order"]["id"])
    await staff.call("POST", "coupons", {**SPRING, "code": "OTHER", "first_time_only": True})
    first = await staff.call("GET", "coupons?limit=1")
    assert [row["code"] for row in first["items"]] == ["OTHER"]
    rest = await staff.call("GET", f"coupons?limit=1&cursor={first['next_cursor']}")
    assert [(row["code"], row["times_redeemed"]) for row in rest["items"]] == [("SPRING-25", 1)]
    assert rest["next_cursor"] is None
    for _ in range(2):
        assert (await staff.call("POST", f"coupons/{coupon['id']}/deactivate"))["is_active"] is False
    refused = await world.http.post(
        "/api/v1/quotes", json={"currency": "USD", "items": [MONTHLY], "coupon": "SPRING-25"}
    )
    assert (refused.status_code, refused.json()["code"]) == (422, "coupon_invalid")
    assert [row["code"] for row in (await staff.call("GET", "coupons?is_active=true"))["items"]] == ["OTHER"]
    actions = [entry["action"] for entry in (await staff.call("GET", "audit-entries?object_type=coupon"))["items"]]
    assert actions.count("coupon.deactivated") == 1
    assert (await staff.ask("POST", "coupons/promo_none/deactivate")).status_code == 404
    for bad in ({"percent_off": None}, {"amount_off": 5}, {"duration": "repeating"}, {"minimum_amount": 5}):
        answer = await staff.ask("POST", "coupons", {**SPRING, **bad})
        assert (answer.status_code, answer.json()["code"]) == (422, "validation_failed"), bad


async def test_a_license_is_stopped_at_its_panel_and_a_subscription_ended(world: World, staff: Staff) -> None:
    customer = await world.customer()
    order = await world.buy(customer, MONTHLY)
    shown = await staff.call("GET", f"orders/{order['id']}")
    assert [payment["amount"] for payment in shown["payments"]] == [2_900]
    assert [invoice["total_amount"] for invoice in shown["invoices"]] == [2_900]
    held = await staff.one("licenses", customer)
    for verb, status in (("suspend", "suspended"), ("reinstate", "active")):
        body = {"reason": "Sends spam, case 4711"} if verb == "suspend" else None
        await staff.call("POST", f"licenses/{held['id']}/{verb}", body)
        await world.drain()
        now = await staff.call("GET", f"licenses/{held['id']}")
        assert (now["status"], now["panel_account"]["status"]) == (status, status)
    figures = (await staff.call("GET", "dashboard"))["money"]
    assert (figures["mrr_amount"], figures["mrr_month_ago_amount"], figures["customers"]) == (2_900, 0, 1)
    subscription = await staff.one("subscriptions", customer)
    path = f"subscriptions/{subscription['id']}"
    ending = await staff.call("POST", f"{path}/cancel", {"reason": "other"})
    assert (ending["subscription"]["cancel_at_period_end"], ending["refund_amount"]) == (True, 0)
    assert (await staff.call("POST", f"{path}/keep"))["cancel_at_period_end"] is False
    ended = await staff.call("POST", f"{path}/cancel", {"reason": "other", "at": "now", "refund": True})
    assert ended["subscription"]["status"] == "cancelled"
    assert 2_800 <= ended["refund_amount"] <= 2_900
    again = await staff.ask("POST", f"{path}/cancel", {"reason": "other"})
    assert (again.status_code, again.json()["code"]) == (409, "subscription_over")
    unknown = await staff.ask("POST", f"subscriptions/{uuid.uuid4()}/cancel", {"reason": "other"})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "subscription_not_found")
    entries = (await staff.call("GET", f"audit-entries?object_id={subscription['id']}"))["items"]
    by_staff = [entry["action"] for entry in entries if entry["actor_kind"] == "staff"]
    assert by_staff == ["subscription.cancelled", "subscription.kept", "subscription.cancelled"]
