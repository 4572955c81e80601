"""Money that comes, goes, is held by a bank, or is given as credit."""

from collections.abc import Iterable
from datetime import datetime

from billing.kit.db import Session
from billing.ledger.facts import CreditFact, Customer, DisputeFact, PaymentFact, ProviderFact, RefundFact
from billing.ledger.journal import Draft, Side, post
from billing.ledger.models import Account, EntryKind

# Movements that have their own facts; of these only the fee is told by the provider's balance.
OWN_FACTS = frozenset(
    {"charge", "payment", "refund", "refund_failure", "payment_refund", "dispute", "dispute_reversal"}
)
_PAYOUTS = frozenset({"payout", "payout_reversal"})


async def post_payment(session: Session, customer: Customer, fact: PaymentFact) -> None:
    """A payment came in: cash for what was owed."""
    sides = [Side(Account.CASH, fact.amount), Side(Account.RECEIVABLE, -fact.amount)]
    draft = Draft(
        source_key=f"payment:{fact.id}",
        kind=EntryKind.PAYMENT,
        source_id=fact.id,
        currency=fact.currency,
        occurred_at=fact.paid_at,
        sides=sides,
        customer=customer,
        reference=fact.invoice_id,
    )
    await post(session, [draft])


async def post_refund(session: Session, customer: Customer, fact: RefundFact) -> None:
    """Cash went back; the credit note says what of it was revenue and what tax. A refund that failed came back."""

    def draft(key: str, kind: EntryKind, at: datetime, amount: int) -> Draft:
        return Draft(
            source_key=key,
            kind=kind,
            source_id=fact.id,
            currency=fact.currency,
            occurred_at=at,
            sides=[Side(Account.REFUNDS, amount), Side(Account.CASH, -amount)],
            customer=customer,
            reference=fact.invoice_id,
        )

    drafts = [draft(f"refund:{fact.id}", EntryKind.REFUND, fact.refunded_at, fact.amount)]
    if fact.failed_at is not None:
        drafts.append(draft(f"refund:{fact.id}:failed", EntryKind.REFUND_FAILED, fact.failed_at, -fact.amount))
    await post(session, drafts)


async def post_dispute(session: Session, customer: Customer, fact: DisputeFact) -> None:
    """The bank holds money until it decides; what it keeps is lost."""

    def draft(what: str, kind: EntryKind, at: datetime, sides: list[Side]) -> Draft:
        return Draft(
            source_key=f"dispute:{fact.id}:{what}",
            kind=kind,
            source_id=fact.id,
            currency=fact.currency,
            occurred_at=at,
            sides=sides,
            customer=customer,
            reference=fact.invoice_id,
        )

    held = [Side(Account.DISPUTES, fact.withdrawn), Side(Account.CASH, -fact.withdrawn)]
    drafts = [draft("withdrawn", EntryKind.DISPUTE, fact.opened_at, held)]
    closed_at = fact.closed_at or fact.opened_at
    if fact.reinstated:
        back = [Side(Account.CASH, fact.reinstated), Side(Account.DISPUTES, -fact.reinstated)]
        drafts.append(draft("reinstated", EntryKind.DISPUTE_CLOSED, closed_at, back))
    if fact.is_lost:
        lost = fact.withdrawn - fact.reinstated
        gone = [Side(Account.WRITE_OFFS, lost), Side(Account.DISPUTES, -lost)]
        drafts.append(draft("lost", EntryKind.DISPUTE_CLOSED, closed_at, gone))
    await post(session, drafts)


async def post_credit(session: Session, customer: Customer, fact: CreditFact) -> None:
    """Credit given out of goodwill: our loss, the customer's balance."""
    draft = Draft(
        source_key=f"credit:{fact.id}",
        kind=EntryKind.CREDIT,
        source_id=fact.id,
        currency=fact.currency,
        occurred_at=fact.granted_at,
        sides=[Side(Account.WRITE_OFFS, fact.amount), Side(Account.CUSTOMER_CREDIT, -fact.amount)],
        customer=customer,
    )
    await post(session, [draft])


async def post_provider(session: Session, facts: Iterable[ProviderFact]) -> int:
    """Post what only the provider's balance tells: fees and payouts. Return how many entries are new."""
    return len(await post(session, [draft for fact in facts for draft in _provider_drafts(fact)]))


def _provider_drafts(fact: ProviderFact) -> list[Draft]:
    def draft(kind: EntryKind, account: Account, amount: int) -> Draft:
        return Draft(
            source_key=f"{kind.value}:{fact.id}",
            kind=kind,
            source_id=fact.source_id or fact.id,
            currency=fact.currency,
            occurred_at=fact.occurred_at,
            sides=[Side(account, amount), Side(Account.CASH, -amount)],
        )

    if fact.category in _PAYOUTS:
        return [draft(EntryKind.PAYOUT, Account.BANK, -fact.amount)]
    # The provider's own charges have no gross: their amount is the fee.
    gross = 0 if fact.category in OWN_FACTS else -fact.amount
    return [draft(EntryKind.FEE, Account.FEES, fact.fee + gross)]
