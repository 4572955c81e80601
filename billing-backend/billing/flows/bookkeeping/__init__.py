"""What mirrors of the provider's objects tell the ledger, in the transaction of the mirror."""

from billing.flows.bookkeeping.record import (
    book_credit,
    book_credit_note,
    book_dispute,
    book_invoice,
    book_note_turned,
    book_payment,
    book_refund,
    note_subscription,
)

__all__ = [
    "book_credit",
    "book_credit_note",
    "book_dispute",
    "book_invoice",
    "book_note_turned",
    "book_payment",
    "book_refund",
    "note_subscription",
]
