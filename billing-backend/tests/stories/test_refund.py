"""Money back: staff refund a customer, the credit note follows, and nothing can leave twice."""

import asyncio
import uuid
from typing import Any

import httpx
from sqlalchemy import func, select

from billing.accounts.permissions import Role
from billing.kit.db import Subject
from billing.ledger.models import Account, EntryKind, LedgerEntry, LedgerPosting
from billing.payments.models import Refund
from tests.books import assert_books_are_stripes, books
from tests.factories_licenses import Person, make_person
from tests.papers import words_of
from tests.storefront import Customer
from tests.world import World

STARTER = {"type": "license", "plan": "starter", "interval": "year"}
DOMAIN = {"type": "domain", "name": "money-back.com"}
PRICE = 29_000 + 1_399


async def payment_of(world: World, customer: Customer) -> dict[str, Any]:
    answer = await world.http.get("/api/v1/payments", headers=customer.headers)
    assert answer.status_code == 200, answer.text
    payments: list[dict[str, Any]] = answer.json()["items"]
    assert len(payments) == 1
    return payments[0]


async def refund(
    world: World, staff: Person, payment_id: str, *, key: str | None = None, **body: Any
) -> httpx.Response:
    return await world.http.post(
        f"/api/v1/admin/payments/{payment_id}/refunds",
        json={"reason": "requested_by_customer", "note": "Half of it was not used", **body},
        headers={**staff.headers, "Idempotency-Key": key or str(uuid.uuid4())},
    )


async def stored_refund(world: World, refund_id: str) -> Refund:
    async with world.database.transaction(Subject.system()) as session:
        return await session.get_one(Refund, uuid.UUID(refund_id))


async def refunded_in_the_books(world: World) -> int:
    """Return what the journal says has left as refunds, less what came back."""
    entries = select(LedgerEntry.id).where(LedgerEntry.kind.in_([EntryKind.REFUND, EntryKind.REFUND_FAILED]))
    left = select(func.sum(LedgerPosting.amount)).where(
        LedgerPosting.entry_id.in_(entries), LedgerPosting.account == Account.REFUNDS
    )
    async with world.database.transaction(Subject.system()) as session:
        return int((await session.execute(left)).scalar_one())


async def test_a_partial_and_then_the_rest_is_refunded_with_credit_notes(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.BILLING_ADMIN), await world.customer()
    order = await world.buy(customer, STARTER, DOMAIN)
    payment = await payment_of(world, customer)
    assert (payment["amount"], payment["status"], payment["refunded_amount"]) == (PRICE, "succeeded", 0)
    assert payment["invoice_id"] is not None
    assert payment["license_id"] is not None

    first = await refund(world, staff, payment["id"], amount=10_000)
    assert first.status_code == 201, first.text
    assert (first.json()["status"], first.json()["amount"]) == ("succeeded", 10_000)
    await world.until("the refund's mail", lambda: world.mail(customer.email, "Your refund of $100.00"))
    mail = await world.mail(customer.email, "Your refund of $100.00")
    assert mail is not None

    too_much = await refund(world, staff, payment["id"], amount=PRICE - 10_000 + 1)
    assert (too_much.status_code, too_much.json()["code"]) == (422, "refund_too_large")
    assert too_much.json()["refundable_amount"] == PRICE - 10_000
    rest = await refund(world, staff, payment["id"])
    assert (rest.status_code, rest.json()["amount"]) == (201, PRICE - 10_000)
    again = await refund(world, staff, payment["id"])
    assert (again.status_code, again.json()["code"]) == (409, "payment_already_refunded")

    at_stripe = await world.stripe("refunds")
    assert sorted(made["amount"] for made in at_stripe) == [10_000, PRICE - 10_000]
    notes = await world.stripe("credit_notes")
    assert sorted(note["total"] for note in notes) == [10_000, PRICE - 10_000]
    await world.drain()
    shown = (await world.http.get(f"/api/v1/invoices/{payment['invoice_id']}", headers=customer.headers)).json()
    assert (shown["status"], shown["credited_amount"]) == ("paid", PRICE)
    assert [line["amount"] for line in shown["lines"]] == [29_000, 1_399]
    assert {note["number"] for note in shown["credit_notes"]} == {note["number"] for note in notes}
    assert (await payment_of(world, customer))["status"] == "refunded"
    seen = await world.show(customer, order["id"])
    assert (seen["status"], seen["refunded_amount"]) == ("refunded", PRICE)

    paper = f"/api/v1/credit-notes/{shown['credit_notes'][0]['id']}/pdf"
    accounts = await assert_books_are_stripes(world)
    # All of it went back: nothing is earned or owed, and each refund is accounted for by its credit note.
    assert {name.value: amount for name, amount in accounts.items() if amount} == {
        "cash": -accounts[Account.FEES],
        "fees": accounts[Account.FEES],
    }
    assert sum(made["amount"] for made in at_stripe) == await refunded_in_the_books(world)
    document = await world.http.get(paper, headers=customer.headers)
    assert document.headers["content-type"] == "application/pdf"
    words = words_of(document.content)
    assert "Half of it was not used" in words
    assert shown["number"] in words
    assert (await world.http.get(paper, headers=(await world.customer()).headers)).status_code == 404


