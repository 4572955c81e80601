"""A customer's timeline, and what staff write down about them."""

import uuid
from datetime import timedelta

import httpx
from sqlalchemy import text

from billing.accounts.models import CustomerNote
from billing.accounts.permissions import Role
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.notifications.service import queue_mail
from billing.payments.models import Payment, PaymentStatus, Refund, RefundStatus
from service_kit.clock import Clock
from service_kit.ids import uuid7
from tests.factories_licenses import make_person
from tests.factories_orders import Belongings, make_belongings
from tests.integration.admin.desk import Desk


async def fill(container: Container, owned: Belongings) -> None:
    """Add a payment, its refund and a mail."""
    now, user_id = container.get(Clock).now(), owned.person.user_id
    payment = Payment(
        id=uuid7(),
        created_at=now,
        user_id=user_id,
        stripe_payment_intent_id="pi_1",
        amount=29_000,
        currency="USD",
        status=PaymentStatus.SUCCEEDED,
        description="One year",
    )
    refund = Refund(
        id=uuid7(),
        user_id=user_id,
        payment_id=payment.id,
        stripe_payment_intent_id="pi_1",
        amount=1_000,
        currency="USD",
        reason="duplicate",
        status=RefundStatus.SUCCEEDED,
    )
    async with container.get(Database).transaction(Subject.system()) as session:
        session.add_all([payment, refund])
        await queue_mail(
            session,
            key="exists",
            template="account_exists",
            user_id=user_id,
            to=owned.person.email,
            context={"login_url": "http://p/login", "reset_url": "http://p/reset"},
        )


async def test_everything_in_its_order_and_once(
    container: Container, client: httpx.AsyncClient, database: Database
) -> None:
    owned, other = await make_belongings(container), await make_belongings(container)
    await fill(container, owned)
    await client.patch("/api/v1/me", json={"city": "London"}, headers=owned.person.headers)
    desk = await Desk.of(container, client)
    path = f"customers/{owned.person.user_id}"
    assert (await desk.ask("POST", f"{path}/notes", json={"body": "Called."})).status_code == 201
    assert (
        await desk.ask("POST", f"licenses/{owned.license_id}/suspend", json={"reason": "Sends spam"})
    ).status_code == 200
    whole = (await desk.get(f"{path}/timeline", limit=100))["items"]
    kinds = {entry["kind"] for entry in whole}
    assert kinds == {"audit", "order", "invoice", "payment", "refund", "mail", "note"}
    assert [entry["at"] for entry in whole] == sorted((entry["at"] for entry in whole), reverse=True)
    assert len({entry["id"] for entry in whole}) == len(whole)
    assert "license.suspended" in [entry["title"] for entry in whole if entry["kind"] == "audit"]
    (refund,) = [entry for entry in whole if entry["kind"] == "refund"]
    assert (refund["title"], refund["amount"], refund["currency"], refund["status"]) == (
        "duplicate",
        1_000,
        "USD",
        "succeeded",
    )
    assert str(other.order_id) not in [entry["id"] for entry in whole]
    async with database.transaction(Subject.system()) as session:
        same = {"at": container.get(Clock).now() - timedelta(hours=1)}
        for table in ("orders", "invoices", "email_messages", "refunds"):
            await session.execute(text(f"UPDATE {table} SET created_at = :at"), same)
    whole = (await desk.get(f"{path}/timeline", limit=100))["items"]
    pages = [page async for page in desk.pages(f"{path}/timeline", limit=2)]
    assert [entry for page in pages for entry in page] == whole, "also of one instant each comes once"
    for cursor in ("nonsense", "bm9uc2Vuc2U", "fA"):
        assert await desk.refused("GET", f"{path}/timeline", params={"cursor": cursor}) == (400, "invalid_cursor")


async def test_notes_are_their_authors(container: Container, client: httpx.AsyncClient, database: Database) -> None:
    person = await make_person(container)
    writer, reader = await Desk.of(container, client, Role.SUPPORT), await Desk.of(container, client, Role.OWNER)
    path = f"customers/{person.user_id}/notes"
    made = (await writer.ask("POST", path, json={"body": "Moves in January.\nCall then."})).json()
    assert (made["body"], made["author_name"]) == ("Moves in January.\nCall then.", "Ada")
    assert (await reader.get(path))["items"] == [made]
    assert (await reader.get(f"customers/{person.user_id}"))["counts"]["notes"] == 1
    assert await reader.refused("DELETE", f"{path}/{made['id']}") == (404, "note_not_found")
    assert await writer.refused("POST", path, json={"body": " "}) == (422, "validation_failed")
    unknown = f"customers/{uuid.uuid4()}/notes"
    assert await writer.refused("POST", unknown, json={"body": "x"}) == (404, "user_not_found")
    async with database.transaction(Subject.customer(person.user_id)) as session:
        assert (await session.execute(text("SELECT count(*) FROM customer_notes"))).scalar_one() == 0
    assert (await writer.ask("DELETE", f"{path}/{made['id']}")).status_code == 204
    assert (await reader.get(path))["items"] == []
    (entry,) = (await reader.get("audit-entries", action="customer_note.deleted"))["items"]
    assert entry["object_id"] == made["id"]
    async with database.transaction(Subject.system()) as session:
        assert await session.get(CustomerNote, uuid.UUID(made["id"])) is None
