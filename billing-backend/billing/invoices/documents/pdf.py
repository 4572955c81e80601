"""Invoices and credit notes as PDF."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Spacer, Table

from billing.invoices.documents import sheet
from billing.invoices.documents.paper import Kind, Line, Paper, Party
from billing.kit.money import exponent

_TITLES = {Kind.INVOICE: "Invoice", Kind.CREDIT_NOTE: "Credit note"}
_PILLS = {
    "paid": ("Paid", sheet.GREEN, sheet.GREEN_WASH),
    "open": ("Payment due", sheet.AMBER, sheet.AMBER_WASH),
    "draft": ("Draft", sheet.MUTED, sheet.GREY_WASH),
    "void": ("Void", sheet.MUTED, sheet.GREY_WASH),
    "uncollectible": ("Uncollectible", sheet.MUTED, sheet.GREY_WASH),
    "issued": ("Issued", sheet.GREEN, sheet.GREEN_WASH),
}
_QR_SIZE = 27 * mm


def paper_pdf(paper: Paper, look: sheet.Look | None = None) -> bytes:
    """Return the document as a PDF of A4 pages."""
    logo = look.logo if look else None
    story: list[Flowable] = [
        _head(paper, logo),
        Spacer(0, 9 * mm),
        _parties(paper),
        Spacer(0, 9 * mm),
        _lines(paper),
        Spacer(0, 5 * mm),
        KeepTogether([_foot(paper)]),
    ]
    for note in paper.notes:
        story += [Spacer(0, 5 * mm), sheet.text(note, sheet.SMALL)]
    return sheet.render(story, title=f"{_TITLES[paper.kind]} {paper.number}", seller=paper.seller)


def _day(at: datetime) -> str:
    return f"{at.day} {at:%B %Y}"


def _head(paper: Paper, logo: Any) -> Table:
    word, color, wash = _PILLS[paper.status]
    right = [
        sheet.text(_TITLES[paper.kind], sheet.TITLE),
        Spacer(0, 4 * mm),
        sheet.text(paper.number, sheet.SMALL_RIGHT),
        Spacer(0, 2 * mm),
        sheet.Pill(word, color, wash),
    ]
    half = sheet.WIDTH / 2
    return sheet.columns([[[sheet.Brand(paper.seller.name, logo)], right]], [half, half])


def _party(title: str, party: Party) -> list[Flowable]:
    rows: list[Flowable] = [sheet.label(title), Spacer(0, 1.2 * mm), sheet.text(party.name, sheet.STRONG)]
    rows += [sheet.text(line) for line in (party.contact, *party.address) if line]
    if party.vat_number:
        rows.append(sheet.text(f"VAT {party.vat_number}", sheet.SMALL))
    if party.registration_number:
        rows.append(sheet.text(f"Reg. no. {party.registration_number}", sheet.SMALL))
    if party.email:
        rows.append(sheet.text(party.email, sheet.SMALL))
    return rows


def _facts(paper: Paper) -> list[Flowable]:
    facts = [("Date of issue", _day(paper.issued_at))]
    if paper.due_at is not None and paper.remaining:
        facts.append(("Due", _day(paper.due_at)))
    if paper.corrects is not None:
        facts.append(("For invoice", paper.corrects))
    if paper.paid_at is not None and paper.kind is Kind.INVOICE:
        how = f", by {paper.paid_with}" if paper.paid_with else ""
        facts.append(("Paid", f"{_day(paper.paid_at)}{how}"))
    facts.append(("Payment reference" if paper.kind is Kind.INVOICE else "Reference", paper.number))
    rows: list[Flowable] = []
    for name, value in facts:
        rows += [sheet.label(name, right=True), sheet.text(value, sheet.BODY_RIGHT), Spacer(0, 1.6 * mm)]
    return rows


def _parties(paper: Paper) -> Table:
    third = sheet.WIDTH / 3
    cells = [_party("From", paper.seller), _party("Billed to", paper.buyer), _facts(paper)]
    return sheet.columns([cells], [third, third, third])


def _unit(paper: Paper, line: Line) -> str:
    """The price of one, with more places than the currency has where it takes them."""
    places = exponent(paper.currency)
    value = line.unit_price.normalize().scaleb(-places)
    if value == value.quantize(Decimal(1).scaleb(-places)):
        return paper.money(int(line.unit_price))
    return f"{value.normalize():f} {paper.currency}"


def _description(paper: Paper, line: Line) -> list[Flowable]:
    cell: list[Flowable] = [sheet.text(line.description)]
    small: list[str] = []
    if line.period is not None:
        small.append(f"{_day(line.period[0])} – {_day(line.period[1])}")
    if line.discount_amount:
        small.append(f"Discount {paper.money(-line.discount_amount)}")
    if small:
        cell.append(sheet.text("  ·  ".join(small), sheet.SMALL))
    return cell


def _lines(paper: Paper) -> Table:
    head = [
        sheet.label("Description"),
        sheet.label("Qty", right=True),
        sheet.label("Unit price", right=True),
        sheet.label("Tax", right=True),
        sheet.label("Amount", right=True),
    ]
    rows: list[list[Any]] = [head]
    for line in paper.lines:
        rates = ", ".join(f"{tax.rate.normalize():f} %" for tax in line.taxes)
        rows.append(
            [
                _description(paper, line),
                sheet.text(line.quantity, sheet.BODY_RIGHT),
                sheet.text(_unit(paper, line), sheet.BODY_RIGHT),
                sheet.text(rates or "–", sheet.BODY_RIGHT),
                sheet.text(paper.money(line.amount), sheet.BODY_RIGHT),
            ]
        )
    widths = [sheet.WIDTH - 99 * mm, 12 * mm, 33 * mm, 20 * mm, 34 * mm]
    table = Table(rows, colWidths=widths, repeatRows=1, hAlign="LEFT")
    table.setStyle(
        [
            ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ("BACKGROUND", (0, 0), (-1, 0), sheet.WASH),
            ("LINEBELOW", (0, 0), (-1, -1), 0.6, sheet.RULE),
            ("LINEABOVE", (0, 0), (-1, 0), 0.6, sheet.RULE),
            ("TOPPADDING", (0, 0), (-1, -1), 2.1 * mm),
            ("BOTTOMPADDING", (0, 0), (-1, -1), 2.4 * mm),
            ("LEFTPADDING", (0, 0), (-1, -1), 2 * mm),
            ("RIGHTPADDING", (0, 0), (-1, -1), 2 * mm),
        ]
    )
    return table


def _totals(paper: Paper) -> Table:
    rows: list[tuple[str, str]] = [("Subtotal", paper.money(paper.subtotal))]
    rows += [(name, paper.money(-amount)) for name, amount in paper.discounts]
    for tax in paper.taxes:
        if tax.reason == "reverse_charge":
            rows.append(("VAT, reverse charge", paper.money(tax.amount)))
        elif tax.amount or tax.rate:
            prefix = "Includes " if tax.inclusive else ""
            rows.append((f"{prefix}{tax.label} on {paper.money(tax.taxable_amount)}", paper.money(tax.amount)))
    cells: list[list[Any]] = [
        [sheet.text(name, sheet.SMALL), sheet.text(value, sheet.BODY_RIGHT)] for name, value in rows
    ]
    total_row = len(cells)
    word = "Total credited" if paper.kind is Kind.CREDIT_NOTE else "Total"
    cells.append([sheet.text(word, sheet.BIG), sheet.text(paper.money(paper.total), sheet.BIG_RIGHT)])
    after: list[tuple[str, int]] = []
    if paper.credit_applied:
        after.append(("Paid from your credit", -paper.credit_applied))
    if paper.kind is Kind.CREDIT_NOTE and paper.paid_amount:
        after.append(("Refunded to your payment method", paper.paid_amount))
    elif paper.kind is Kind.INVOICE and paper.paid_amount:
        after.append(("Paid", -paper.paid_amount))
    if paper.credited_amount:
        after.append(("Credited since", -paper.credited_amount))
    for name, amount in after:
        cells.append([sheet.text(name, sheet.SMALL), sheet.text(paper.money(amount), sheet.BODY_RIGHT)])
    if paper.kind is Kind.INVOICE:
        due = sheet.text(paper.money(paper.remaining), sheet.STRONG_RIGHT)
        cells.append([sheet.text("Amount due", sheet.STRONG), due])
    style = [
        ("TOPPADDING", (0, 0), (-1, -1), 1.1 * mm),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.1 * mm),
        ("RIGHTPADDING", (1, 0), (1, -1), 2 * mm),
        ("LINEABOVE", (0, total_row), (-1, total_row), 0.9, sheet.INK),
        ("TOPPADDING", (0, total_row), (-1, total_row), 2 * mm),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    return sheet.columns(cells, [52 * mm, 38 * mm], style)


def _qr(url: str) -> Drawing:
    widget = QrCodeWidget(url, barLevel="M", barBorder=0)
    left, bottom, right, top = widget.getBounds()
    scale = _QR_SIZE / max(right - left, top - bottom)
    drawing = Drawing(_QR_SIZE, _QR_SIZE, transform=[scale, 0, 0, scale, -left * scale, -bottom * scale])
    drawing.add(widget)
    return drawing


def _payment(paper: Paper) -> list[Flowable]:
    """What stands beside the totals: how to pay, or what became of it."""
    if paper.pay_url is not None and paper.remaining:
        words: list[Flowable] = [
            sheet.label("Pay online"),
            Spacer(0, 1.2 * mm),
            sheet.text(f"Scan to pay {paper.money(paper.remaining)} by card, or open", sheet.SMALL),
            sheet.text(paper.pay_url, sheet.SMALL),
        ]
        return [sheet.columns([[_qr(paper.pay_url), words]], [_QR_SIZE + 4 * mm, 46 * mm])]
    if paper.memo:
        return [sheet.label("Reason"), Spacer(0, 1.2 * mm), sheet.text(paper.memo)]
    if paper.kind is Kind.INVOICE and paper.status == "paid":
        return [sheet.text("Thank you for your business.", sheet.SMALL)]
    return [Spacer(0, 0)]


def _foot(paper: Paper) -> Table:
    return sheet.columns([[_payment(paper), _totals(paper)]], [sheet.WIDTH - 90 * mm, 90 * mm])
