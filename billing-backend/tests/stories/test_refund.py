"""Money back: staff refund a customer, the credit note follows, and nothing can leave twice."""

import asyncio
import uuid
from typing import Any

import httpx
import pypdfium2
from sqlalchemy import select

from billing.accounts.permissions import Role
from billing.kit.db import Subject
from billing.payments.models import Payment, Refund
from tests.factories_licenses import Person, make_person
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


def text_of(pdf: bytes) -> str:
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(page.get_textpage().get_text_range() for page in document)
    finally:
        document.close()


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
    document = await world.http.get(paper, headers=customer.headers)
    assert document.headers["content-type"] == "application/pdf"
    words = text_of(document.content)
    assert "Half of it was not used" in words
    assert shown["number"] in words
    assert (await world.http.get(paper, headers=(await world.customer()).headers)).status_code == 404


async def test_the_same_key_refunds_once_and_two_at_once_can_not_take_more_than_there_is(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.OWNER), await world.customer()
    await world.buy(customer, STARTER)
    payment = await payment_of(world, customer)
    answers = await asyncio.gather(
        *(refund(world, staff, payment["id"], amount=20_000, key="once") for _ in range(3)),
        *(refund(world, staff, payment["id"], amount=20_000) for _ in range(3)),
    )
    made = {answer.json()["id"] for answer in answers if answer.status_code == 201}
    assert len(made) == 1
    assert {answer.status_code for answer in answers} <= {201, 422}
    other = await refund(world, staff, payment["id"], amount=1, key="once")
    # Whoever came first, the key's own refund or another's: a key is never taken for another request.
    assert other.status_code in {201, 422}
    assert sum(row["amount"] for row in await world.stripe("refunds")) <= 20_001


async def test_nobody_refunds_what_is_not_there_or_not_theirs_to_refund(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.BILLING_ADMIN), await world.customer()
    support = await make_person(world.worker, role=Role.SUPPORT)
    await world.buy(customer, STARTER)
    payment = await payment_of(world, customer)
    unknown = await refund(world, staff, str(uuid.uuid4()))
    assert (unknown.status_code, unknown.json()["code"]) == (404, "payment_not_found")
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


async def test_a_refund_that_comes_back_is_counted_back_and_told_to_staff(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.BILLING_ADMIN), await world.customer()
    await world.buy(customer, STARTER)
    payment = await payment_of(world, customer)
    await world.fault("stripe", "refund", "refund_failed")
    answer = await refund(world, staff, payment["id"])
    assert answer.status_code == 201
    await world.http.post(f"{world.sandbox_url}/admin/clock/advance", json={"seconds": 120})

    async def failed() -> bool:
        return (await stored_refund(world, answer.json()["id"])).is_lost

    await world.until("the refund failed", failed)
    assert (await payment_of(world, customer))["refunded_amount"] == 0
    async with world.database.transaction(Subject.system()) as session:
        row = (await session.execute(select(Payment).where(Payment.id == uuid.UUID(payment["id"])))).scalar_one()
        assert row.status == "succeeded"
    await world.until("staff hear of it", lambda: world.mail(staff.email, "Refund failed"))


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
