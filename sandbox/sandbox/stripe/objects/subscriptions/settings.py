"""Settings of a subscription that creation and update share."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.parameters import Params
from sandbox.stripe.work import Work


def payment_settings(subscription: Document, params: Params) -> None:
    """Which kinds of payment are allowed, and whether the first one becomes the default."""
    section = params.section("payment_settings")
    if section is None:
        return
    current = subscription["payment_settings"]
    if "payment_method_types" in section:
        current["payment_method_types"] = section.get("payment_method_types")
    if "save_default_payment_method" in section:
        current["save_default_payment_method"] = section.get("save_default_payment_method", "off")
    options = section.section("payment_method_options")
    card = None if options is None else options.section("card")
    if card is not None:
        secure = card.get("request_three_d_secure")
        current["payment_method_options"] = {"card": {"network": None, "request_three_d_secure": secure}}


def default_payment_method(work: Work, subscription: Document, params: Params) -> None:
    """The card this subscription is charged to; it must be the customer's. Raises StripeError."""
    if "default_payment_method" not in params:
        return
    method_id = params.text("default_payment_method")
    if method_id is not None:
        method = work.fetch("payment_method", method_id, "default_payment_method")
        if method["customer"] != subscription["customer"]:
            message = (
                f"The customer does not have a payment method with the ID {method_id}. The payment method must be"
                " attached to the customer."
            )
            raise invalid(message, "default_payment_method", "resource_missing")
    subscription["default_payment_method"] = method_id


def schedule_cancellation(work: Work, subscription: Document) -> None:
    """End with the current period."""
    subscription["cancel_at_period_end"] = True
    subscription["cancel_at"] = max(item["current_period_end"] for item in subscription["items"])
    subscription["canceled_at"] = work.now
    subscription["cancellation_details"]["reason"] = "cancellation_requested"


def keep(subscription: Document) -> None:
    """Take a scheduled cancellation back."""
    subscription["cancel_at_period_end"] = False
    subscription["cancel_at"] = None
    subscription["canceled_at"] = None
    subscription["cancellation_details"]["reason"] = None


def cancellation_details(subscription: Document, params: Params) -> None:
    """What the customer said about leaving."""
    section = params.section("cancellation_details")
    if section is None:
        return
    for name in ("comment", "feedback"):
        if name in section:
            subscription["cancellation_details"][name] = section.text(name)
