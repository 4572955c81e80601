"""Changes of a subscription that wait for the payment of their invoice (`pending_if_incomplete`), and paused
subscriptions that wait for the payment they are resumed by.
"""

from typing import Final

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.jobs import drop, plan
from sandbox.stripe.objects.subscriptions import schedule
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work

EXPIRES_AFTER: Final = 23 * 3600
_ALLOWED: Final = frozenset(
    {
        "add_invoice_items",
        "billing_cycle_anchor",
        "expand",
        "items",
        "off_session",
        "payment_behavior",
        "proration_behavior",
        "proration_date",
        "trial_end",
    }
)
_CHANGED: Final = ("billing_cycle_anchor", "items", "trial_end", "trial_start")


def check(params: Params) -> None:
    """Only some parameters can wait for a payment. Raises StripeError."""
    for name in params.names():
        if name not in _ALLOWED:
            message = f"When payment_behavior is pending_if_incomplete, the parameter {name} cannot be updated."
            raise invalid(message, name)


def put_off(work: Work, subscription: Document, before: Document, invoice_id: str) -> None:
    """Give the subscription its earlier form back and keep the change until the invoice is paid, at most 23 hours."""
    change = {name: subscription[name] for name in _CHANGED}
    for name in _CHANGED:
        subscription[name] = before[name]
    expires_at = work.now + EXPIRES_AFTER
    subscription["pending_update"] = {
        "billing_cycle_anchor": _if_changed(change, before, "billing_cycle_anchor"),
        "cancel_at_period_end": None,
        "discount": None,
        "discounts": None,
        "expires_at": expires_at,
        "metadata": None,
        "subscription_items": change["items"],
        "trial_end": _if_changed(change, before, "trial_end"),
        "trial_from_plan": None,
    }
    subscription["_pending"] = {**change, "invoice": invoice_id}
    plan(work, "expire_pending_update", subscription["id"], expires_at)


def waits_for(subscription: Document, invoice_id: str) -> bool:
    """Whether a change of the subscription waits for this invoice."""
    waiting = subscription.get("_pending")
    return waiting is not None and waiting["invoice"] == invoice_id


def apply(work: Work, subscription: Document, invoice_id: str) -> bool:
    """Make the change true that waited for this invoice; False when none did. The caller saves."""
    if not waits_for(subscription, invoice_id):
        return False
    change = subscription["_pending"]
    for name in _CHANGED:
        subscription[name] = change[name]
    clear(work, subscription)
    return True


def clear(work: Work, subscription: Document) -> None:
    """Forget a change that waits. The caller saves."""
    subscription["pending_update"] = None
    subscription["_pending"] = None
    drop(work, "expire_pending_update", subscription["id"])


def resume(work: Work, subscription: Document) -> None:
    """Let a paused subscription run again and tell about it."""
    subscription["status"] = "active"
    subscription["_paused"] = None
    subscription["_resumes_on"] = None
    work.update(subscription, "customer.subscription.updated")
    work.emit("customer.subscription.resumed", subscription)
    schedule.plan_all(work, subscription)


def _if_changed(change: Document, before: Document, name: str) -> int | None:
    value: int | None = change[name]
    return None if value == before[name] else value
