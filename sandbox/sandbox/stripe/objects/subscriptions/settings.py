"""Settings of a subscription that creation and update share."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid, missing_parameter, unsupported
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


def cancel_at(work: Work, subscription: Document, params: Params) -> None:
    """Set or take back the time a subscription ends at. Raises StripeError."""
    if "cancel_at" not in params:
        return
    given = params.get("cancel_at")
    ends = [item["current_period_end"] for item in subscription["items"]]
    if given in {"min_period_end", "max_period_end"}:
        given = min(ends) if given == "min_period_end" else max(ends)
    if given is None:
        keep(subscription)
        return
    if not isinstance(given, int):
        raise unsupported(f"cancel_at={given}", params.path("cancel_at"))
    if given <= work.now:
        raise invalid("The cancel_at timestamp must be in the future.", params.path("cancel_at"))
    subscription["cancel_at"], subscription["cancel_at_period_end"] = given, False
    subscription["canceled_at"] = work.now
    subscription["cancellation_details"]["reason"] = "cancellation_requested"


def collection(subscription: Document, params: Params) -> None:
    """`collection_method` with its `days_until_due`. Raises StripeError when they contradict each other."""
    method = params.get("collection_method", subscription["collection_method"])
    days = params.natural("days_until_due")
    if method == "charge_automatically":
        if days is not None:
            message = "You can only set days_until_due with collection_method=send_invoice."
            raise invalid(message, params.path("days_until_due"))
        subscription["days_until_due"] = None
    elif days is not None:
        subscription["days_until_due"] = days
    elif subscription["days_until_due"] is None:
        raise missing_parameter(params.path("days_until_due"))
    subscription["collection_method"] = method


def trial_settings(subscription: Document, params: Params) -> None:
    """What happens when a trial ends without a payment method."""
    section = params.section("trial_settings")
    behavior = None if section is None else section.section("end_behavior")
    if behavior is not None:
        behavior.only("billing_cycle_anchor", "now")
        chosen = behavior.get("missing_payment_method", "create_invoice")
        subscription["trial_settings"]["end_behavior"]["missing_payment_method"] = chosen


def pause_collection(work: Work, subscription: Document, params: Params) -> None:
    """Stop or take up the collection of invoices, which are made all the same. Raises StripeError."""
    if "pause_collection" not in params:
        return
    section = params.section("pause_collection")
    if section is None:
        subscription["pause_collection"] = None
        return
    resumes_at = section.number("resumes_at")
    if resumes_at is not None and resumes_at <= work.now:
        raise invalid("The resumes_at timestamp must be in the future.", section.path("resumes_at"))
    subscription["pause_collection"] = {"behavior": section.get("behavior"), "resumes_at": resumes_at}
