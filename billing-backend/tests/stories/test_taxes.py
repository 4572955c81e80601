"""Who pays tax, who doesn't, and what is on the invoice and at Stripe for it."""

import uuid
from datetime import timedelta
from typing import Any

import pytest

from billing.kit.db import Subject
from billing.orders.models import Order
from billing.settings import Settings
from tests.en16931 import Checked
from tests.papers import words_of
from tests.storefront import PASSWORD
from tests.tax_stories import (
    DAY_SECONDS,
    FRENCH,
    FRENCH_NUMBER,
    GERMAN,
    MONTHLY,
    STARTER,
    SWISS,
    TaxDesk,
)
from tests.world import World

SELLER_NUMBER = "DE136695976"


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """A seller in Germany."""
    return settings.model_copy(update={"tax_seller_country": "DE", "tax_seller_vat_number": SELLER_NUMBER})


@pytest.fixture
async def desk(world: World) -> TaxDesk:
    desk = TaxDesk(world)
    await desk.open()
    return desk


def invoice_taxes(invoice: dict[str, Any]) -> list[tuple[int, str]]:
    return [(tax["amount"], tax["taxability_reason"]) for tax in invoice["total_taxes"] or []]


async def test_a_german_consumer_pays_german_vat_on_license_and_domain(world: World, desk: TaxDesk) -> None:
    customer = await world.customer()
    shown = await desk.details(customer, **GERMAN)
    assert (shown["tax"]["treatment"], shown["tax"]["percentage"], shown["vat"]) == ("taxed", "19", None)
    domain = {"type": "domain", "name": "steuern.com"}

    quote = await desk.preview(customer, STARTER, domain)
    assert [(line["amount"], line["tax_amount"], line["total_amount"]) for line in quote["lines"]] == [
        (29_000, 5_510, 34_510),
        (1_399, 266, 1_665),
    ]
    assert (quote["subtotal_amount"], quote["tax_amount"], quote["total_amount"]) == (30_399, 5_776, 36_175)
    assert await world.stripe("invoices") == [], "a preview creates nothing"

    order = await world.buy(customer, STARTER, domain)
    assert (order["status"], order["subtotal_amount"], order["tax_amount"], order["total_amount"]) == (
        "fulfilled",
        30_399,
        5_776,
        36_175,
    )
    (invoice,) = await world.stripe("invoices")
    assert (invoice["total"], invoice_taxes(invoice)) == (36_175, [(5_776, "standard_rated")])
    assert [charge["amount"] for charge in await world.stripe("charges")] == [36_175]
    assert await desk.rates_on_subscription(customer) == [19]
    at_stripe = await desk.stripe_customer(customer)
    assert (at_stripe["address"]["country"], at_stripe["tax_exempt"]) == ("DE", "none")
    receipt = await world.until("receipt", lambda: world.mail(customer.email, "Receipt"))
    assert "Tax: $57.76" in receipt["text"]
    assert "Total: $361.75" in receipt["text"]

    second = await world.buy(customer, {"type": "domain", "name": "nochmal.com"})
    assert (second["tax_amount"], second["total_amount"]) == (266, 1_665)
    assert len(await world.stripe("tax_rates")) == 1, "the rate is made once"


async def test_a_french_business_accounts_for_its_vat_itself(world: World, desk: TaxDesk) -> None:
    customer = await world.customer()
    await world.http.put(
        f"{world.sandbox_url}/admin/vies/numbers/{FRENCH_NUMBER}",
        json={"valid": True, "name": "SARL EXEMPLE", "address": "1 RUE DE LA PAIX\n75002 PARIS"},
    )
    shown = await desk.details(customer, **FRENCH, vat_number="fr 40 303.265 045")
    assert (shown["vat"]["number"], shown["vat"]["status"]) == (FRENCH_NUMBER, "pending")
    await world.drain()
    shown = await desk.shown_details(customer)
    assert (shown["vat"]["status"], shown["vat"]["registered_name"]) == ("valid", "SARL EXEMPLE")

    order = await world.buy(customer, STARTER, {"type": "domain", "name": "exemple.com"})
    assert (order["tax_treatment"], order["tax_amount"], order["total_amount"]) == ("reverse_charge", 0, 30_399)
    assert order["tax_note"].startswith("Reverse charge")
    (invoice,) = await world.stripe("invoices")
    assert (invoice["total"], invoice["customer_tax_exempt"]) == (30_399, "reverse")
    assert await desk.tax_ids(customer) == [("eu_vat", FRENCH_NUMBER)]
    (own,) = (await world.http.get("/api/v1/invoices", headers=customer.headers)).json()["items"]
    paper = await world.http.get(f"/api/v1/invoices/{own['id']}/pdf", headers=customer.headers)
    seen = words_of(paper.content)
    for expected in ("VAT, reverse charge $0.00", world.settings.tax_reverse_charge_text, FRENCH_NUMBER, SELLER_NUMBER):
        assert expected in seen, expected
    electronic = await world.http.get(f"/api/v1/invoices/{own['id']}/ubl", headers=customer.headers)
    assert Checked(electronic.content).problems == []
    assert b">AE<" in electronic.content
    at_stripe = await desk.stripe_customer(customer)
    assert (at_stripe["name"], at_stripe["address"]["city"]) == ("Exemple SARL", "Paris")

    async with world.database.transaction(Subject.system()) as session:
        evidence = (await session.get_one(Order, order["id"])).tax_evidence
    assert evidence is not None
    check: Any = evidence["vat_check"]
    assert (evidence["reason"], evidence["vat_number"], check["status"]) == ("eu_business", FRENCH_NUMBER, "valid")
    assert check["consultation_number"].startswith("WAPIAAAA")
    assert (check["trader_name"], check["trader_address"]) == ("SARL EXEMPLE", "1 RUE DE LA PAIX 75002 PARIS")


