"""Documents of invoices, their lines and their payment rows, before anything is saved."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects.fields import decimal_text
from sandbox.stripe.work import Work

_LARGEST = 999_999_999_999


def new_invoice(work: Work, customer: Document, code: str, *, reason: str) -> Document:
    """An empty draft; `reason` is its billing_reason, `code` its currency."""
    return {
        "id": work.new_id("in"),
        "object": "invoice",
        "account_country": "US",
        "account_name": "Sandbox",
        "account_tax_ids": None,
        "application": None,
        "billing_reason": reason,
        "created": work.now,
        "currency": code,
        "description": None,
        "discounts": [],
        "from_invoice": None,
        "hosted_invoice_url": None,
        "invoice_pdf": None,
        "issuer": {"type": "self"},
        "last_finalization_error": None,
        "latest_revision": None,
        "lines": [],
        "livemode": False,
        "metadata": {},
        "number": None,
        "on_behalf_of": None,
        "parent": None,
        "period_end": work.now,
        "period_start": work.now,
        "receipt_number": None,
        "rendering": None,
        "shipping_cost": None,
        "shipping_details": None,
        "statement_descriptor": None,
        "test_clock": None,
        "webhooks_delivered_at": work.now,
        "_intent": None,
        "_subscription": None,
        "_token": work.context.identifiers.text(40),
        **_of_customer(customer),
        **_sums(),
        **_collection(),
    }


def _of_customer(customer: Document) -> Document:
    """What is copied from the customer and stays as it was."""
    settings = customer["invoice_settings"]
    return {
        "custom_fields": settings["custom_fields"],
        "customer": customer["id"],
        "customer_account": None,
        "customer_address": customer["address"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "customer_phone": customer["phone"],
        "customer_shipping": customer["shipping"],
        "customer_tax_exempt": customer["tax_exempt"],
        "customer_tax_ids": [],
        "footer": settings["footer"],
    }


def _sums() -> Document:
    amounts = (
        "amount_due amount_overpaid amount_paid amount_remaining amount_shipping post_payment_credit_notes_amount"
        " pre_payment_credit_notes_amount starting_balance subtotal subtotal_excluding_tax total total_excluding_tax"
    )
    return {
        **dict.fromkeys(amounts.split(), 0),
        "ending_balance": None,
        "total_discount_amounts": [],
        "total_pretax_credit_amounts": [],
        "total_taxes": [],
    }


def _collection() -> Document:
    """How and when the money is asked for."""
    return {
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": False,
        "automatic_tax": {
            "disabled_reason": None,
            "enabled": False,
            "liability": None,
            "provider": None,
            "status": None,
        },
        "automatically_finalizes_at": None,
        "collection_method": "charge_automatically",
        "default_payment_method": None,
        "default_source": None,
        "default_tax_rates": [],
        "due_date": None,
        "effective_at": None,
        "next_payment_attempt": None,
        "payment_settings": {
            "default_mandate": None,
            "payment_method_options": None,
            "payment_method_types": None,
        },
        "status": "draft",
        "status_transitions": {
            "finalized_at": None,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
    }


def for_subscription(invoice: Document, subscription: Document) -> None:
    """Make a draft belong to a subscription, with a snapshot of its metadata."""
    invoice["_subscription"] = subscription["id"]
    invoice["default_payment_method"] = None
    invoice["collection_method"] = subscription["collection_method"]
    settings = subscription["payment_settings"]
    invoice["payment_settings"]["payment_method_types"] = settings["payment_method_types"]
    invoice["parent"] = {
        "quote_details": None,
        "subscription_details": {
            "metadata": dict(subscription["metadata"]),
            "subscription": subscription["id"],
        },
        "type": "subscription_details",
    }


def line_amount(price: Document, quantity: int) -> int:
    """Minor units for a quantity of a price, rounded half up to the cent. Raises StripeError beyond all limits."""
    exact = Decimal(price["unit_amount_decimal"]) * quantity
    if abs(exact) > _LARGEST:
        raise invalid("The amount is too large.", "quantity", "amount_too_large")
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def item_line(work: Work, invoice: Document, item: Document, *, subscription: str | None) -> Document:
    """The line of an invoice item."""
    line = _line(work, invoice, item["amount"], item["description"], item["period"])
    line["discountable"] = item["discountable"]
    line["metadata"] = item["metadata"]
    line["pricing"] = item["pricing"]
    line["quantity"] = item["quantity"]
    line["quantity_decimal"] = item["quantity_decimal"]
    line["subscription"] = subscription
    line["parent"] = {
        "invoice_item_details": {
            "invoice_item": item["id"],
            "proration": False,
            "proration_details": {"credited_items": None},
            "subscription": subscription,
        },
        "subscription_item_details": None,
        "type": "invoice_item_details",
    }
    return line


def subscription_line(
    work: Work, invoice: Document, subscription_id: str, item: Document, price: Document, text: str
) -> Document:
    """The line of one period of a subscription item; a free trial costs nothing."""
    trial = text.startswith("Trial period")
    amount = 0 if trial else line_amount(price, item["quantity"])
    period = {"end": item["current_period_end"], "start": item["current_period_start"]}
    line = _line(work, invoice, amount, text, period)
    line["metadata"] = item["metadata"]
    line["pricing"] = pricing(price)
    line["quantity"] = item["quantity"]
    line["quantity_decimal"] = decimal_text(item["quantity"])
    line["subscription"] = subscription_id
    line["parent"] = {
        "invoice_item_details": None,
        "subscription_item_details": {
            "invoice_item": None,
            "proration": False,
            "proration_details": {"credited_items": None},
            "subscription": subscription_id,
            "subscription_item": item["id"],
        },
        "type": "subscription_item_details",
    }
    return line


def pricing(price: Document) -> Document:
    """How a line or item refers to its price."""
    return {
        "price_details": {"price": price["id"], "product": price["product"]},
        "type": "price_details",
        "unit_amount_decimal": price["unit_amount_decimal"],
    }


def total_up(invoice: Document) -> None:
    """Set all sums from the lines."""
    total = sum(line["amount"] for line in invoice["lines"])
    for name in ("subtotal", "subtotal_excluding_tax", "total", "total_excluding_tax"):
        invoice[name] = total
    invoice["amount_due"] = max(0, total)
    invoice["amount_remaining"] = invoice["amount_due"]


def payment_row(work: Work, invoice: Document, intent: Document) -> Document:
    """The default InvoicePayment that ties an intent to its invoice."""
    return {
        "id": work.new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": invoice["amount_due"],
        "created": work.now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": True,
        "livemode": False,
        "payment": {"payment_intent": intent["id"], "type": "payment_intent"},
        "status": "open",
        "status_transitions": {"canceled_at": None, "paid_at": None},
        "_intent": intent["id"],
    }


def _line(work: Work, invoice: Document, amount: int, text: str | None, period: Any) -> Document:
    return {
        "id": work.new_id("il"),
        "object": "line_item",
        "amount": amount,
        "currency": invoice["currency"],
        "description": text,
        "discount_amounts": [],
        "discountable": True,
        "discounts": [],
        "invoice": invoice["id"],
        "livemode": False,
        "metadata": {},
        "parent": None,
        "period": period,
        "pretax_credit_amounts": [],
        "pricing": None,
        "quantity": 1,
        "quantity_decimal": "1",
        "subscription": None,
        "subtotal": amount,
        "taxes": [],
    }
