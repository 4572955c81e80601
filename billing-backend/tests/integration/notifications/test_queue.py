"""Queueing mail: once per occasion, with the transaction, sealed."""

import asyncio
import uuid

import pytest
from sqlalchemy import select, text
from tests.factories_accounts import mails, make_user
from tests.factories_notifications import SAMPLES

from billing.kit.container import Container
from billing.kit.crypto import DecryptionFailed, Vault
from billing.kit.db import Database, Session, Subject
from billing.kit.tasks import Message, RecordingQueue
from billing.notifications.models import EmailMessage
from billing.notifications.rendering import UnknownMail
from billing.notifications.service import queue_mail


async def _welcome(session: Session, user_id: uuid.UUID, *, key: str = "welcome:1") -> uuid.UUID | None:
    return await queue_mail(
        session, key=key, template="welcome", user_id=user_id, to="ada@example.com", context=SAMPLES["welcome"]
    )


async def test_ten_at_once_queue_one_mail(database: Database, queue: RecordingQueue, container: Container) -> None:
    user = await make_user(database)

    async def attempt() -> uuid.UUID | None:
        async with database.transaction(Subject.system()) as session:
            made = await _welcome(session, user.id)
            await asyncio.sleep(0.02)
            return made

    made = [mail_id for mail_id in await asyncio.gather(*(attempt() for _ in range(10))) if mail_id is not None]
    assert len(made) == 1
    assert [mail.id for mail in await mails(container)] == made
    assert queue.messages == [Message("notifications.deliver", (str(made[0]),))]


async def test_a_mail_that_was_rolled_back_was_never_there(
    database: Database, queue: RecordingQueue, container: Container
) -> None:
    user = await make_user(database)

    async def fail_after_queueing() -> None:
        async with database.transaction(Subject.system()) as session:
            assert await _welcome(session, user.id) is not None
            raise RuntimeError("later in the same transaction")

    with pytest.raises(RuntimeError):
        await fail_after_queueing()
    assert queue.messages == []
    async with database.transaction(Subject.system()) as session:
        assert await _welcome(session, user.id) is not None
    assert len(await mails(container)) == 1


async def test_the_bodies_are_sealed_for_this_purpose(database: Database, container: Container) -> None:
    user = await make_user(database)
    async with database.transaction(Subject.system()) as session:
        await _welcome(session, user.id)
    async with database.transaction(Subject.system()) as session:
        row = (await session.execute(select(EmailMessage))).scalar_one()
        dump = str((await session.execute(text("SELECT m::text FROM email_messages m"))).scalar_one())
    assert "https://panel.example/setup/abc" not in dump
    vault = container.get(Vault)
    assert "https://panel.example/setup/abc" in vault.decrypt(row.body_text or "", purpose="mail")
    with pytest.raises(DecryptionFailed):
        vault.decrypt(row.body_text or "", purpose="license")


async def test_customers_queue_their_own_mail_and_see_nobody_elses(database: Database) -> None:
    ada, eve = await make_user(database), await make_user(database)
    async with database.transaction(Subject.customer(ada.id)) as session:
        assert await _welcome(session, ada.id) is not None
    async with database.transaction(Subject.customer(eve.id)) as session:
        assert (await session.execute(select(EmailMessage))).all() == []
    async with database.transaction(Subject.customer(ada.id)) as session:
        assert len((await session.execute(select(EmailMessage))).all()) == 1


async def test_a_mistaken_mail_is_refused_before_anything_is_stored(database: Database, container: Container) -> None:
    user = await make_user(database)
    with pytest.raises(UnknownMail):
        async with database.transaction(Subject.system()) as session:
            await queue_mail(session, key="x", template="welcome", user_id=user.id, to="a@b.example", context={})
    assert await mails(container) == []
