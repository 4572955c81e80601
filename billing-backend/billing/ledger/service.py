"""What the rest of billing tells the ledger, and what it may ask."""

from billing.ledger.actions.credit_notes import post_credit_note, turn_credit_note
from billing.ledger.actions.earn import earn_due
from billing.ledger.actions.invoices import post_invoice
from billing.ledger.actions.movements import post_credit, post_dispute, post_payment, post_provider, post_refund
from billing.ledger.history import note_subscription
from billing.ledger.journal import owed_by_invoice, trial_balance

__all__ = [
    "earn_due",
    "note_subscription",
    "owed_by_invoice",
    "post_credit",
    "post_credit_note",
    "post_dispute",
    "post_invoice",
    "post_payment",
    "post_provider",
    "post_refund",
    "trial_balance",
    "turn_credit_note",
]
