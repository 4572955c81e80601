"""POST /v1/invoices/create_preview: what a change, or simply time, would bill.

The very code of the change runs in a rehearsal that is undone, so that a preview and the invoice that follows
cannot disagree.
"""

from sandbox.core.store import Document
from sandbox.stripe.errors import StripeError, invalid, unsupported
from sandbox.stripe.objects import discounts, tax_rates
from sandbox.stripe.objects.invoices.totals import total_up
from sandbox.stripe.objects.subscriptions import (
    cancel,
    change,
    create,
    cycle,
    preview_terms,
    schedule,
    settings,
    update,
)
from sandbox.stripe.parameters import Params
from sandbox.stripe.resource import Call, operation
from sandbox.stripe.work import Work


def create_preview(work: Work, call: Call) -> Document:
    """POST /v1/invoices/create_preview"""
    params = call.params
    now, deliveries = work.now, list(work.deliveries)
    try:
        with work.store.rehearsal():
            preview_terms.suppose(work, params)
            invoice = _preview(work, params)
            preview_terms.tax(work, invoice, params)
            return work.render(invoice)
    finally:
        work.now = now
        work.deliveries[:] = deliveries


def _preview(work: Work, params: Params) -> Document:
    params.only("preview_mode", "next", "recurring")
    subscription_id, customer_id = params.text("subscription"), params.text("customer")
    details = params.section("subscription_details") or Params({}, "subscription_details")
    if subscription_id is None and customer_id is None:
        raise invalid("You must specify one of customer or subscription.", "customer", "parameter_missing")
    if subscription_id is None and "items" in details:
        return _discounted(work, _new(work, customer_id or "", details), params)
    subscription = _subscription(work, subscription_id, customer_id)
    if subscription is None or subscription["status"] in update.ENDED:
        raise _none(customer_id or str(subscription and subscription["customer"]))
    invoice = _changed(work, subscription, details)
    if invoice is None and params.get("preview_mode") == "recurring":
        _forget_waiting(work, subscription)
    invoice = invoice or cycle.next_invoice(work, subscription)
    if invoice is None:
        raise _none(subscription["customer"])
    return _discounted(work, invoice, params)


def _discounted(work: Work, invoice: Document, params: Params) -> Document:
    """The preview with the request's own `discounts` instead of the subscription's."""
    if "discounts" in params:
        customer = work.fetch("customer", invoice["customer"])
        invoice["discounts"] = discounts.given(
            work, params, customer, invoice["currency"], invoice["discounts"], invoice=invoice["id"]
        )
        total_up(work, invoice)
    return invoice


def _changed(work: Work, subscription: Document, details: Params) -> Document | None:
    """Make the change; the invoice it asks for at once, None when the next renewal tells."""
    rates = tax_rates.chosen(work, details, "default_tax_rates", subscription["default_tax_rates"])
    subscription["default_tax_rates"] = rates
    if details.flag("cancel_now"):
        if details.get("proration_behavior", "create_prorations") != "none":
            cancel.credit_all(work, subscription, details.number("proration_date") or work.now)
        details.accept("proration_date")
        last = change.Effect(now=True, restarts=False)
        return cycle.as_upcoming(work, change.draft(work, subscription, last, own_only=True))
    if details.get("resume_at") is not None:
        change.restart(work, subscription)
        return _at_once(work, subscription, change.Effect(now=True, restarts=True))
    effect = change.apply(work, subscription, details) if change.asked_for(details) else None
    details.accept("proration_behavior", "proration_date", "metadata")
    if "cancel_at_period_end" in details:
        if details.flag("cancel_at_period_end"):
            settings.schedule_cancellation(work, subscription)
        else:
            settings.keep(subscription)
    settings.cancel_at(work, subscription, details)
    if effect is None or not effect.now:
        return None
    return _at_once(work, subscription, effect)


def _at_once(work: Work, subscription: Document, effect: change.Effect) -> Document:
    return cycle.as_upcoming(work, change.draft(work, subscription, effect))


def _new(work: Work, customer_id: str, details: Params) -> Document:
    """The first invoice of a subscription that does not exist yet."""
    if details.names() and set(details.names()) & {"cancel_now", "resume_at", "proration_date", "start_date"}:
        raise unsupported("these subscription_details for a new subscription", "subscription_details")
    customer = work.fetch("customer", customer_id, "customer")
    _, invoice, _ = create.prepare(work, customer, details)
    return cycle.as_upcoming(work, invoice)


def _subscription(work: Work, subscription_id: str | None, customer_id: str | None) -> Document | None:
    if subscription_id is not None:
        subscription = work.fetch("subscription", subscription_id, "subscription")
        if customer_id not in {None, subscription["customer"]}:
            raise invalid("The subscription belongs to another customer.", "subscription")
        return subscription
    customer = work.fetch("customer", customer_id or "", "customer")
    running = [
        subscription
        for subscription in work.by("subscription", "customer", customer["id"])
        if subscription["status"] in schedule.RUNNING
    ]
    return min(running, key=schedule.period_end, default=None)


def _forget_waiting(work: Work, subscription: Document) -> None:
    """A recurring invoice shows what every period costs: nothing that is billed once."""
    for item in work.by("invoiceitem", "customer", subscription["customer"]):
        if item["invoice"] is None:
            work.store.delete("stripe_invoiceitem", item["id"])


def _none(customer_id: str) -> StripeError:
    return StripeError(404, f"No upcoming invoices for customer: {customer_id}", code="invoice_upcoming_none")


OPERATIONS = [
    operation(
        "invoices.create_preview",
        "POST /v1/invoices/create_preview",
        "InvoiceCreatePreviewParams",
        create_preview,
        "Invoice",
        rendered=True,
    ),
]