async def test_a_swiss_customer_is_outside(world: World, desk: TaxDesk) -> None:
    customer = await world.customer()
    shown = await desk.details(customer, **SWISS, vat_number="CHE-107.787.577 MWST")
    assert (shown["tax"]["treatment"], shown["tax"]["reason"]) == ("untaxed", "outside")
    assert (shown["vat"]["number"], shown["vat"]["status"]) == ("CHE107787577MWST", "unchecked")
    order = await world.buy(customer, STARTER)
    assert (order["tax_treatment"], order["tax_amount"], order["total_amount"]) == ("untaxed", 0, 29_000)
    (invoice,) = await world.stripe("invoices")
    assert (invoice["total"], invoice_taxes(invoice)) == (29_000, [])
    assert await desk.tax_ids(customer) == [("ch_vat", "CHE-107.787.577 MWST")]


async def test_a_register_that_is_down_keeps_nobody_from_buying(world: World, desk: TaxDesk) -> None:
    await world.fault("vies", "check", "unavailable", times=2)
    customer = await world.customer()
    await desk.details(customer, **FRENCH, vat_number=FRENCH_NUMBER)
    await world.drain()
    order = await world.buy(customer, MONTHLY)
    assert (order["tax_treatment"], order["total_amount"]) == ("reverse_charge", 2_900)
    assert (await desk.shown_details(customer))["vat"]["status"] == "pending"

    # Not before its time, and then again and again.
    await world.sweep()
    await desk.pass_time(61)
    assert (await desk.shown_details(customer))["vat"]["status"] == "pending"
    await desk.pass_time(121)
    shown = await desk.shown_details(customer)
    assert (shown["vat"]["status"], shown["vat"]["registered_name"]) == ("valid", "COMPANY 40303265045")


async def test_a_number_that_turns_out_wrong_is_taxed_from_the_next_invoice_on(world: World, desk: TaxDesk) -> None:
    await world.fault("vies", "check", "busy")
    await world.http.put(f"{world.sandbox_url}/admin/vies/numbers/{FRENCH_NUMBER}", json={"valid": False})
    customer = await world.customer()
    await desk.details(customer, **FRENCH, vat_number=FRENCH_NUMBER)
    await world.drain()
    order = await world.buy(customer, MONTHLY)
    assert order["tax_treatment"] == "reverse_charge"

    await desk.pass_time(61)
    shown = await desk.shown_details(customer)
    assert (shown["vat"]["status"], shown["tax"]["treatment"], shown["tax"]["percentage"]) == ("invalid", "taxed", "20")
    assert await desk.rates_on_subscription(customer) == [20]
    assert (await desk.stripe_customer(customer))["tax_exempt"] == "none"
    kept = await world.show(customer, order["id"])
    assert (kept["tax_treatment"], kept["tax_amount"]) == ("reverse_charge", 0), "what was sold stays as it was sold"


async def test_a_rate_that_changes_is_that_of_the_renewal(world: World, desk: TaxDesk) -> None:
    customer = await world.customer()
    await desk.details(customer, **GERMAN)
    order = await world.buy(customer, MONTHLY)
    assert order["total_amount"] == 3_451
    await desk.new_rate("DE", "21", (world.clock.now() + timedelta(days=20)).date())

    await desk.pass_time(10 * DAY_SECONDS)
    await desk.house_keeping()
    assert await desk.rates_on_subscription(customer) == [19], "not before its day"
    await desk.pass_time(11 * DAY_SECONDS)
    await desk.house_keeping()
    assert await desk.rates_on_subscription(customer) == [21]

    await desk.pass_time(11 * DAY_SECONDS)
    renewal = (await world.stripe("invoices"))[0]
    assert (renewal["billing_reason"], renewal["status"], renewal["total"]) == ("subscription_cycle", "paid", 3_509)
    customer.token = await world.log_in(customer.email, PASSWORD)
    assert (await world.show(customer, order["id"]))["tax_amount"] == 551
    mail = await world.until("the invoice's mail", lambda: world.mail(customer.email, "Your invoice"))
    for expected in ("payment of $35.09", "Tax: $6.09", "Total: $35.09"):
        assert expected in mail["text"], expected


