"""Tax rates, exemptions, automatic tax and tax ids."""

from typing import Any

import pytest
import stripe

from tests.process import SandboxProcess
from tests.stripe.story import Story
from tests.stripe.test_coupons import coupon, draft, latest

Taxes = list[tuple[int, str, str, int | None]]


def rate(story: Story, percentage: float = 20, *, inclusive: bool = False, **more: Any) -> str:
    """A tax rate's id."""
    request: Any = {"display_name": "VAT", "percentage": percentage, "inclusive": inclusive, **more}
    return story.v1.tax_rates.create(request).id


def taxes(invoice: stripe.Invoice) -> Taxes:
    """Amount, behavior, reason and base of each of an invoice's taxes."""
    return [
        (tax.amount, tax.tax_behavior, tax.taxability_reason, tax.taxable_amount) for tax in invoice.total_taxes or []
    ]


def test_life_of_a_tax_rate(story: Story) -> None:
    made = story.v1.tax_rates.create(
        {"display_name": "USt", "percentage": 20, "inclusive": False, "country": "AT", "tax_type": "vat"}
    )
    assert (made.percentage, made.effective_percentage, made.active, made.country) == (20, 20, True, "AT")
    changed = story.v1.tax_rates.update(made.id, {"active": False, "description": "old"})
    assert (changed.active, changed.description) == (False, "old")
    kept = rate(story, 10, inclusive=True)
    assert [found.id for found in story.v1.tax_rates.list({"active": True}).data] == [kept]
    assert [found.id for found in story.v1.tax_rates.list({"inclusive": False}).data] == [made.id]
    with pytest.raises(stripe.InvalidRequestError, match="archived"):
        draft(story, story.customer().id, default_tax_rates=[made.id])
    with pytest.raises(stripe.InvalidRequestError, match="between 0 and 100"):
        rate(story, 101)
    with pytest.raises(stripe.InvalidRequestError, match="No such tax rate"):
        draft(story, story.customer().id, default_tax_rates=["txr_x"])
    assert {"tax_rate.created", "tax_rate.updated"} <= story.event_types()


def test_exclusive_comes_on_top(story: Story) -> None:
    customer = story.customer().id
    invoice = draft(story, customer, 999, 1001, default_tax_rates=[rate(story, 19)])
    assert taxes(invoice) == [(380, "exclusive", "standard_rated", 2000)]
    assert [tax.amount for line in invoice.lines.data for tax in line.taxes or []] == [190, 190]
    assert (invoice.subtotal, invoice.total_excluding_tax, invoice.total) == (2000, 2000, 2380)
    thirds = draft(story, customer, 33, 33, 33, default_tax_rates=[rate(story, 10)])
    assert taxes(thirds)[0][0] == 9, "3.3 is 3 on each line; the sum is not rounded again"


def test_inclusive_is_part_of_the_price(story: Story) -> None:
    invoice = draft(story, story.customer().id, 1200, default_tax_rates=[rate(story, 20, inclusive=True)])
    assert taxes(invoice) == [(200, "inclusive", "standard_rated", 1000)]
    assert (invoice.total, invoice.total_excluding_tax, invoice.subtotal_excluding_tax) == (1200, 1000, 1000)
    half = coupon(story, percent_off=50).id
    reduced = story.v1.invoices.update(str(invoice.id), {"discounts": [{"coupon": half}]})
    assert taxes(reduced) == [(100, "inclusive", "standard_rated", 500)], "tax is due on what is left"
    assert (reduced.total, reduced.total_excluding_tax, reduced.subtotal_excluding_tax) == (600, 500, 1000)


def test_an_item_has_its_own_rates(story: Story) -> None:
    standard, reduced = rate(story, 20), rate(story, 10)
    price = story.price(2000)
    domain: Any = {"product": story.domain_product().id, "currency": "usd", "unit_amount": 1000}
    subscription = story.subscribe(
        story.customer().id,
        price.id,
        items=[{"price": price.id, "tax_rates": [reduced]}],
        add_invoice_items=[{"price_data": domain}],
        default_tax_rates=[standard],
        expand=[],
    )
    assert [found.id for found in subscription.default_tax_rates or []] == [standard]
    assert [found.id for found in subscription["items"].data[0].tax_rates] == [reduced]
    invoice = latest(story, subscription)
    assert taxes(invoice) == [
        (200, "exclusive", "standard_rated", 2000),
        (200, "exclusive", "standard_rated", 1000),
    ]
    assert [found.id for found in invoice.default_tax_rates] == [standard]
    changed = story.v1.subscriptions.retrieve(subscription.id, {"expand": ["latest_invoice"]})
    assert isinstance(changed.latest_invoice, stripe.Invoice)
    assert changed.latest_invoice.total == 3400


@pytest.mark.parametrize(("status", "reason"), [("exempt", "customer_exempt"), ("reverse", "reverse_charge")])
def test_exempt_and_reverse_charge(story: Story, status: str, reason: str) -> None:
    customer = story.customer(tax_exempt=status)
    invoice = draft(story, customer.id, 1000, default_tax_rates=[rate(story)])
    assert invoice.customer_tax_exempt == status
    assert taxes(invoice) == [(0, "exclusive", reason, 0)]
    assert (invoice.total, invoice.total_excluding_tax) == (1000, 1000)


