"""The papers of a purchase and of its renewal: the receipt brings the invoice, and all of it adds up in a statement."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from billing.accounts.permissions import Role
from billing.kit.db import Subject
from billing.ledger.models import Account
from billing.notifications.models import EmailMessage
from billing.notifications.ports import AttachedFile, Attachment, AttachmentMakers
from tests.books import assert_books_are_stripes
from tests.en16931 import Checked
from tests.factories_licenses import make_person
from tests.papers import words_of
from tests.storefront import Customer
from tests.world import World

STARTER = {"type": "license", "plan": "starter", "interval": "year"}
TODAY = datetime.now(UTC).date()


async def invoices_of(world: World, customer: Customer, **query: str) -> list[dict[str, Any]]:
    answer = await world.http.get("/api/v1/invoices", headers=customer.headers, params=query)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def attached(world: World, template: str) -> list[AttachedFile]:
    """Make what goes with the only mail of a template, as its delivery does."""
    async with world.database.transaction(Subject.system()) as session:
        found = select(EmailMessage).where(EmailMessage.template == template)
        mail = (await session.execute(found)).scalar_one()
        makers = world.worker.get(AttachmentMakers)
        entries: list[Any] = mail.attachments
        wanted = [Attachment(entry["kind"], uuid.UUID(entry["id"])) for entry in entries]
        return [await makers.make(session, entry) for entry in wanted]


async def test_the_receipt_brings_the_invoice_and_it_can_be_downloaded(world: World) -> None:
    customer, stranger = await world.customer(), await world.customer()
    await world.buy(customer, STARTER)
    (invoice,) = await invoices_of(world, customer, status="paid")
    assert await invoices_of(world, customer, status="open") == []
    assert await invoices_of(world, stranger) == []
    (file,) = await attached(world, "receipt")
    assert file.filename == f"invoice-{invoice['number']}.pdf"
    path = f"/api/v1/invoices/{invoice['id']}"
    downloaded = await world.http.get(f"{path}/pdf", headers=customer.headers)
    assert downloaded.content == file.content
    seen = words_of(downloaded.content)
    for expected in (invoice["number"], "PAID", "Ada Lovelace", "NextPanel", "$290.00", "Amount due $0.00"):
        assert expected in seen
    assert (await world.http.get(f"{path}/pdf", headers=stranger.headers)).status_code == 404
    electronic = await world.http.get(f"{path}/ubl", headers=customer.headers)
    assert Checked(electronic.content).problems == []
    shown = (await world.http.get(path, headers=customer.headers)).json()
    assert (shown["buyer"]["name"], shown["seller"]["name"]) == ("Ada Lovelace", "NextPanel")
    await world.until("the mail", lambda: world.mail(customer.email, "Receipt for order"))


async def test_what_was_issued_does_not_follow_the_customers_new_name(world: World) -> None:
    customer = await world.customer()
    await world.buy(customer, STARTER)
    answer = await world.http.patch("/api/v1/me", json={"full_name": "Ada King"}, headers=customer.headers)
    assert answer.status_code == 200, answer.text
    (invoice,) = await invoices_of(world, customer)
    seen = await world.http.get(f"/api/v1/invoices/{invoice['id']}/pdf", headers=customer.headers)
    assert "Ada Lovelace" in words_of(seen.content)
    assert "Ada King" not in words_of(seen.content)


async def test_a_renewal_is_mirrored_mailed_and_stands_in_the_statement(world: World) -> None:
    customer = await world.customer()
    await world.buy(customer, {**STARTER, "interval": "month"})
    advanced = await world.http.post(f"{world.sandbox_url}/admin/clock/advance", json={"seconds": 32 * 86_400})
    assert advanced.status_code == 200, advanced.text

    async def renewed() -> bool:
        return len(await invoices_of(world, customer, status="paid")) == 2

    await world.until("the renewal's invoice", renewed)
    await world.until("the invoice's mail", lambda: world.mail(customer.email, "Your invoice"))
    (file,) = await attached(world, "invoice_paid")
    newest, first = await invoices_of(world, customer)
    assert newest["number"] in file.filename
    payments = (await world.http.get("/api/v1/payments", headers=customer.headers)).json()["items"]
    assert {payment["invoice_id"] for payment in payments} == {newest["id"], first["id"]}
    assert all(payment["license_id"] for payment in payments)
    period = {"since": str(TODAY - timedelta(days=1)), "until": str(TODAY + timedelta(days=60))}
    statement = await world.http.get("/api/v1/statement", params=period, headers=customer.headers)
    assert statement.status_code == 200, statement.text
    seen = words_of(statement.content)
    for expected in ("Statement", newest["number"], first["number"], "Brought forward", "Owed at the end $0.00"):
        assert expected in seen
    backwards = {"since": period["until"], "until": period["since"]}
    refused = await world.http.get("/api/v1/statement", params=backwards, headers=customer.headers)
    assert (refused.status_code, refused.json()["code"]) == (422, "invalid_statement_period")


async def test_credit_given_by_staff_is_shown_and_used_up_once(world: World) -> None:
    staff, customer = await make_person(world.worker, role=Role.BILLING_ADMIN), await world.customer()
    own = await world.http.get("/api/v1/balance", headers=customer.headers)
    assert own.json() == {"amount": 0, "currency": "USD", "entries": []}
    me = (await world.http.get("/api/v1/me", headers=customer.headers)).json()
    path = f"/api/v1/admin/customers/{me['id']}/balance"
    body = {"amount": 500, "currency": "USD", "reason": "Apology for the outage"}
    headers = {**staff.headers, "Idempotency-Key": "credit"}
    early = await world.http.post(f"{path}/adjustments", json=body, headers=headers)
    assert (early.status_code, early.json()["code"]) == (409, "customer_never_paid")
    await world.buy(customer, {**STARTER, "interval": "month"})
    for _ in range(2):
        answer = await world.http.post(f"{path}/adjustments", json=body, headers=headers)
        assert answer.status_code == 201, answer.text
    other = await world.http.post(f"{path}/adjustments", json={**body, "amount": 7}, headers=headers)
    assert other.status_code == 422
    seen = (await world.http.get("/api/v1/balance", headers=customer.headers)).json()
    assert (seen["amount"], [entry["description"] for entry in seen["entries"]]) == (500, ["Apology for the outage"])
    assert (await world.http.get(path, headers=staff.headers)).json() == seen
    assert (await world.http.post(f"{path}/adjustments", json=body, headers=customer.headers)).status_code == 403

    # Our loss, the customer's credit, once; what is taken away again goes the other way.
    accounts = await assert_books_are_stripes(world)
    assert (accounts[Account.CUSTOMER_CREDIT], accounts[Account.WRITE_OFFS]) == (-500, 500)
    less = {**body, "amount": -200, "reason": "Entered twice"}
    taken = await world.http.post(f"{path}/adjustments", json=less, headers={**headers, "Idempotency-Key": "less"})
    assert (taken.status_code, taken.json()["ending_balance"]) == (201, 300)
    accounts = await assert_books_are_stripes(world)
    (at_stripe,) = await world.stripe("customers", email=customer.email)
    assert accounts[Account.CUSTOMER_CREDIT] == at_stripe["balance"] == -300

    advanced = await world.http.post(f"{world.sandbox_url}/admin/clock/advance", json={"seconds": 32 * 86_400})
    assert advanced.status_code == 200, advanced.text

    async def renewed() -> bool:
        return len(await invoices_of(world, customer, status="paid")) == 2

    await world.until("the renewal's invoice", renewed)
    renewal, _ = await invoices_of(world, customer)
    assert (renewal["total_amount"], renewal["amount_due"]) == (2_900, 2_600)
    await world.until("every event", lambda: nothing_pending(world))
    accounts = await assert_books_are_stripes(world)
    assert accounts.get(Account.CUSTOMER_CREDIT, 0) == 0
    mail = await world.until("the invoice's mail", lambda: world.mail(customer.email, "Your invoice"))
    assert "payment of $26.00" in mail["text"]
    assert "The other $3.00 came from your credit" in " ".join(mail["text"].split())
    assert (await world.http.get("/api/v1/balance", headers=customer.headers)).json()["amount"] == 0


async def nothing_pending(world: World) -> bool:
    answer = await world.http.get(f"{world.sandbox_url}/admin/stripe/deliveries", params={"state": "pending"})
    return not answer.json()["deliveries"] and not world.queue.messages
