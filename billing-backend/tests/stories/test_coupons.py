"""Coupons: what they take off before tax is reckoned, and that nobody gets more of them than there are."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest

from billing.settings import Settings
from tests.storefront import REGISTRANT, Customer
from tests.tax_stories import GERMAN, MONTHLY, TaxDesk
from tests.timeline import SECRET
from tests.world import World


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A seller in Germany."""
    return settings.model_copy(update={"tax_seller_country": "DE"})


@pytest.fixture
async def desk(world: World) -> TaxDesk:
    desk = TaxDesk(world)
    await desk.open()
    return desk


async def make_coupon(world: World, code: str, terms: dict[str, str], *, limit: int | None = None) -> None:
    async def post(path: str, **data: str) -> dict[str, Any]:
        answer = await world.http.post(f"{world.sandbox_url}/stripe/v1/{path}", data=data, auth=SECRET)
        assert answer.status_code == 200, answer.text
        made: dict[str, Any] = answer.json()
        return made

    coupon = await post("coupons", duration="once", **terms)
    limits = {} if limit is None else {"max_redemptions": str(limit)}
    await post(
        "promotion_codes", **{"promotion[type]": "coupon", "promotion[coupon]": coupon["id"]}, code=code, **limits
    )


async def place(world: World, customer: Customer, coupon: str, *items: dict[str, Any]) -> httpx.Response:
    return await world.http.post(
        "/api/v1/orders",
        json={"currency": "USD", "items": list(items), "coupon": coupon, "registrant": REGISTRANT},
        headers={**customer.headers, "Idempotency-Key": str(uuid.uuid4())},
    )


@pytest.mark.parametrize(
    ("terms", "inclusive", "license_amount", "taxes", "total"),
    [
        # 15 % off $29.00 is $4.35; 19 % of $24.65 is 468.35 cents and of $13.99 265.81.
        ({"percent_off": "15"}, False, 2_465, [468, 266], 4_598),
        # 33.3 % off is 965.7 cents, so $9.66; 19 % of $19.34 is 367.46.
        ({"percent_off": "33.3"}, False, 1_934, [367, 266], 3_966),
        ({"amount_off": "777", "currency": "usd"}, False, 2_123, [403, 266], 4_191),
        # Taken out of what is left after the coupon: 2465 × 19 / 119 is 393.57.
        ({"percent_off": "15"}, True, 2_465, [394, 223], 3_864),
        # Nothing is left of the plan, and no tax on it.
        ({"percent_off": "100"}, False, 0, [0, 266], 1_665),
    ],
)
async def test_what_the_coupon_leaves_is_taxed_and_equals_stripes_invoice(
    world: World,
    desk: TaxDesk,
    terms: dict[str, str],
    inclusive: bool,
    license_amount: int,
    taxes: list[int],
    total: int,
) -> None:
    if inclusive:
        await desk.new_rate("DE", "19", world.clock.now().date(), inclusive=True)
    await make_coupon(world, "RABATT", terms)
    customer = await world.customer()
    await desk.details(customer, **GERMAN)
    domain = {"type": "domain", "name": f"r{uuid.uuid4().hex[:12]}.com"}
    placed = await place(world, customer, "RABATT", MONTHLY, domain)
    assert placed.status_code == 201, placed.text
    assert (await world.pay(placed.json())).status_code == 200
    order = await world.fulfilled(customer, placed.json()["order"]["id"])
    assert [item["amount"] for item in order["items"]] == [license_amount, 1_399]
    assert [item["tax_amount"] for item in order["items"]] == taxes
    assert (order["status"], order["tax_amount"], order["total_amount"]) == ("fulfilled", sum(taxes), total)
    assert order["discount_amount"] == 2_900 - license_amount

    (invoice,) = await world.stripe("invoices")
    assert (invoice["total"], invoice["amount_paid"]) == (total, total)
    assert sum(tax["amount"] for tax in invoice["total_taxes"]) == order["tax_amount"]
    assert sum(part["amount"] for part in invoice["total_discount_amounts"]) == order["discount_amount"]
    own = (await world.http.get("/api/v1/invoices", headers=customer.headers)).json()["items"]
    shown = (await world.http.get(f"/api/v1/invoices/{own[0]['id']}", headers=customer.headers)).json()
    assert (shown["total_amount"], shown["tax_amount"], shown["discount_amount"]) == (
        total,
        order["tax_amount"],
        order["discount_amount"],
    )
    assert [line["tax_amount"] for line in shown["lines"]] == taxes


async def test_the_last_redemption_of_a_coupon_goes_to_one_of_two_at_once(world: World, desk: TaxDesk) -> None:
    await make_coupon(world, "LAST", {"percent_off": "50"}, limit=1)
    first, second = await world.customer(), await world.customer()
    answers = await asyncio.gather(place(world, first, "LAST", MONTHLY), place(world, second, "LAST", MONTHLY))
    won, lost = sorted(answers, key=lambda answer: answer.status_code)
    assert (won.status_code, won.json()["order"]["total_amount"]) == (201, 1_450)
    assert (lost.status_code, lost.json()["code"]) == (422, "coupon_invalid")
    assert [row["total"] for row in await world.stripe("invoices")] == [1_450]
    # Whoever lost it is not left with an order that nobody can pay.
    loser = first if answers[0] is lost else second
    orders = (await world.http.get("/api/v1/orders", headers=loser.headers)).json()["items"]
    assert {order["status"] for order in orders} <= {"expired"}
