"""A customer whose address changes while an order is on its way: nobody is asked for what they did not agree to."""

import asyncio
import uuid
from typing import Any

import httpx
import pytest

from billing.integrations.stripe.taxes import StripeTaxDesk
from billing.settings import Settings
from billing.tax import ports
from tests.storefront import Customer
from tests.tax_stories import FRENCH, FRENCH_NUMBER, GERMAN, MONTHLY, TaxDesk
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


class HeldDesk:
    """Stripe's tax desk; the first customer it tells Stripe of is held up afterwards until `go` is set."""

    def __init__(self, real: ports.TaxDesk) -> None:
        self._real = real
        self.told = asyncio.Event()
        self.go = asyncio.Event()

    async def ensure_rate(self, terms: ports.RateTerms) -> str:
        return await self._real.ensure_rate(terms)

    async def set_subscription_tax(self, subscription_id: str, *, rate_id: str | None, automatic: bool) -> None:
        await self._real.set_subscription_tax(subscription_id, rate_id=rate_id, automatic=automatic)

    async def sync_customer(self, customer_id: str, profile: ports.CustomerProfile) -> None:
        await self._real.sync_customer(customer_id, profile)
        if not self.told.is_set():
            self.told.set()
            await self.go.wait()


async def order_of(world: World, customer: Customer, key: str) -> httpx.Response:
    return await world.http.post(
        "/api/v1/orders",
        json={"currency": "USD", "items": [MONTHLY]},
        headers={**customer.headers, "Idempotency-Key": key},
    )


async def moved(world: World, desk: TaxDesk, customer: Customer) -> tuple[httpx.Response, dict[str, Any]]:
    """Order as a German consumer; while Stripe is being told, become a French business and order again.

    Return what the first order was answered, and the second one, paid.
    """
    real = world.api.get(ports.TaxDesk)
    assert isinstance(real, StripeTaxDesk)
    held = HeldDesk(real)
    world.api.put(ports.TaxDesk, held)
    await desk.details(customer, **GERMAN)
    first = asyncio.create_task(order_of(world, customer, "first"))
    await asyncio.wait_for(held.told.wait(), 20)
    await desk.details(customer, **FRENCH, vat_number=FRENCH_NUMBER)
    second = await world.buy(customer, MONTHLY)
    held.go.set()
    return await first, second


async def test_an_order_that_another_one_changed_the_tax_of_is_closed(world: World, desk: TaxDesk) -> None:
    customer = await world.customer()
    refused, second = await moved(world, desk, customer)
    assert (second["tax_treatment"], second["total_amount"], second["status"]) == ("reverse_charge", 2_900, "fulfilled")
    assert (refused.status_code, refused.json()["code"]) == (409, "order_amount_changed"), refused.text
    first = await world.show(customer, refused.json()["order_id"])
    assert (first["status"], first["total_amount"]) == ("expired", 3_451)
    # Nobody can pay it at Stripe either, and asking again doesn't bring it back.
    assert sorted(row["status"] for row in await world.stripe("invoices")) == ["paid", "void"]
    statuses = sorted(row["status"] for row in await world.stripe("subscriptions", status="all"))
    assert statuses in (["active", "canceled"], ["active", "incomplete_expired"])
    again = await order_of(world, customer, "first")
    assert (again.status_code, again.json()["code"]) == (409, "order_not_payable")
    await world.sweep()
    assert (await world.show(customer, first["id"]))["status"] == "expired"


async def test_stripe_ends_up_with_who_the_customer_is_now(world: World, desk: TaxDesk) -> None:
    """The order that was overtaken told Stripe of the address it had been placed with."""
    customer = await world.customer()
    await moved(world, desk, customer)
    await world.drain()
    at_stripe = await desk.stripe_customer(customer)
    assert (at_stripe["address"]["country"], at_stripe["tax_exempt"]) == ("FR", "reverse")
    third = await order_of(world, customer, str(uuid.uuid4()))
    assert third.status_code == 201, third.text
    assert third.json()["payment"]["amount_due"] == third.json()["order"]["total_amount"] == 2_900


async def test_an_order_opened_late_does_not_leave_its_old_tax_behind(world: World, desk: TaxDesk) -> None:
    """Stripe was down when it was placed; by the time it is opened the customer is a business."""
    customer = await world.customer()
    await world.buy(customer, MONTHLY)
    await desk.details(customer, **GERMAN)
    await world.drain()
    await world.fault("stripe", "subscriptions.create", "error_500", times=20)
    down = await order_of(world, customer, "late")
    assert (down.status_code, down.json()["code"]) == (503, "payment_provider_unavailable"), down.text
    await world.http.delete(f"{world.sandbox_url}/admin/faults")
    await desk.details(customer, **FRENCH, vat_number=FRENCH_NUMBER)
    await world.drain()
    late = await order_of(world, customer, "late")
    assert late.status_code == 201, late.text
    # It costs what was agreed on, French VAT number or not.
    assert late.json()["payment"]["amount_due"] == late.json()["order"]["total_amount"] == 3_451
    await world.drain()
    assert (await desk.stripe_customer(customer))["tax_exempt"] == "reverse"
