"""Whatever order the provider's answers come in, our copy ends as the newest of them says."""

import itertools
import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, select

from billing.accounts.models import User
from billing.flows.mirror import Owner, mirror_payment, mirror_refund, store_invoice
from billing.flows.mirror.credit_note import mirror_credit_note
from billing.flows.mirror.dispute import mirror_dispute
from billing.flows.statement.collect import collect
from billing.invoices.models import CreditNote, Invoice, InvoiceLine
from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.payments.facts import BuyerFact, CreditNoteFact, DisputeFact, LineFact, TaxFact
from billing.payments.models import Dispute, Payment, Refund
from billing.payments.ports import InvoiceSnapshot, PaymentSnapshot, RefundSnapshot
from billing.settings import Settings
from tests.conftest import START
from tests.factories_licenses import make_person

LINE = LineFact("il_1", "NextPanel Starter", 1, Decimal(10_000), 10_000, taxes=[TaxFact(1_900, 10_000, Decimal(19))])
EXTRA = replace(LINE, id="il_2", description="A domain", amount=1_000, taxes=())
BUYER = BuyerFact(name="Ada", country="DE", line1="Weg 1", tax_ids=[("eu_vat", "DE1")])
PAYMENT = PaymentSnapshot("pi_1", 11_900, "EUR", "requires_payment_method", START, None)


def stages() -> list[InvoiceSnapshot]:
    """A renewal invoice as it is seen through its life, each asked for a second after the one before."""
    draft = InvoiceSnapshot(
        id="in_1",
        status="draft",
        currency="EUR",
        total=12_900,
        amount_due=12_900,
        amount_paid=0,
        number=None,
        billing_reason="subscription_cycle",
        customer_id="cus_1",
        subscription_id=None,
        metadata={},
        created_at=START,
        paid_at=None,
        due_at=None,
        pdf_url=None,
        hosted_url=None,
        asked_at=START,
        subtotal=11_000,
        tax=1_900,
        lines=[LINE, EXTRA],
        taxes=LINE.taxes,
    )
    final: dict[str, Any] = {
        "total": 11_900,
        "amount_due": 11_900,
        "subtotal": 10_000,
        "lines": [LINE],
        "number": "N-1",
    }
    opened = replace(draft, status="open", issued_at=START, buyer=BUYER, payment=PAYMENT, **final)
    failed = replace(opened, attempt_count=1, next_payment_attempt_at=START + timedelta(days=3))
    paid = replace(
        opened,
        status="paid",
        attempt_count=2,
        amount_paid=11_900,
        paid_at=START + timedelta(days=3),
        payment=replace(PAYMENT, status="succeeded"),
    )
    seen = [draft, opened, failed, paid]
    return [replace(stage, asked_at=START + timedelta(seconds=number)) for number, stage in enumerate(seen)]


async def forget(session: Session) -> None:
    for table in (Refund, CreditNote, Dispute, Payment, InvoiceLine, Invoice):
        await session.execute(delete(table))


def told(row: Any) -> dict[str, Any]:
    """What a row says, apart from when it was written."""
    skipped = {"id", "updated_at", "invoice_id", "payment_id", "credit_note_id", "next_attempt_at"}
    return {column.key: getattr(row, column.key) for column in row.__mapper__.column_attrs if column.key not in skipped}


async def copy_of(session: Session) -> list[list[dict[str, Any]]]:
    tables = (Invoice, InvoiceLine, Payment, Refund, CreditNote, Dispute)
    return [[told(row) for row in (await session.execute(select(table))).scalars()] for table in tables]


async def take_invoice(session: Session, config: Settings, owner: Owner, stage: InvoiceSnapshot) -> None:
    await store_invoice(session, config, stage, owner)
    await mirror_payment(session, stage, user_id=owner.user_id, description="Renewal")


async def test_all_orders_of_an_invoices_life_end_alike(container: Container, worker: Container) -> None:
    person, config, database = await make_person(container), worker.get(Settings), worker.get(Database)
    owner = Owner(person.user_id)
    ends: list[Any] = []
    for order in itertools.permutations(stages()):
        async with database.transaction(Subject.system()) as session:
            await forget(session)
        for stage in order:
            async with database.transaction(Subject.system()) as session:
                await take_invoice(session, config, owner, stage)
        async with database.transaction(Subject.system()) as session:
            ends.append(await copy_of(session))
    assert len(ends) == 24
    assert all(end == ends[0] for end in ends)
    (invoice,), lines, (payment,) = ends[0][:3]
    assert (invoice["status"], invoice["number"], invoice["attempt_count"]) == ("paid", "N-1", 2)
    assert invoice["buyer"]["vat_number"] == "DE1"
    assert [line["description"] for line in lines] == ["NextPanel Starter"]
    assert (payment["status"], payment["amount"]) == ("succeeded", 11_900)