async def test_who_moves_is_taxed_where_they_live_from_then_on(world: World, desk: TaxDesk) -> None:
    customer = await world.customer()
    await desk.details(customer, **GERMAN)
    await world.buy(customer, MONTHLY)
    patched = await world.http.patch("/api/v1/me", json={"country": "CH"}, headers=customer.headers)
    assert patched.status_code == 200
    await world.drain()
    assert await desk.rates_on_subscription(customer) == []
    assert (await desk.stripe_customer(customer))["address"]["country"] == "CH"


async def test_what_was_taxed_is_refunded_with_its_tax(world: World, desk: TaxDesk) -> None:
    customer = await world.customer()
    await desk.details(customer, **GERMAN)
    await world.fault("namecheap", "domains.create", "sniped")
    order = await world.buy(customer, {"type": "domain", "name": "weg.com"})
    assert (order["status"], order["refunded_amount"]) == ("refunded", 1_665)
    assert [refund["amount"] for refund in await world.stripe("refunds")] == [1_665]


async def test_prices_that_contain_the_tax_stay_what_they_are(world: World, desk: TaxDesk) -> None:
    await desk.new_rate("DE", "19", world.clock.now().date(), inclusive=True)
    customer = await world.customer()
    await desk.details(customer, **GERMAN)
    order = await world.buy(customer, MONTHLY)
    assert (order["subtotal_amount"], order["tax_amount"], order["total_amount"]) == (2_900, 463, 2_900)
    (invoice,) = await world.stripe("invoices")
    assert (invoice["total"], invoice["total_taxes"][0]["amount"]) == (2_900, 463)


class TestStripeCalculates:
    """The other setting: our table is not looked at, what Stripe reckons is the order's."""

    @pytest.fixture
    def settings(self, settings: Settings) -> Settings:
        return settings.model_copy(update={"tax_mode": "stripe"})

    async def test_its_amounts_are_mirrored(self, world: World, desk: TaxDesk) -> None:
        customer = await world.customer()
        await desk.details(customer, **SWISS)
        domain = {"type": "domain", "name": "automatisch.com"}
        quote = await desk.preview(customer, STARTER, domain)
        assert (quote["subtotal_amount"], quote["tax_amount"], quote["total_amount"]) == (30_399, None, None)
        order = await world.buy(customer, STARTER, domain)
        assert (order["tax_treatment"], order["tax_amount"], order["total_amount"]) == ("automatic", 2_462, 32_861)
        assert [item["tax_amount"] for item in order["items"]] == [2_349, 113]
        assert [charge["amount"] for charge in await world.stripe("charges")] == [32_861]
        stripe_id = (await desk.stripe_customer(customer))["id"]
        (subscription,) = await world.stripe("subscriptions", customer=stripe_id)
        assert subscription["automatic_tax"]["enabled"] is True
        assert await world.stripe("tax_rates") == []

    async def test_an_order_of_many_lines_is_taxed_in_all_of_them(self, world: World, desk: TaxDesk) -> None:
        """Stripe's answer holds the first ten lines of an invoice only."""
        customer = await world.customer()
        await desk.details(customer, **SWISS)
        for count, items in ((12, [STARTER]), (11, [])):
            domains = [{"type": "domain", "name": f"viele-{uuid.uuid4().hex[:12]}.com"} for _ in range(count)]
            placed = await world.order(customer, *items, *domains)
            order = placed["order"]
            assert all(item["tax_amount"] > 0 for item in order["items"])
            assert sum(item["tax_amount"] for item in order["items"]) == order["tax_amount"]
            invoice = (await world.stripe("invoices"))[0]
            assert order["tax_amount"] == sum(tax["amount"] for tax in invoice["total_taxes"])
            assert order["total_amount"] == invoice["total"] == placed["payment"]["amount_due"]

    async def test_without_an_address_there_is_none(self, world: World, desk: TaxDesk) -> None:
        order = await world.buy(await world.customer(), MONTHLY)
        assert (order["tax_treatment"], order["total_amount"]) == ("untaxed", 2_900)


async def test_a_customer_without_an_address_is_sold_to_without_tax_or_further_ado(world: World, desk: TaxDesk) -> None:
    customer = await world.customer()
    with desk.statements() as statements:
        order = await world.order(customer, STARTER)
    assert (order["order"]["tax_treatment"], order["order"]["total_amount"]) == ("untaxed", 29_000)
    assert not [statement for statement in statements if "tax_rates" in statement or "vat_checks" in statement]
    assert (await desk.stripe_customer(customer))["address"] is None
