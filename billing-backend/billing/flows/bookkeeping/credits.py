"""`CreditBooks`: credit that staff gave, in the ledger."""

import uuid

from billing.flows.bookkeeping.record import book_credit
from billing.kit.db import Session
from billing.payments.facts import BalanceEntry


class LedgerCredits:
    async def book(self, session: Session, entry: BalanceEntry, user_id: uuid.UUID) -> None:
        await book_credit(session, entry, user_id)
