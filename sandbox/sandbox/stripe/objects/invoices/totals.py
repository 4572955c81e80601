"""The sums of an invoice out of its lines: discounts first, then taxes per line, then everything together."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.objects import automatic_tax, currencies, discounts
from sandbox.stripe.objects.customer_balance import held
from sandbox.stripe.objects.invoices.arithmetic import Rate, amount_shares, percent_shares, taxes_on
from sandbox.stripe.objects.invoices.build import follow_customer
from sandbox.stripe.work import Work

_NOT_TAXED = {"exempt": "customer_exempt", "reverse": "reverse_charge"}


def total_up(work: Work, invoice: Document) -> None:
    """Set discounts and taxes of every line and all sums of a draft.

    Holds afterwards: lines − total_discount_amounts + exclusive taxes = total, and the amounts of each discount
    and tax over the lines add up to the invoice's. The customer's balance counts into `amount_due`, the present
    address and exemption into the taxes.
    """
    customer = work.fetch("customer", invoice["customer"])
    if not customer.get("deleted"):
        follow_customer(invoice, customer)
    lines = invoice["lines"]
    for line in lines:
        line["discount_amounts"], line["taxes"] = [], []
    left = [line["amount"] for line in lines]
    _discount_lines(work, invoice, left)
    subtotal = list(left)
    _discount_invoice(work, invoice, left)
    automatic_tax.set_status(invoice)
    rates = [_rates(work, invoice, line) for line in lines]
    for line, base, applied in zip(lines, left, rates, strict=True):
        line["taxes"] = _taxes(invoice, base, applied)
        line["pretax_credit_amounts"] = [_pretax(entry) for entry in line["discount_amounts"]]
    invoice["subtotal"] = sum(subtotal)
    invoice["subtotal_excluding_tax"] = sum(subtotal) - _included(invoice, subtotal, rates)
    invoice["total_discount_amounts"] = discount_sums(lines, invoice["discounts"])
    invoice["total_pretax_credit_amounts"] = [_pretax(entry) for entry in invoice["total_discount_amounts"]]
    invoice["total_taxes"] = tax_sums(lines)
    taxes = invoice["total_taxes"]
    invoice["total_excluding_tax"] = sum(left) - sum(
        tax["amount"] for tax in taxes if tax["tax_behavior"] == "inclusive"
    )
    invoice["total"] = invoice["total_excluding_tax"] + sum(tax["amount"] for tax in taxes)
    invoice["starting_balance"] = 0 if customer.get("deleted") else held(customer, invoice["currency"])
    set_due(invoice, due_after(invoice["total"], invoice["starting_balance"], invoice["currency"]))


def due_after(total: int, balance: int, code: str) -> int:
    """What is asked for after the customer's balance (negative is credit); too little to charge is not asked for."""
    wanted = max(0, total + balance)
    return wanted if wanted >= currencies.minimum(code) else 0


def set_due(invoice: Document, due: int) -> None:
    """Set what is asked for and what of it is still missing."""
    invoice["amount_due"] = due
    invoice["amount_remaining"] = max(0, due - invoice["amount_paid"])


def discount_sums(lines: Sequence[Document], first: Sequence[str] = ()) -> list[Document]:
    """Amounts per discount over all lines; those named `first` are told even when they came to nothing."""
    sums = dict.fromkeys(first, 0)
    for line in lines:
        for entry in line["discount_amounts"]:
            sums[entry["discount"]] = sums.get(entry["discount"], 0) + entry["amount"]
    return [{"amount": amount, "discount": discount} for discount, amount in sums.items()]


def tax_sums(lines: Sequence[Document]) -> list[Document]:
    """Amounts per tax rate over all lines, each line already rounded."""
    sums: dict[tuple[str, str], Document] = {}
    for line in lines:
        for tax in line["taxes"]:
            key = tax["tax_rate_details"]["tax_rate"], tax["taxability_reason"]
            if key in sums:
                sums[key]["amount"] += tax["amount"]
                sums[key]["taxable_amount"] += tax["taxable_amount"]
            else:
                sums[key] = dict(tax)
    return list(sums.values())


