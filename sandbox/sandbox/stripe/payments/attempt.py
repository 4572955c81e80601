"""Attempts to take the amount of a PaymentIntent from a card."""

from sandbox.core.store import Document
from sandbox.stripe.cards import AUTHENTICATION, Decline
from sandbox.stripe.errors import StripeError, invalid, unexpected_state
from sandbox.stripe.jobs import plan
from sandbox.stripe.objects import charges, intents, payment_methods
from sandbox.stripe.objects.disputes import life as disputes
from sandbox.stripe.payments import capture, settlement
from sandbox.stripe.work import Work, declined

_CONFIRMABLE = {"requires_payment_method", "requires_confirmation", "requires_action"}
_FAILED_AUTHENTICATION = Decline(
    "payment_intent_authentication_failure",
    None,
    "We are unable to authenticate your payment method. Please choose a different payment method and try again.",
    None,
)


def confirm(
    work: Work,
    intent: Document,
    method: Document | None,
    *,
    off_session: bool = False,
    return_url: str | None = None,
    use_sdk: bool = False,
) -> Decline | None:
    """Charge now or ask for authentication; the intent is saved. Returns why it was declined, if it was.

    Raises StripeError when the intent's state or the payment method forbids the attempt.
    """
    _check_confirmable(work, intent, method)
    assert method is not None
    intents.check_owner(method, intent["customer"])
    intent["payment_method"] = method["id"]
    if intents.needs_challenge(intent, method, off_session=off_session):
        if off_session and intent["_invoice"] is None:
            return _fail(work, intent, method, AUTHENTICATION)
        _require_action(work, intent, return_url, use_sdk=use_sdk)
        return None
    return _charge(work, intent, method, authenticated=False)


def finish_authentication(work: Work, intent: Document, *, passed: bool) -> Decline | None:
    """The customer came back from the bank's page. Raises StripeError when nothing was asked for."""
    if intent["status"] != "requires_action":
        raise invalid(f"This intent does not wait for authentication: its status is {intent['status']}.")
    method = work.fetch("payment_method", intent["payment_method"])
    intent["next_action"] = None
    if passed:
        return _charge(work, intent, method, authenticated=True)
    _back_to_method(work, intent, method, _FAILED_AUTHENTICATION, charge_id=None)
    return _FAILED_AUTHENTICATION


def decline_error(work: Work, intent: Document, decline: Decline, method: Document, *, public: bool) -> StripeError:
    """402 that tells the client about a decline whose traces stay."""
    view = work.render(intent)
    details: Document = {
        "advice_code": decline.advice_code,
        "charge": intent["latest_charge"],
        "code": decline.code,
        "decline_code": decline.decline_code,
        "payment_intent": intents.public_view(view) if public else view,
        "payment_method": work.render(method),
    }
    return declined(decline.message, {name: value for name, value in details.items() if value is not None})


def _check_confirmable(work: Work, intent: Document, method: Document | None) -> None:
    status = intent["status"]
    if status == "succeeded":
        message = (
            "You cannot confirm this PaymentIntent because it has already succeeded after being previously confirmed."
        )
        raise unexpected_state("payment_intent", work.render(intent), message)
    if status not in _CONFIRMABLE:
        message = (
            f"You cannot confirm this PaymentIntent because it has a status of {status}. Only a PaymentIntent with"
            " one of the following statuses may be confirmed: requires_confirmation, requires_action."
        )
        raise unexpected_state("payment_intent", work.render(intent), message)
    if method is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either update the"
            " PaymentIntent with a payment method and then confirm it again, or confirm it again directly with a"
            " payment method or ConfirmationToken."
        )
        raise unexpected_state("payment_intent", work.render(intent), message)


def _require_action(work: Work, intent: Document, return_url: str | None, *, use_sdk: bool) -> None:
    intent["status"] = "requires_action"
    intent["next_action"] = intents.next_action(work, intent, return_url, use_sdk=use_sdk)
    work.save(intent)
    work.emit("payment_intent.requires_action", intent)
    settlement.intent_needs_action(work, intent)


def settle(work: Work, intent_id: str) -> None:
    """The bank took its time and answers now. Run as a job."""
    intent = work.fetch("payment_intent", intent_id)
    if intent["status"] == "processing":
        _charge(work, intent, work.fetch("payment_method", intent["payment_method"]), authenticated=False)


def _process(work: Work, intent: Document, seconds: float) -> None:
    intent["status"] = "processing"
    intent["processing"] = {"card": {"customer_notification": None}, "type": "card"}
    intent["next_action"] = None
    work.save(intent)
    work.emit("payment_intent.processing", intent)
    plan(work, "settle_payment", intent["id"], work.now + max(1, int(seconds)))


def _charge(work: Work, intent: Document, method: Document, *, authenticated: bool) -> Decline | None:
    slow = None
    if intent["status"] != "processing":
        slow = work.context.faults.take("stripe", "charge", kinds=frozenset({"processing"}))
    if slow is not None:
        _process(work, intent, slow.seconds)
        return None
    intent["processing"] = None
    decline = payment_methods.test_card(method).decline or _armed_decline(work)
    if decline is not None:
        return _fail(work, intent, method, decline, authenticated=authenticated)
    if intent["setup_future_usage"] is not None:
        method["_set_up"] = True
        work.save(method)
        if intent["customer"] is not None and method["customer"] is None:
            payment_methods.bind(work, method, intent["customer"])
    hold = intent["capture_method"] == "manual"
    charge = charges.make(work, intent, method, None, authenticated=authenticated, hold=hold)
    intent["latest_charge"] = charge["id"]
    intent["last_payment_error"] = None
    intent["next_action"] = None
    if hold:
        capture.hold(work, intent)
        return None
    intent["status"] = "succeeded"
    intent["amount_received"] = intent["amount"]
    work.save(intent)
    work.emit("payment_intent.succeeded", intent)
    settlement.intent_succeeded(work, intent)
    disputes.open_for_card(work, charge, payment_methods.test_card(method))
    return None


def _fail(work: Work, intent: Document, method: Document, decline: Decline, *, authenticated: bool = False) -> Decline:
    charge = charges.make(work, intent, method, decline, authenticated=authenticated)
    intent["latest_charge"] = charge["id"]
    _back_to_method(work, intent, method, decline, charge_id=charge["id"])
    return decline


def _back_to_method(work: Work, intent: Document, method: Document, decline: Decline, *, charge_id: str | None) -> None:
    error: Document = {
        "advice_code": decline.advice_code,
        "charge": charge_id,
        "code": decline.code,
        "decline_code": decline.decline_code,
        "doc_url": f"https://stripe.com/docs/error-codes/{decline.code.replace('_', '-')}",
        "message": decline.message,
        "payment_method": work.render(method),
        "type": "invalid_request_error" if charge_id is None else "card_error",
    }
    intent["last_payment_error"] = {name: value for name, value in error.items() if value is not None}
    intent["status"] = "requires_payment_method"
    intent["payment_method"] = None
    intent["next_action"] = None
    work.save(intent)
    work.emit("payment_intent.payment_failed", intent)
    settlement.intent_failed(work, intent)


def _armed_decline(work: Work) -> Decline | None:
    fault = work.context.faults.take("stripe", "charge", kinds=frozenset({"decline"}))
    if fault is None:
        return None
    code = str(fault.options.get("decline_code", "generic_decline"))
    return Decline("card_declined", code, "Your card was declined.", "try_again_later")
