"""What an invoice says on paper."""

from datetime import UTC, datetime

from sandbox.core.store import Document
from sandbox.stripe.objects.fields import money
from sandbox.stripe.pages.pdf import Text, one_page

_LINE_HEIGHT = 18
_MAX_LINES = 30


def invoice_pdf(invoice: Document) -> bytes:
    """The finalized invoice as a PDF."""
    code = invoice["currency"]
    texts = [
        Text(50, 70, 22, "Invoice", bold=True),
        Text(50, 100, 10, f"Invoice number {invoice['number']}"),
        Text(50, 115, 10, f"Date of issue {day(invoice['effective_at'])}"),
        Text(50, 145, 10, str(invoice["account_name"]), bold=True),
        Text(320, 145, 10, "Bill to", bold=True),
        Text(320, 160, 10, str(invoice["customer_name"] or "")),
        Text(320, 175, 10, str(invoice["customer_email"] or "")),
        Text(50, 215, 14, f"{money(invoice['amount_due'], code)} {code.upper()} – {invoice['status']}", bold=True),
        Text(50, 255, 9, "Description"),
        Text(380, 255, 9, "Qty"),
        Text(460, 255, 9, "Amount"),
    ]
    y = 280
    for line in invoice["lines"][:_MAX_LINES]:
        texts += [
            Text(50, y, 10, (line["description"] or "")[:60]),
            Text(380, y, 10, str(line["quantity"])),
            Text(460, y, 10, money(line["amount"], code)),
        ]
        y += _LINE_HEIGHT
    for label, name in (("Subtotal", "subtotal"), ("Total", "total"), ("Amount due", "amount_due")):
        y += _LINE_HEIGHT
        texts += [Text(380, y, 10, label, bold=True), Text(460, y, 10, money(invoice[name], code), bold=True)]
    return one_page(f"Invoice {invoice['number']}", texts)


def day(timestamp: int | None) -> str:
    """A date as `1 January 2027`, UTC."""
    if timestamp is None:
        return ""
    moment = datetime.fromtimestamp(timestamp, UTC)
    return f"{moment.day} {moment.strftime('%B %Y')}"
