"""Our copy of what the payment provider holds: what it says now replaces what we had, whatever order events come in."""

from billing.flows.mirror.credit_note import mirror_credit_note
from billing.flows.mirror.dispute import mirror_dispute
from billing.flows.mirror.invoice import Owner, mirror_invoice, store_invoice
from billing.flows.mirror.payment import mirror_payment
from billing.flows.mirror.refund import mirror_refund

__all__ = [
    "Owner",
    "mirror_credit_note",
    "mirror_dispute",
    "mirror_invoice",
    "mirror_payment",
    "mirror_refund",
    "store_invoice",
]
