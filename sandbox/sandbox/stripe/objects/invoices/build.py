"""Documents of invoices, their lines and their payment rows, before anything is saved."""

from decimal import Decimal
from typing import Any

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects import tax_ids
from sandbox.stripe.objects.currencies import rounded
from sandbox.stripe.objects.fields import decimal_text
from sandbox.stripe.work import Work

_LARGEST = 999_999_999_999
_FOLLOWED = ("address", "email", "name", "phone", "shipping", "tax_exempt")


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
        "discounts": [] if customer["discount"] is None else [customer["discount"]],
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
        "test_clock": customer["test_clock"],
        "webhooks_delivered_at": work.now,
        "_intent": None,
        "_off_stripe": 0,
        "_subscription": None,
        "_written_off": None,
        "_token": work.context.identifiers.text(40),
        **_of_customer(work, customer),
        **_sums(),
        **_collection(),
    }


def follow_customer(invoice: Document, customer: Document) -> None:
    """Until it is finalized a draft tells the customer's present name, addresses and exemption."""
    for name in _FOLLOWED:
        invoice[f"customer_{name}"] = customer[name]


def _of_customer(work: Work, customer: Document) -> Document:
    """What is taken from the customer at first."""
    settings = customer["invoice_settings"]
    document = {
        "custom_fields": settings["custom_fields"],
        "customer": customer["id"],
        "customer_account": None,
        "customer_tax_ids": tax_ids.snapshot(work, customer["id"]),
        "footer": settings["footer"],
    }
    follow_customer(document, customer)
    return document


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
    """Make a draft belong to a subscription: a snapshot of its metadata, its discounts (else the customer's), its
    taxes.
    """
    invoice["_subscription"] = subscription["id"]
    invoice["default_payment_method"] = None
    invoice["collection_method"] = subscription["collection_method"]
    invoice["discounts"] = list(subscription["discounts"]) or invoice["discounts"]
    invoice["default_tax_rates"] = list(subscription["default_tax_rates"])
    invoice["automatic_tax"]["enabled"] = subscription["automatic_tax"]["enabled"]
    invoice["automatic_tax"]["liability"] = subscription["automatic_tax"]["liability"]
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


def line_amount(price: Document, quantity: int | Decimal) -> int:
    """Minor units for a quantity of a price, rounded half up to what its currency can express.

    Raises StripeError beyond all limits.
    """
    exact = Decimal(price["unit_amount_decimal"]) * quantity
    if abs(exact) > _LARGEST:
        raise invalid("The amount is too large.", "quantity", "amount_too_large")
    return rounded(exact, price["currency"])


def item_line(work: Work, invoice: Document, item: Document, *, subscription: str | None) -> Document:
    """The line of an invoice item."""
    line = _line(work, invoice, item["amount"], item["description"], item["period"])
    line["discountable"] = item["discountable"]
    line["discounts"] = list(item["discounts"])
    line["_tax_rates"] = list(item["tax_rates"])
    line["metadata"] = item["metadata"]
    line["pricing"] = item["pricing"]
    line["quantity"] = item["quantity"]
    line["quantity_decimal"] = item["quantity_decimal"]
    line["subscription"] = subscription
    line["parent"] = _parent(item, subscription)
    return line


def _parent(item: Document, subscription: str | None) -> Document:
    """Where the line of an invoice item comes from; a proration comes from its subscription item."""
    details: Document = {
        "invoice_item": item["id"],
        "proration": item["proration"],
        "proration_details": {"credited_items": _credited_lines(item)},
        "subscription": subscription,
    }
    if not item["proration"]:
        return {"invoice_item_details": details, "subscription_item_details": None, "type": "invoice_item_details"}
    details["subscription_item"] = item["parent"]["subscription_details"]["subscription_item"]
    return {"invoice_item_details": None, "subscription_item_details": details, "type": "subscription_item_details"}


def _credited_lines(item: Document) -> Document | None:
    credited = (item.get("proration_details") or {}).get("credited_items") or {}
    lines: Document | None = credited.get("invoice_line_item_details")
    return lines


def subscription_line(
    work: Work, invoice: Document, subscription_id: str, item: Document, price: Document, text: str
) -> Document:
    """The line of one period of a subscription item; a free trial costs nothing."""
    trial = text.startswith("Trial period")
    amount = 0 if trial else line_amount(price, item["quantity"])
    period = {"end": item["current_period_end"], "start": item["current_period_start"]}
    line = _line(work, invoice, amount, text, period)
    line["discounts"] = list(item["discounts"])
    line["_tax_rates"] = list(item["tax_rates"])
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


def payment_row(
    work: Work, invoice: Document, intent: Document, requested: int, *, is_default: bool = True
) -> Document:
    """The InvoicePayment that ties an intent to its invoice; `requested` in minor units."""
    return {
        "id": work.new_id("inpay"),
        "object": "invoice_payment",
        "amount_paid": None,
        "amount_requested": requested,
        "created": work.now,
        "currency": invoice["currency"],
        "invoice": invoice["id"],
        "is_default": is_default,
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
        "_tax_rates": [],
    }