async def test_a_statement_has_a_payment_on_the_day_it_came_through(container: Container, worker: Container) -> None:
    """The invoice was issued, and its payment made out, three days before the card went through."""
    person, config, database = await make_person(container), worker.get(Settings), worker.get(Database)
    day = START.date()
    async with database.transaction(Subject.system()) as session:
        for stage in stages():
            await take_invoice(session, config, Owner(person.user_id), stage)
        user = await session.get_one(User, person.user_id)
        before = await collect(session, config, user, day, day + timedelta(days=2))
        after = await collect(session, config, user, day + timedelta(days=2), day + timedelta(days=5))
    assert [(row.text, row.charge, row.credit) for row in before.accounts[0].movements] == [("Invoice", 11_900, 0)]
    assert (before.accounts[0].closing, after.accounts[0].opening) == (11_900, 11_900)
    (paid,) = after.accounts[0].movements
    assert (paid.at, paid.credit, after.accounts[0].closing) == (START + timedelta(days=3), 11_900, 0)


def consequences() -> list[Any]:
    """What follows a payment: two refunds, one of which comes back, the credit note, a dispute that is lost."""
    first = RefundSnapshot("re_1", 5_000, "EUR", "pending", "pi_1", created_at=START)
    second = RefundSnapshot("re_2", 1_000, "EUR", "succeeded", "pi_1", created_at=START)
    note = CreditNoteFact(
        id="cn_1",
        number="N-1-CN-01",
        status="issued",
        invoice_id="in_1",
        currency="EUR",
        reason=None,
        memo=None,
        subtotal=5_000,
        discount=0,
        total=5_000,
        refunded=5_000,
        lines=[replace(LINE, amount=5_000)],
        taxes=(),
        refund_ids=["re_1"],
        created_at=START,
        voided_at=None,
    )
    dispute = DisputeFact("dp_1", "pi_1", 11_900, "EUR", "fraudulent", "needs_response", START, START, START)
    later = START + timedelta(seconds=5)
    return [
        first,
        replace(first, status="succeeded"),
        second,
        replace(second, status="failed", failure_reason="expired_or_canceled_card"),
        note,
        dispute,
        replace(dispute, status="lost", asked_at=later),
    ]


async def take(session: Session, fact: Any) -> None:
    if isinstance(fact, RefundSnapshot):
        assert await mirror_refund(session, fact, now=START) is not None
    elif isinstance(fact, CreditNoteFact):
        assert await mirror_credit_note(session, fact) is not None
    else:
        assert await mirror_dispute(session, fact) is not None


async def test_refunds_credit_notes_and_disputes_in_any_order_and_number(
    container: Container, worker: Container
) -> None:
    person, config, database = await make_person(container), worker.get(Settings), worker.get(Database)
    owner, facts = Owner(person.user_id), consequences()
    ends: list[Any] = []

    async def run(order: list[int]) -> None:
        async with database.transaction(Subject.system()) as session:
            await forget(session)
            await take_invoice(session, config, owner, stages()[-1])
        for number in order:
            async with database.transaction(Subject.system()) as session:
                await take(session, facts[number])
        async with database.transaction(Subject.system()) as session:
            ends.append(await copy_of(session))

    await run(list(range(len(facts))))
    assert {refund["status"] for refund in ends[0][3]} == {"succeeded", "failed"}
    assert (ends[0][2][0]["refunded_amount"], ends[0][0][0]["credited_amount"]) == (5_000, 5_000)
    assert ends[0][5][0]["status"] == "lost"
    for seed in range(20):
        shuffled = random.Random(seed).sample(range(len(facts)), len(facts))
        await run([*shuffled, *shuffled[: seed % 4]])
    first = sorted(map(repr, itertools.chain(*ends[0])))
    assert all(sorted(map(repr, itertools.chain(*end))) == first for end in ends)
