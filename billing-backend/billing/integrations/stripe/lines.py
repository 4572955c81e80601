"""Lines of Stripe's invoices: what they bill time on, and what they add."""

from datetime import UTC, datetime
from typing import Any

from billing.payments.ports import PaidPeriod
from billing.subscriptions.ports import PreviewLine


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _details(line: Any) -> Any:
    """Return what the line says about its subscription, None for a line of something else."""
    parent = line.parent
    if parent is None:
        return None
    details = parent.subscription_item_details or parent.invoice_item_details
    return details if details is not None and details.subscription is not None else None


def _price(line: Any) -> Any:
    pricing = line.pricing
    return pricing.price_details if pricing is not None else None


def _is_credit(line: Any, details: Any) -> bool:
    proration = details.proration_details
    return line.amount < 0 or (proration is not None and proration.credited_items is not None)


def granted(lines: Any) -> PaidPeriod | None:
    """Return the time that an invoice's lines bill last, None when they bill none.

    A credit is time given back. A charge that is no period of a plan has no subscription item.
    """
    periods: list[tuple[int, bool, int, PaidPeriod]] = []
    for line in lines:
        details, price = _details(line), _price(line)
        if details is None or price is None or getattr(details, "subscription_item", None) is None:
            continue
        if not _is_credit(line, details):
            start, end = line.period.start, line.period.end
            paid = PaidPeriod(str(price.product), _price_id(price) or "", _instant(start), _instant(end))
            periods.append((end, not details.proration, start, paid))
    return max(periods, key=lambda entry: entry[:3])[3] if periods else None


def _price_id(price: Any) -> str | None:
    return price.price if price.price is None or isinstance(price.price, str) else str(price.price.id)


def preview_line(line: Any) -> PreviewLine:
    details, price = _details(line), _price(line)
    taxes = line.taxes or []
    return PreviewLine(
        description=line.description or "",
        amount=line.amount,
        price_id=_price_id(price) if price is not None else None,
        is_proration=bool(details is not None and details.proration),
        period_start=_instant(line.period.start),
        period_end=_instant(line.period.end),
        discount_amount=sum(share.amount for share in line.discount_amounts or []),
        tax_amount=sum(tax.amount for tax in taxes if tax.tax_behavior == "exclusive"),
    )
