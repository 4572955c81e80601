"""Money that is only reserved on the card: taken later, in whole or in part, or let go."""

from sandbox.core.store import Document
from sandbox.stripe.errors import invalid
from sandbox.stripe.objects import balance, payment_methods
from sandbox.stripe.objects.disputes import life as disputes
from sandbox.stripe.objects.fields import money
from sandbox.stripe.work import Work


def hold(work: Work, intent: Document) -> None:
    """The card agreed; the amount waits to be captured."""
    intent["status"] = "requires_capture"
    intent["amount_capturable"] = intent["amount"]
    work.save(intent)
    work.emit("payment_intent.amount_capturable_updated", intent)


def take(work: Work, intent: Document, amount: int | None) -> None:
    """Take `amount` minor units, all that is reserved if None; the rest goes back. Raises StripeError for more."""
    reserved = intent["amount_capturable"]
    amount = reserved if amount is None else amount
    if amount > reserved:
        shown = money(reserved, intent["currency"])
        message = f"The requested capture amount is greater than the amount you can capture for this charge ({shown})."
        raise invalid(message, "amount_to_capture", "amount_too_large")
    charge = work.fetch("charge", intent["latest_charge"])
    charge["captured"] = True
    charge["amount_captured"] = amount
    charge["balance_transaction"] = balance.record(work, charge, amount, "charge")
    work.update(charge, "charge.updated")
    work.emit("charge.captured", charge)
    intent["status"] = "succeeded"
    intent["amount_capturable"] = 0
    intent["amount_received"] = amount
    work.save(intent)
    work.emit("payment_intent.succeeded", intent)
    method = work.fetch("payment_method", intent["payment_method"])
    disputes.open_for_card(work, charge, payment_methods.test_card(method))


def release(work: Work, intent: Document) -> None:
    """Let the reserved amount go, when the intent is canceled; the intent is not saved."""
    charge = work.fetch("charge", intent["latest_charge"])
    charge["amount_refunded"] = charge["amount"]
    charge["refunded"] = True
    work.update(charge, "charge.updated")
    work.emit("charge.refunded", charge)
    intent["amount_capturable"] = 0