def test_automatic_tax(story: Story) -> None:
    austrian = story.customer(address={"country": "AT"})
    assert story.v1.customers.retrieve(austrian.id, {"expand": ["tax"]}).tax is not None
    auto: Any = {"automatic_tax": {"enabled": True}}
    subscription = story.subscribe(austrian.id, story.price(1000).id, expand=[], **auto)
    assert subscription.automatic_tax.enabled is True
    invoice = latest(story, subscription)
    assert (invoice.automatic_tax.status, invoice.automatic_tax.provider) == ("complete", "stripe")
    assert taxes(invoice) == [(200, "exclusive", "standard_rated", 1000)]
    gross = story.subscribe(austrian.id, story.price(1200, tax_behavior="inclusive").id, expand=[], **auto)
    assert taxes(latest(story, gross)) == [(200, "inclusive", "standard_rated", 1000)]
    abroad = story.customer(address={"country": "JP"})
    assert taxes(draft(story, abroad.id, 1000, **auto)) == [], "nothing is collected there"


def test_automatic_tax_needs_a_place(story: Story) -> None:
    nowhere = story.customer()
    auto: Any = {"automatic_tax": {"enabled": True}}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.subscribe(nowhere.id, story.price().id, **auto)
    assert caught.value.code == "customer_tax_location_invalid"
    assert story.v1.subscriptions.list({"customer": nowhere.id, "status": "all"}).data == []
    invoice = draft(story, nowhere.id, 1000, **auto)
    assert invoice.automatic_tax.status == "requires_location_inputs"
    with pytest.raises(stripe.InvalidRequestError):
        story.v1.invoices.finalize_invoice(str(invoice.id))
    failed = story.v1.invoices.retrieve(str(invoice.id))
    assert failed.status == "draft"
    assert failed.last_finalization_error is not None
    assert failed.last_finalization_error.code == "customer_tax_location_invalid"
    assert "invoice.finalization_failed" in story.event_types()
    story.v1.customers.update(nowhere.id, {"address": {"country": "AT"}, "name": "Anna"})
    final = story.v1.invoices.finalize_invoice(str(invoice.id))
    assert (final.last_finalization_error, final.total) == (None, 1200)
    assert final.customer_name == "Anna", "a draft follows the customer"
    story.v1.customers.update(nowhere.id, {"name": "Berta"})
    assert story.v1.invoices.retrieve(str(invoice.id)).customer_name == "Anna", "a finalized invoice does not"


def test_a_location_can_be_checked_early(story: Story) -> None:
    at_once: Any = {"tax": {"validate_location": "immediately", "ip_address": "192.0.2.1"}}
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.customer(**at_once)
    assert caught.value.code == "customer_tax_location_invalid"
    assert story.v1.customers.list().data == []
    known = story.customer(address={"country": "de"}, expand=["tax"], **at_once)
    assert known.tax is not None
    assert known.tax.automatic_tax == "supported"


def test_tax_ids(story: Story, sandbox: SandboxProcess) -> None:
    customer = story.customer(tax_id_data=[{"type": "eu_vat", "value": "ATU12345678"}])
    ids = story.v1.customers.tax_ids
    (made,) = ids.list(customer.id).data
    assert (made.country, made.value) == ("AT", "ATU12345678")
    assert made.verification is not None
    assert made.verification.status == "pending"
    unknown = ids.create(customer.id, {"type": "eu_vat", "value": "DE111111111"})
    sandbox.advance(10)
    settled = [ids.retrieve(customer.id, found).verification for found in (made.id, unknown.id)]
    assert [found.status for found in settled if found is not None] == ["verified", "unverified"]
    invoice = story.v1.invoices.finalize_invoice(str(draft(story, customer.id, 1000).id))
    assert [found.value for found in invoice.customer_tax_ids or []] == ["ATU12345678", "DE111111111"]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        ids.create(customer.id, {"type": "eu_vat", "value": "nonsense"})
    assert caught.value.code == "tax_id_invalid"
    with pytest.raises(stripe.InvalidRequestError, match="already has"):
        ids.create(customer.id, {"type": "eu_vat", "value": "ATU12345678"})
    assert ids.delete(customer.id, unknown.id).deleted is True
    with pytest.raises(stripe.InvalidRequestError, match="No such tax id"):
        ids.retrieve(customer.id, unknown.id)
    with pytest.raises(stripe.InvalidRequestError, match="No such tax id"):
        ids.retrieve(story.customer().id, made.id)
    assert {f"customer.tax_id.{verb}" for verb in ("created", "updated", "deleted")} <= story.event_types()
    expanded = story.v1.customers.retrieve(customer.id, {"expand": ["tax_ids"]})
    assert expanded.tax_ids is not None
    assert [found.id for found in expanded.tax_ids.data] == [made.id]
