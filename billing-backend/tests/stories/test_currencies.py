"""A shop that sells in a currency without cents, and one whose third decimal no card can be charged."""

import uuid
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from billing.accounts.permissions import Role
from billing.catalog.actions.sync import sync_prices
from billing.catalog.models import Plan
from billing.catalog.ports import PriceBook
from billing.kit.db import Database, Subject
from billing.kit.money import Money
from billing.ledger.models import Account
from billing.ledger.service import trial_balance
from billing.settings import Settings
from tests.factories_licenses import make_person
from tests.subscriber import Subscriber
from tests.tax_stories import GERMAN, TaxDesk
from tests.timeline import SECRET
from tests.world import World
from tests.years import MONTHLY, Years

# Starter and Professional by the month: ¥2,900 and ¥9,900; 8.770 and 29.990 dinars.
PRICES = {"JPY": (2_900, 9_900), "KWD": (8_770, 29_990)}


@pytest.fixture(params=sorted(PRICES))
def currency(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def settings(settings: Settings, currency: str) -> Settings:
    return settings.model_copy(update={"currency": currency, "tax_seller_country": "DE"})


@pytest.fixture
async def years(world: World, currency: str) -> AsyncIterator[Years]:
    """A world whose plans are sold in the currency."""
    database = world.worker.get(Database)
    async with database.transaction(Subject.system()) as session:
        for code, price in zip(("starter", "professional"), PRICES[currency], strict=True):
            priced = {"currency": currency, "price_monthly": price, "price_yearly": price * 10}
            await session.execute(update(Plan).where(Plan.code == code).values(priced))
    await sync_prices(database, world.worker.get(PriceBook))
    built = Years(world)
    yield built
    await built.aclose()


async def test_what_is_quoted_billed_taxed_discounted_and_refunded_is_the_same_amount(
    years: Years, currency: str
) -> None:
    world, desk = years.world, TaxDesk(years.world)
    await desk.open()
    coupon = await years.stripe_post("coupons", percent_off="33.3", duration="once")
    await years.stripe_post(
        "promotion_codes", **{"promotion[type]": "coupon", "promotion[coupon]": coupon["id"]}, code="THIRD"
    )
    ada = Subscriber(years, await world.customer())
    await desk.details(ada.customer, **GERMAN)
    foreign = await ada.refused("POST", "orders", {"currency": "USD", "items": [MONTHLY]})
    assert (foreign[0], foreign[1]["code"]) == (422, "currency_not_sold")
    ada.order = await ada.buy(MONTHLY, currency=currency, coupon="THIRD")
    first = (await world.stripe("invoices"))[0]
    assert (first["total"], first["currency"]) == (ada.order["total_amount"], currency.lower())
    assert first["total_taxes"][0]["amount"] == ada.order["tax_amount"] > 0
    assert ada.order["total_amount"] % (10 if currency == "KWD" else 1) == 0

    await years.go(timedelta(days=10), step=timedelta(days=10))
    quote = await ada.quote("professional")
    assert f"You pay {Money(quote['today_amount'], currency)} today" in quote["summary"]
    await ada.confirm(quote)
    upgrade, *_ = await ada.invoices()
    assert (upgrade["status"], upgrade["total_amount"]) == ("paid", quote["today_amount"])

    staff = await make_person(world.worker, role=Role.BILLING_ADMIN)
    payment = (await ada.call("GET", "payments"))["items"][0]
    await refund_a_part(world, staff.headers, payment["id"], currency)
    await years.listen()
    await assert_balanced(world, currency)
    paper = await ada.ask("GET", f"invoices/{upgrade['id']}/pdf")
    assert paper.headers["content-type"] == "application/pdf"


async def refund_a_part(world: World, headers: dict[str, str], payment_id: str, currency: str) -> None:
    async def ask(amount: int) -> Any:
        return await world.http.post(
            f"/api/v1/admin/payments/{payment_id}/refunds",
            json={"reason": "requested_by_customer", "note": "A part", "amount": amount},
            headers={**headers, "Idempotency-Key": str(uuid.uuid4())},
        )

    odd = await ask(1_003)
    if currency == "KWD":
        assert (odd.status_code, odd.json()["code"], odd.json()["multiple_of"]) == (422, "amount_too_fine", 10)
        odd = await ask(1_000)
    assert (odd.status_code, odd.json()["status"]) == (201, "succeeded"), odd.text


async def assert_balanced(world: World, currency: str) -> None:
    async with world.database.transaction(Subject.system()) as session:
        accounts = (await trial_balance(session))[currency]
    answer = await world.http.get(
        f"{world.sandbox_url}/stripe/v1/balance_transactions", params={"limit": "100"}, auth=SECRET
    )
    moved = answer.json()["data"]
    assert sum(accounts.values()) == 0
    assert accounts[Account.CASH] == sum(row["net"] for row in moved)
    assert {row["currency"] for row in moved} == {currency.lower()}
    assert (accounts.get(Account.RECEIVABLE, 0), accounts.get(Account.REFUNDS, 0)) == (0, 0)