def _discount_lines(work: Work, invoice: Document, left: list[int]) -> None:
    """Discounts of a line reduce that line."""
    for position, line in enumerate(invoice["lines"]):
        if not line["discounts"] or not _discountable(line):
            continue
        for discount in discounts.applying(work, line["discounts"], invoice):
            _reduce(invoice, [position], left, discount)


def _discount_invoice(work: Work, invoice: Document, left: list[int]) -> None:
    """Discounts of the invoice are shared by what is left of all lines they apply to, one after the other."""
    if not invoice["discounts"]:
        return
    for discount in discounts.applying(work, invoice["discounts"], invoice):
        positions = [position for position, line in enumerate(invoice["lines"]) if _discountable(line)]
        _reduce(invoice, positions, left, discount)


def _reduce(invoice: Document, positions: list[int], left: list[int], discount: Document) -> None:
    lines, products = invoice["lines"], discount["_products"]
    chosen = [
        place for place in positions if left[place] > 0 and (products is None or _product(lines[place]) in products)
    ]
    bases = [left[place] for place in chosen]
    off = discounts.amount_of(discount, invoice["currency"])
    if isinstance(off, Decimal):
        shares = percent_shares(off, bases, invoice["currency"])
    else:
        shares = amount_shares(off or 0, bases, invoice["currency"])
    for place, share in zip(chosen, shares, strict=True):
        left[place] -= share
        lines[place]["discount_amounts"].append({"amount": share, "discount": discount["id"]})


def _discountable(line: Document) -> bool:
    return bool(line["discountable"]) and line["amount"] > 0


def _product(line: Document) -> Any:
    return None if line["pricing"] is None else line["pricing"]["price_details"]["product"]


def _rates(work: Work, invoice: Document, line: Document) -> list[Document]:
    ids = line["_tax_rates"] or invoice["default_tax_rates"]
    if invoice["automatic_tax"]["enabled"]:
        details = None if line["pricing"] is None else line["pricing"]["price_details"]
        price = None if details is None else work.get("price", details["price"])
        inclusive = price is not None and price["tax_behavior"] == "inclusive"
        ids = automatic_tax.rate(work, invoice, inclusive=inclusive)
    return [work.fetch("tax_rate", rate_id) for rate_id in ids]


def _taxes(invoice: Document, base: int, rates: list[Document]) -> list[Document]:
    exempt = _NOT_TAXED.get(invoice["customer_tax_exempt"])
    if exempt is not None:
        return [_tax(rate, 0, 0, exempt) for rate in rates]
    amounts = taxes_on(base, [_rate(rate) for rate in rates], invoice["currency"])
    return [
        _tax(rate, tax.amount, tax.taxable, "standard_rated" if rate["percentage"] else "zero_rated")
        for rate, tax in zip(rates, amounts, strict=True)
    ]


def _tax(rate: Document, amount: int, taxable: int, reason: str) -> Document:
    return {
        "amount": amount,
        "tax_behavior": "inclusive" if rate["inclusive"] else "exclusive",
        "tax_rate_details": {"tax_rate": rate["id"]},
        "taxability_reason": reason,
        "taxable_amount": taxable,
        "type": "tax_rate_details",
    }


def _rate(rate: Document) -> Rate:
    return Rate(Decimal(str(rate["percentage"])), rate["inclusive"])


def _included(invoice: Document, bases: list[int], rates: list[list[Document]]) -> int:
    """Inclusive taxes of the subtotal, before discounts of the invoice."""
    return sum(
        tax["amount"]
        for base, applied in zip(bases, rates, strict=True)
        for tax in _taxes(invoice, base, applied)
        if tax["tax_behavior"] == "inclusive"
    )


def _pretax(entry: Document) -> Document:
    return {
        "amount": entry["amount"],
        "credit_balance_transaction": None,
        "discount": entry["discount"],
        "type": "discount",
    }
