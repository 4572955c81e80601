"""How a dispute opens, moves and ends, with the money it moves."""

from typing import Final

from sandbox.core.store import Document
from sandbox.stripe.cards import TestCard
from sandbox.stripe.errors import StripeError, invalid
from sandbox.stripe.jobs import drop, plan
from sandbox.stripe.objects import balance
from sandbox.stripe.sdk import Record, fields_of
from sandbox.stripe.work import Work

OPEN: Final = frozenset({"needs_response", "under_review", "warning_needs_response", "warning_under_review"})
UNANSWERED: Final = frozenset({"needs_response", "warning_needs_response"})
REASONS: Final = {
    "credit_not_processed": "13.6",
    "duplicate": "12.6.1",
    "fraudulent": "10.4",
    "general": None,
    "product_not_received": "13.1",
    "product_unacceptable": "13.3",
    "subscription_canceled": "13.2",
    "unrecognized": "10.4",
}
_EVIDENCE: Final = fields_of(Record("_dispute", "Dispute.Evidence"))
EVIDENCE_TEXTS: Final = tuple(
    name for name, shape in _EVIDENCE.items() if "str" in shape.scalars and not shape.expandable
)
_FEE = 1500
_ANSWER_WITHIN = 9 * 86400
_EXPIRY = "expire_dispute"


def open_for_card(work: Work, charge: Document, card: TestCard) -> None:
    """The complaint a test card is known for, right after it paid."""
    if card.dispute is not None:
        start(work, charge, card.dispute, charge["amount_captured"], inquiry=card.inquiry)


def start(work: Work, charge: Document, reason: str, amount: int, *, inquiry: bool = False) -> Document:
    """Open a dispute over `amount` minor units of a paid charge; unless it is an inquiry, the money is gone at once.

    Raises StripeError for a charge that was not paid, is in dispute already or is worth less.
    """
    if not charge["paid"]:
        raise invalid(f"Charge {charge['id']} was not paid, so nobody can dispute it.", "charge")
    if any(dispute["status"] in OPEN for dispute in work.by("dispute", "charge", charge["id"])):
        raise invalid(f"Charge {charge['id']} is in dispute already.", "charge")
    if not 0 < amount <= charge["amount_captured"]:
        raise invalid("A dispute is about at most what was taken.", "amount")
    dispute = _build(work, charge, reason, amount, inquiry=inquiry)
    charge["disputed"] = True
    work.update(charge, "charge.updated")
    work.create(dispute, "charge.dispute.created")
    plan(work, _EXPIRY, dispute["id"], dispute["evidence_details"]["due_by"])
    if not inquiry:
        text = f"Chargeback withdrawal for {charge['id']}"
        _move(work, dispute, -amount, _FEE, "dispute", text)
        work.emit("charge.dispute.funds_withdrawn", dispute)
    return dispute


def check_answerable(dispute: Document) -> None:
    """Evidence is taken until it was handed in or the dispute ended. Raises StripeError."""
    if dispute["status"] not in UNANSWERED:
        raise invalid("You cannot submit evidence: this dispute does not wait for a response.", "evidence")


def submit(work: Work, dispute: Document) -> None:
    """Hand the staged evidence to the bank, once; the document is not saved."""
    details = dispute["evidence_details"]
    details["submission_count"] += 1
    details["submission_method"] = "manual"
    drop(work, _EXPIRY, dispute["id"])
    inquiry = dispute["status"].startswith("warning_")
    dispute["status"] = "warning_under_review" if inquiry else "under_review"


def verdict_of_evidence(work: Work, dispute: Document) -> None:
    """Close a submitted dispute when its evidence is one of the published test texts."""
    text = dispute["evidence"]["uncategorized_text"]
    if text in {"winning_evidence", "losing_evidence"}:
        finish(work, dispute, won=text == "winning_evidence")


def finish(work: Work, dispute: Document, *, won: bool) -> None:
    """The bank's verdict; money comes back when the merchant won. Raises StripeError when it is closed."""
    if dispute["status"] not in OPEN:
        raise invalid("This dispute is already closed.", "dispute")
    inquiry = dispute["status"].startswith("warning_")
    drop(work, _EXPIRY, dispute["id"])
    dispute["is_charge_refundable"] = inquiry
    dispute["status"] = "warning_closed" if inquiry else ("won" if won else "lost")
    work.update(dispute, "charge.dispute.updated")
    if won and not inquiry:
        text = f"Chargeback reversal for {dispute['charge']}"
        _move(work, dispute, dispute["amount"], 0, "dispute_reversal", text)
        work.emit("charge.dispute.funds_reinstated", dispute)
    work.emit("charge.dispute.closed", dispute)


def expire(work: Work, dispute_id: str) -> None:
    """Nobody answered in time: the bank decides for its customer. Run as a job."""
    dispute = work.fetch("dispute", dispute_id)
    if dispute["status"] in UNANSWERED:
        finish(work, dispute, won=False)


def check_refundable(work: Work, charge: Document) -> None:
    """What the bank took back cannot be given back a second time. Raises StripeError."""
    for dispute in work.by("dispute", "charge", charge["id"]):
        if not dispute["is_charge_refundable"]:
            message = f"Charge {charge['id']} has been charged back; cannot issue a refund."
            raise StripeError(400, message, code="charge_disputed")


def _move(work: Work, dispute: Document, amount: int, fee: int, category: str, text: str) -> None:
    dispute["_transactions"].append(balance.adjust(work, dispute, amount, fee, category, text))
    work.save(dispute)


def _build(work: Work, charge: Document, reason: str, amount: int, *, inquiry: bool) -> Document:
    brand = charge["payment_method_details"]["card"]["brand"]
    return {
        "id": work.new_id("du"),
        "object": "dispute",
        "amount": amount,
        "charge": charge["id"],
        "created": work.now,
        "currency": charge["currency"],
        "enhanced_eligibility_types": [],
        "evidence": {**dict.fromkeys(_EVIDENCE), "enhanced_evidence": {}},
        "evidence_details": {
            "due_by": work.now + _ANSWER_WITHIN,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
            "submission_method": "not_submitted",
        },
        "intended_submission_method": None,
        "is_charge_refundable": inquiry,
        "livemode": False,
        "metadata": {},
        "network_reason_code": REASONS[reason],
        "payment_intent": charge["payment_intent"],
        "payment_method_details": {
            "card": {
                "brand": brand,
                "case_type": "inquiry" if inquiry else "chargeback",
                "network": brand,
                "network_reason_code": REASONS[reason],
            },
            "type": "card",
        },
        "reason": reason,
        "status": "warning_needs_response" if inquiry else "needs_response",
        "_transactions": [],
    }
