"""What an invoice says, as texts in their final form: the same on its page and on paper."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.objects.currencies import decimals
from sandbox.stripe.objects.fields import money
from sandbox.stripe.work import Work

_ADDRESS = ("line1", "line2")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the table; `unit` is empty where quantity times price makes no sense."""

    description: str
    period: str
    quantity: str
    unit: str
    tax: str
    amount: str


@dataclass(frozen=True, slots=True)
class Sum:
    """A row below the table."""

    label: str
    amount: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """An invoice ready to be shown. `headline` is what is asked for, or that nothing is."""

    number: str
    status: str
    headline: str
    facts: list[tuple[str, str]]
    seller: list[str]
    buyer: list[str]
    lines: list[Line]
    sums: list[Sum]
    memo: str | None
    footer: str | None


def sheet_of(work: Work, invoice: Document) -> Sheet:
    """Read everything a finalized invoice shows."""
    return Sheet(
        number=invoice["number"],
        status=invoice["status"],
        headline=_headline(invoice),
        facts=list(_facts(invoice)),
        seller=[str(invoice["account_name"]), str(invoice["account_country"])],
        buyer=list(buyer(invoice)),
        lines=[_line(work, invoice, line) for line in invoice["lines"]],
        sums=list(_sums(work, invoice)),
        memo=invoice["description"],
        footer=invoice["footer"],
    )


def day(timestamp: int | None) -> str:
    """A date as `1 January 2027`, UTC."""
    if timestamp is None:
        return ""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return f"{moment.day} {moment.strftime('%B %Y')}"


def _headline(invoice: Document) -> str:
    code = invoice["currency"]
    if invoice["status"] == "open":
        text = f"{money(invoice['amount_remaining'], code)} due"
        return f"{text} {day(invoice['due_date'])}" if invoice["due_date"] else text
    paid = day(invoice["status_transitions"]["paid_at"])
    return f"{money(invoice['amount_paid'], code)} paid on {paid}" if paid else f"{money(invoice['total'], code)}"


def _facts(invoice: Document) -> Iterator[tuple[str, str]]:
    yield "Invoice number", invoice["number"]
    yield "Date of issue", day(invoice["effective_at"])
    if invoice["due_date"]:
        yield "Date due", day(invoice["due_date"])
    for field in invoice["custom_fields"] or []:
        yield field["name"], field["value"]


def buyer(invoice: Document) -> Iterator[str]:
    """The customer as the invoice keeps it: name, address, mail, tax ids."""
    if invoice["customer_name"]:
        yield invoice["customer_name"]
    yield from _address(invoice["customer_address"] or {})
    if invoice["customer_email"]:
        yield invoice["customer_email"]
    for tax_id in invoice["customer_tax_ids"] or []:
        if tax_id["value"]:
            yield f"{str(tax_id['type']).replace('_', ' ').upper()} {tax_id['value']}"


def _address(address: Document) -> Iterator[str]:
    for name in _ADDRESS:
        if address.get(name):
            yield address[name]
    town = " ".join(address[name] for name in ("postal_code", "city", "state") if address.get(name))
    if town:
        yield town
    if address.get("country"):
        yield address["country"]


def _line(work: Work, invoice: Document, line: Document) -> Line:
    code, period = invoice["currency"], line["period"]
    pricing = line["pricing"]
    exact = None if pricing is None else pricing["unit_amount_decimal"]
    rates = [_rate(work, tax) for tax in line["taxes"]]
    return Line(
        description=line["description"] or "",
        period="" if period["end"] <= period["start"] else f"{day(period['start'])} – {day(period['end'])}",
        quantity="" if line["quantity"] is None else str(line["quantity"]),
        unit="" if exact is None or _is_proration(line) else _unit(exact, code),
        tax=", ".join(f"{rate['percentage']:g} %" for rate in rates if rate is not None),
        amount=money(line["amount"], code),
    )


def _is_proration(line: Document) -> bool:
    parent = line["parent"] or {}
    details = parent.get("invoice_item_details") or parent.get("subscription_item_details") or {}
    return bool(details.get("proration"))


def _unit(exact: str, code: str) -> str:
    """Prices may have parts of a minor unit, sums never do."""
    amount = Decimal(exact)
    if amount == amount.to_integral_value():
        return money(int(amount), code)
    return f"{amount.scaleb(-decimals(code)):f} {code.upper()}"


def _sums(work: Work, invoice: Document) -> Iterator[Sum]:
    code = invoice["currency"]
    yield Sum("Subtotal", money(invoice["subtotal"], code))
    for entry in invoice["total_discount_amounts"]:
        yield Sum(_discount(work, entry["discount"]), money(-entry["amount"], code))
    if invoice["total_taxes"]:
        yield Sum("Total excluding tax", money(invoice["total_excluding_tax"], code))
    for tax in invoice["total_taxes"]:
        yield Sum(_tax(work, tax, code), money(tax["amount"], code))
    yield Sum("Total", money(invoice["total"], code), strong=True)
    used = (invoice["ending_balance"] or 0) - invoice["starting_balance"]
    if used:
        yield Sum("Applied balance", money(-used, code))
    for label, name in (
        ("Credit notes before payment", "pre_payment_credit_notes_amount"),
        ("Credit notes after payment", "post_payment_credit_notes_amount"),
    ):
        if invoice[name]:
            yield Sum(label, money(-invoice[name], code))
    if invoice["amount_paid"]:
        yield Sum("Amount paid", money(invoice["amount_paid"], code))
    yield Sum("Amount due", money(invoice["amount_remaining"], code), strong=True)


def _discount(work: Work, discount_id: str) -> str:
    discount = work.get("discount", discount_id) or {}
    coupon = work.get("coupon", (discount.get("source") or {}).get("coupon") or "") or {}
    if coupon.get("percent_off"):
        return f"{coupon.get('name') or 'Discount'} ({coupon['percent_off']:g} % off)"
    return str(coupon.get("name") or "Discount")


def _tax(work: Work, tax: Document, code: str) -> str:
    rate = _rate(work, tax)
    if tax["taxability_reason"] == "reverse_charge":
        return "Tax to be paid on reverse charge basis"
    name = "Tax" if rate is None else rate["display_name"]
    place = f" – {rate['jurisdiction']}" if rate is not None and rate["jurisdiction"] else ""
    percent = "" if rate is None else f" ({rate['percentage']:g} %"
    how = "" if not percent else (" inclusive)" if tax["tax_behavior"] == "inclusive" else ")")
    base = "" if tax["taxable_amount"] is None else f" on {money(tax['taxable_amount'], code)}"
    return f"{name}{place}{percent}{how}{base}"


def _rate(work: Work, tax: Document) -> Any:
    details = tax["tax_rate_details"]
    return None if details is None else work.get("tax_rate", details["tax_rate"])
