"""What a credit note says on paper."""

from collections.abc import Iterator

from sandbox.core.store import Document
from sandbox.stripe.objects.fields import money
from sandbox.stripe.pages.sheet import Line, Sheet, Sum, buyer, day
from sandbox.stripe.work import Work


def credit_sheet_of(work: Work, note: Document) -> Sheet:
    """Read everything a credit note shows; names and addresses are those of its invoice."""
    invoice = work.fetch("invoice", note["invoice"])
    code = note["currency"]
    facts = [
        ("Credit note number", note["number"]),
        ("Invoice number", invoice["number"]),
        ("Date of issue", day(note["effective_at"])),
    ]
    if note["voided_at"] is not None:
        facts.append(("Voided on", day(note["voided_at"])))
    return Sheet(
        number=note["number"],
        status=note["status"],
        headline=f"{money(note['total'], code)} {'credited' if note['status'] == 'issued' else 'void'}",
        facts=facts,
        seller=[str(invoice["account_name"]), str(invoice["account_country"])],
        buyer=list(buyer(invoice)),
        lines=[_line(work, line, code) for line in note["lines"]],
        sums=list(_sums(note, code)),
        memo=note["memo"],
        footer=invoice["footer"],
    )


def _line(work: Work, line: Document, code: str) -> Line:
    rates = [work.fetch("tax_rate", rate_id) for rate_id in line["tax_rates"]]
    return Line(
        description=line["description"] or "",
        period="",
        quantity="" if line["quantity"] is None else str(line["quantity"]),
        unit="" if line["unit_amount"] is None else money(line["unit_amount"], code),
        tax=", ".join(f"{rate['percentage']:g} %" for rate in rates),
        amount=money(line["amount"], code),
    )


def _sums(note: Document, code: str) -> Iterator[Sum]:
    yield Sum("Subtotal", money(note["subtotal"], code))
    if note["discount_amount"]:
        yield Sum("Discount", money(-note["discount_amount"], code))
    if note["total_taxes"]:
        yield Sum("Total excluding tax", money(note["total_excluding_tax"], code))
        yield Sum("Tax", money(sum(tax["amount"] for tax in note["total_taxes"]), code))
    yield Sum("Total credited", money(note["total"], code), strong=True)
    for label, amount in (
        ("Taken off the amount due", note["pre_payment_amount"]),
        ("Refunded", sum(entry["amount_refunded"] for entry in note["refunds"])),
        ("Given back otherwise", note["out_of_band_amount"]),
    ):
        if amount:
            yield Sum(label, money(amount, code))
