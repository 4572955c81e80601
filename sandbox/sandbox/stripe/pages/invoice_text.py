"""What an invoice says on paper."""

from datetime import UTC, datetime
from textwrap import wrap

from sandbox.core.store import Document
from sandbox.stripe.objects.fields import money
from sandbox.stripe.pages.pdf import Rule, Text, one_page

_LINE_HEIGHT = 14
_BOTTOM = 640
_ROWS = 4
_LEFT, _MIDDLE, _QUANTITY, _RIGHT = 50, 320, 430, 545
_SUMS = (
    ("Subtotal", "subtotal"),
    ("Total", "total"),
    ("Amount paid", "amount_paid"),
    ("Amount due", "amount_remaining"),
)


def invoice_pdf(invoice: Document) -> bytes:
    """The finalized invoice as a PDF; lines that don't fit its one page are counted."""
    parts: list[Text | Rule] = [
        Text(_LEFT, 78, 24, "Invoice", bold=True),
        Text(_LEFT, 112, 10, f"Number  {invoice['number']}"),
        Text(_LEFT, 127, 10, f"Issued  {day(invoice['effective_at'])}"),
        Text(_LEFT, 165, 10, str(invoice["account_name"]), bold=True),
        Text(_MIDDLE, 165, 10, "Bill to", bold=True),
    ]
    y = 165
    for line in _rows(invoice["customer_name"], 40) + _rows(invoice["customer_email"], 40):
        y += _LINE_HEIGHT
        parts.append(Text(_MIDDLE, y, 10, line))
    y += 40
    code = invoice["currency"]
    parts.append(Text(_LEFT, y, 15, f"{money(invoice['total'], code)} {code.upper()} – {invoice['status']}", bold=True))
    return one_page(f"Invoice {invoice['number']}", parts + _table(invoice, y + 36))


def _table(invoice: Document, y: int) -> list[Text | Rule]:
    code, lines = invoice["currency"], invoice["lines"]
    parts: list[Text | Rule] = [
        Text(_LEFT, y, 9, "Description"),
        Text(_QUANTITY, y, 9, "Qty", number=True),
        Text(_RIGHT, y, 9, "Amount", number=True),
        Rule(y + 7),
    ]
    y += 10
    for index, line in enumerate(lines):
        if y > _BOTTOM:
            y += _LINE_HEIGHT
            parts.append(Text(_LEFT, y, 10, f"and {len(lines) - index} more"))
            break
        y += _LINE_HEIGHT
        parts.append(Text(_QUANTITY, y, 10, str(line["quantity"]), number=True))
        parts.append(Text(_RIGHT, y, 10, money(line["amount"], code), number=True))
        for row, text in enumerate(_rows(line["description"], 66)):
            y += _LINE_HEIGHT if row else 0
            parts.append(Text(_LEFT, y, 10, text))
        y += 8
        parts.append(Rule(y))
        y += 3
    for label, name in _SUMS:
        y += _LINE_HEIGHT + 3
        parts.append(Text(_MIDDLE, y, 10, label, bold=True))
        parts.append(Text(_RIGHT, y, 10, money(invoice[name], code), bold=True, number=True))
    return parts


def _rows(text: str | None, width: int) -> list[str]:
    return wrap(text or "", width, max_lines=_ROWS, placeholder=" …")


def day(timestamp: int | None) -> str:
    """A date as `1 January 2027`, UTC."""
    if timestamp is None:
        return ""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return f"{moment.day} {moment.strftime('%B %Y')}"