async def test_the_same_key_is_the_same_refund(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.OWNER), await world.customer()
    await world.buy(customer, STARTER)
    payment = await payment_of(world, customer)
    answers = await asyncio.gather(*(refund(world, staff, payment["id"], amount=20_000, key="once") for _ in range(4)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sorted("idempotent-replayed" in answer.headers for answer in answers) == [False, True, True, True]
    for other in ({"amount": 1}, {"amount": 20_000, "note": "another reason"}):
        refused = await refund(world, staff, payment["id"], key="once", **other)
        assert (refused.status_code, refused.json()["code"]) == (422, "idempotency_mismatch")
    keyless = await world.http.post(
        f"/api/v1/admin/payments/{payment['id']}/refunds",
        json={"reason": "duplicate", "note": "no key"},
        headers=staff.headers,
    )
    assert (keyless.status_code, keyless.json()["code"]) == (400, "idempotency_key_missing")
    assert [row["amount"] for row in await world.stripe("refunds")] == [20_000]
    await world.drain()
    await assert_books_are_stripes(world)
    assert await refunded_in_the_books(world) == 20_000


async def test_refunds_at_once_take_no_more_than_there_is(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.OWNER), await world.customer()
    await world.buy(customer, STARTER)
    payment = await payment_of(world, customer)
    answers = await asyncio.gather(*(refund(world, staff, payment["id"], amount=10_000) for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [201, 201, 422, 422, 422]
    refused = [answer.json() for answer in answers if answer.status_code == 422]
    assert {(problem["code"], problem["refundable_amount"]) for problem in refused} == {("refund_too_large", 9_000)}
    assert sum(row["amount"] for row in await world.stripe("refunds")) == 20_000
    await world.drain()
    await assert_books_are_stripes(world)
    assert await refunded_in_the_books(world) == 20_000


async def test_nobody_refunds_what_is_not_there_or_not_theirs_to_refund(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.BILLING_ADMIN), await world.customer()
    support = await make_person(world.worker, role=Role.SUPPORT)
    await world.buy(customer, STARTER)
    payment = await payment_of(world, customer)
    unknown = await refund(world, staff, str(uuid.uuid4()))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "payment_not_found")
    # A payment that Stripe has and we don't, as of another shop on the same account, can't be named at all.
    (intent,) = [found for found in await world.stripe("payment_intents") if found["status"] == "succeeded"]
    assert (await refund(world, staff, intent["id"])).status_code == 422
    stranger = await world.customer()
    shown = await world.http.get(f"/api/v1/payments/{payment['id']}", headers=stranger.headers)
    assert shown.status_code == 404
    assert (await refund(world, support, payment["id"])).status_code == 403
    answer = await world.http.post(
        f"/api/v1/admin/payments/{payment['id']}/refunds",
        json={"reason": "requested_by_customer", "note": "mine"},
        headers={**customer.headers, "Idempotency-Key": "k"},
    )
    assert answer.status_code == 403
    for amount in (0, -5, 1.5, 10**12):
        assert (await refund(world, staff, payment["id"], amount=amount)).status_code == 422
    assert await world.stripe("refunds") == []


async def failing_refund(world: World, staff: Person, payment_id: str) -> dict[str, Any]:
    """Refund all; the bank sends it back two minutes later. Return the refund when it has."""
    await world.fault("stripe", "refund", "refund_failed")
    answer = await refund(world, staff, payment_id)
    assert (answer.status_code, answer.json()["status"]) == (201, "succeeded"), answer.text
    await world.http.post(f"{world.sandbox_url}/admin/clock/advance", json={"seconds": 120})

    async def failed() -> bool:
        return (await stored_refund(world, answer.json()["id"])).is_lost

    await world.until("the refund failed", failed)
    await world.drain()
    made: dict[str, Any] = answer.json()
    return made


async def test_a_refund_that_comes_back_takes_its_credit_note_along(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.BILLING_ADMIN), await world.customer()
    await world.buy(customer, STARTER)
    payment = await payment_of(world, customer)
    before = await books(world)
    await failing_refund(world, staff, payment["id"])
    after = await payment_of(world, customer)
    assert (after["status"], after["refunded_amount"]) == ("succeeded", 0)
    await world.until("staff hear of it", lambda: world.mail(staff.email, "Refund failed"))
    await world.until("the customer, too", lambda: world.mail(customer.email, "refund of $290.00 came back"))

    # The invoice is as if nothing had happened, and so are the books.
    path = f"/api/v1/invoices/{payment['invoice_id']}"
    shown = (await world.http.get(path, headers=customer.headers)).json()
    (note,) = shown["credit_notes"]
    assert (shown["credited_amount"], note["status"]) == (0, "void")
    accounts = await assert_books_are_stripes(world)
    assert accounts.get(Account.REFUNDS, 0) == 0
    assert accounts[Account.CASH] + accounts[Account.FEES] == before[Account.CASH] + before[Account.FEES] == 29_000
    earned = accounts.get(Account.REVENUE_DEFERRED, 0) + accounts.get(Account.REVENUE_EARNED, 0)
    assert earned == -29_000
    paper = await world.http.get(f"/api/v1/credit-notes/{note['id']}/pdf", headers=customer.headers)
    assert "VOID" in words_of(paper.content)
    # Hearing of it all again changes nothing.
    await world.sweep()
    assert await books(world) == accounts


async def test_money_that_came_back_is_sent_again_under_its_credit_note(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.BILLING_ADMIN), await world.customer()
    await world.buy(customer, STARTER)
    payment = await payment_of(world, customer)
    await failing_refund(world, staff, payment["id"])
    again = await refund(world, staff, payment["id"])
    assert (again.status_code, again.json()["status"], again.json()["amount"]) == (201, "succeeded", 29_000)
    await world.drain()
    shown = (await world.http.get(f"/api/v1/invoices/{payment['invoice_id']}", headers=customer.headers)).json()
    (note,) = shown["credit_notes"]
    assert (shown["credited_amount"], note["status"]) == (29_000, "issued")
    assert str((await stored_refund(world, again.json()["id"])).credit_note_id) == note["id"]
    accounts = await assert_books_are_stripes(world)
    assert {name.value for name, amount in accounts.items() if amount} == {"cash", "fees"}
    assert (await payment_of(world, customer))["status"] == "refunded"


async def test_a_refund_made_in_stripes_dashboard_is_mirrored_and_credited(world: World) -> None:
    customer = await world.customer()
    await world.buy(customer, STARTER)
    payment = await payment_of(world, customer)
    (intent,) = [found for found in await world.stripe("payment_intents") if found["status"] == "succeeded"]
    answer = await world.http.post(
        f"{world.sandbox_url}/stripe/v1/refunds",
        data={"payment_intent": intent["id"], "amount": "500"},
        auth=("sk_test_sandbox", ""),
    )
    assert answer.status_code == 200, answer.text

    async def credited() -> bool:
        path = f"/api/v1/invoices/{payment['invoice_id']}"
        shown = (await world.http.get(path, headers=customer.headers)).json()
        return bool(shown["credited_amount"] == 500)

    await world.until("credit note", credited)
    assert (await payment_of(world, customer))["refunded_amount"] == 500
    assert [note["total"] for note in await world.stripe("credit_notes")] == [500]
    await assert_books_are_stripes(world)
    assert await refunded_in_the_books(world) == 500
