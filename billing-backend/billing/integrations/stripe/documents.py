"""Lines, taxes, discounts and parties of Stripe's invoices and credit notes as our facts. API 2026-10-28.endive."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import stripe

from billing.integrations.stripe.prices import product_code
from billing.integrations.stripe.values import id_of, instant, metadata_of
from billing.payments.facts import BuyerFact, CreditNoteFact, DiscountFact, LineFact, TaxFact

Rates = Mapping[str, stripe.TaxRate]
NO_RATES: Rates = {}
REVERSE_CHARGE = "reverse_charge"
# On a credit note: the refund that took the place of one that came back.
ADOPTED = "refund"


def rate_ids(document: Any, lines: Iterable[Any]) -> set[str]:
    """Return the ids of the tax rates that a document's taxes name."""
    taxes = [*(document.total_taxes or []), *(tax for line in lines for tax in (line.taxes or []))]
    named = (_rate_id(tax) for tax in taxes)
    return {rate_id for rate_id in named if rate_id is not None}


def _rate_id(tax: Any) -> str | None:
    return id_of(tax.tax_rate_details.tax_rate) if tax.tax_rate_details else None


def tax_fact(tax: Any, rates: Rates) -> TaxFact:
    rate_id = _rate_id(tax)
    rate = rates.get(rate_id) if rate_id else None
    percentage = None
    if rate is not None:
        effective = rate.percentage if rate.effective_percentage is None else rate.effective_percentage
        percentage = Decimal(str(effective))
    return TaxFact(
        amount=tax.amount,
        taxable_amount=tax.taxable_amount or 0,
        percentage=percentage,
        name=rate.display_name if rate else None,
        country=rate.country if rate else None,
        inclusive=tax.tax_behavior == "inclusive",
        reason=tax.taxability_reason,
        rate_id=rate_id,
    )


def taxed(facts: Sequence[TaxFact], base: int, *, reverse: bool) -> list[TaxFact]:
    """Return the taxes on `base`; Stripe names none where the buyer accounts for them and no rate is set."""
    if facts or not reverse:
        return list(facts)
    return [TaxFact(amount=0, taxable_amount=base, percentage=Decimal(0), name="VAT", reason=REVERSE_CHARGE)]


def tax_facts(taxes: Sequence[Any] | None, rates: Rates) -> list[TaxFact]:
    return [tax_fact(tax, rates) for tax in taxes or []]


def _discount_name(discount: Any) -> str:
    """Return what the customer knows a discount by; a consumed one may be an id only."""
    coupon = None if isinstance(discount, str) else getattr(discount.source, "coupon", None)
    name = None if coupon is None or isinstance(coupon, str) else coupon.name or coupon.id
    return name or "Discount"


def discount_facts(amounts: Sequence[Any] | None) -> list[DiscountFact]:
    return [DiscountFact(_discount_name(share.discount), share.amount) for share in amounts or [] if share.amount]


def line_fact(line: Any, rates: Rates = NO_RATES, *, reverse: bool = False) -> LineFact:
    quantity = line.quantity or 1
    pricing = line.pricing
    unit = pricing.unit_amount_decimal if pricing else None
    details = line.parent
    of_item = details.subscription_item_details or details.invoice_item_details if details else None
    prices = pricing.price_details if pricing else None
    metadata = metadata_of(line.metadata)
    discount = sum(share.amount for share in line.discount_amounts or [])
    return LineFact(
        id=line.id,
        description=metadata.get("description") or line.description or "",
        quantity=quantity,
        unit_price=Decimal(unit) if unit is not None else Decimal(line.amount) / quantity,
        amount=line.amount,
        discount_amount=discount,
        taxes=taxed(tax_facts(line.taxes, rates), line.amount - discount, reverse=reverse),
        price_id=id_of(prices.price) if prices else None,
        is_proration=bool(of_item and of_item.proration),
        period_start=instant(line.period.start),
        period_end=instant(line.period.end),
        metadata=metadata,
        product_code=product_code(prices.product) if prices else None,
    )


def buyer_fact(invoice: stripe.Invoice) -> BuyerFact:
    address: Any = invoice.customer_address

    def part(name: str) -> str | None:
        return getattr(address, name, None) or None

    return BuyerFact(
        name=invoice.customer_name,
        email=invoice.customer_email,
        line1=part("line1"),
        line2=part("line2"),
        city=part("city"),
        region=part("state"),
        postal_code=part("postal_code"),
        country=part("country"),
        tax_ids=[(str(tax_id.type), tax_id.value) for tax_id in invoice.customer_tax_ids or [] if tax_id.value],
    )


def _credit_line(line: Any, rates: Rates) -> LineFact:
    quantity = line.quantity or 1
    return LineFact(
        id=line.id,
        description=line.description or "",
        quantity=quantity,
        unit_price=Decimal(line.amount) / quantity,
        amount=line.amount,
        discount_amount=sum(share.amount for share in line.discount_amounts or []),
        taxes=tax_facts(line.taxes, rates),
        metadata=metadata_of(line.metadata),
    )


def refunds_of(note: stripe.CreditNote) -> list[str]:
    """Return the refunds a credit note is the paper of: Stripe's link, and one that was made in place of a lost one."""
    adopted = metadata_of(note.metadata).get(ADOPTED)
    return [*(str(id_of(part.refund)) for part in note.refunds if part.refund), *([adopted] if adopted else [])]


def credit_note_fact(note: stripe.CreditNote, lines: Sequence[Any], rates: Rates) -> CreditNoteFact:
    created = instant(note.created)
    assert isinstance(created, datetime)
    return CreditNoteFact(
        id=note.id,
        number=note.number,
        status=note.status,
        invoice_id=str(id_of(note.invoice)),
        currency=note.currency.upper(),
        reason=note.reason,
        memo=note.memo,
        subtotal=note.subtotal,
        discount=note.discount_amount,
        total=note.total,
        refunded=sum(part.amount_refunded for part in note.refunds),
        lines=[_credit_line(line, rates) for line in lines],
        taxes=tax_facts(note.total_taxes, rates),
        refund_ids=refunds_of(note),
        created_at=created,
        voided_at=instant(note.voided_at),
        paid_part=note.post_payment_amount,
        out_of_band=note.out_of_band_amount or 0,
    )
