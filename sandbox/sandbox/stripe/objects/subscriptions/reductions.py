"""Discounts and taxes of subscriptions and their items, for creation and update alike."""

from sandbox.core.store import Document
from sandbox.stripe.objects import automatic_tax, discounts, tax_rates
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work


def configure(work: Work, subscription: Document, customer: Document, params: Params) -> None:
    """Set `discounts`, `default_tax_rates` and `automatic_tax`. Raises StripeError."""
    automatic_tax.configure(subscription, params)
    current = subscription["default_tax_rates"]
    subscription["default_tax_rates"] = tax_rates.chosen(work, params, "default_tax_rates", current)
    subscription["discounts"] = discounts.given(
        work,
        params,
        customer,
        subscription["currency"],
        subscription["discounts"],
        subscription=subscription["id"],
    )


def configure_item(work: Work, subscription: Document, customer: Document, item: Document, params: Params) -> None:
    """Set an item's own `discounts` and `tax_rates`. Raises StripeError."""
    item["tax_rates"] = tax_rates.chosen(work, params, "tax_rates", item["tax_rates"])
    item["discounts"] = discounts.given(
        work,
        params,
        customer,
        subscription["currency"],
        item["discounts"],
        subscription=subscription["id"],
        subscription_item=item["id"],
    )


def check_first_invoice(work: Work, invoice: Document) -> None:
    """Hold the first invoice, its sums made, against promotion codes and automatic tax. Raises StripeError."""
    automatic_tax.check_location(invoice)
    discounts.check_minimum(work, invoice["discounts"], invoice["subtotal"], invoice["currency"])
