"""Delivery over real SMTP: what goes out, what is tried again, what is given up, and that nothing goes twice."""

import asyncio
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from tests.factories_accounts import make_user
from tests.factories_notifications import SAMPLES
from tests.integration.notifications.conftest import Relay

from billing.kit.container import Container
from billing.kit.crypto import EncryptionKey, Vault
from billing.kit.db import Database, Subject
from billing.kit.tasks import RecordingQueue
from billing.notifications import delivery
from billing.notifications.delivery import LEASE, MOST_ATTEMPTS
from billing.notifications.models import EmailMessage, MailStatus
from billing.notifications.ports import MailDeferred, Mailer, OutgoingMail
from billing.notifications.service import queue_mail
from billing.notifications.tasks import TASKS, deliver, sweep
from service_kit.clock import FixedClock


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs, not even an except Exception."""


async def _queue(database: Database, *, to: str = "ada@example.com", key: str = "welcome:1") -> uuid.UUID:
    user = await make_user(database)
    async with database.transaction(Subject.system()) as session:
        mail_id = await queue_mail(
            session, key=key, template="welcome", user_id=user.id, to=to, context=SAMPLES["welcome"]
        )
    assert mail_id is not None
    return mail_id


async def _row(database: Database, mail_id: uuid.UUID) -> EmailMessage:
    async with database.transaction(Subject.system()) as session:
        return (await session.execute(select(EmailMessage).where(EmailMessage.id == mail_id))).scalar_one()


async def test_a_mail_as_it_arrives(
    worker: Container, database: Database, relay: Relay, queue: RecordingQueue, clock: FixedClock
) -> None:
    mail_id = await _queue(database)
    [message] = queue.messages
    await TASKS[message.task](worker, *message.args)
    [mail] = relay.received
    assert mail["From"] == "NextPanel <billing@nextpanel.example>"
    assert (mail["To"], mail["Subject"]) == ("ada@example.com", "Your Professional license is ready")
    assert mail["Message-ID"] == f"<{mail_id}@nextpanel.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Date"] is not None
    assert mail.get_content_type() == "multipart/alternative"
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "https://panel.example/setup/abc" in text.get_content()
    assert 'href="https://panel.example/setup/abc"' in html.get_content()
    [envelope] = relay.envelopes
    assert (envelope.mail_from, envelope.rcpt_tos) == ("billing@nextpanel.example", ["ada@example.com"])
    row = await _row(database, mail_id)
    assert (row.status, row.attempts, row.sent_at, row.last_error) == (MailStatus.SENT, 1, clock.now(), None)


async def test_a_message_that_comes_twice_sends_once(worker: Container, database: Database, relay: Relay) -> None:
    mail_id = await _queue(database)
    await asyncio.gather(*(deliver(worker, str(mail_id)) for _ in range(8)))
    await deliver(worker, str(mail_id))
    assert await sweep(worker) == 0
    assert len(relay.received) == 1
    await deliver(worker, str(uuid.uuid4()))


@pytest.mark.parametrize(
    ("answers", "status"),
    [
        ({"rcpt": "550 5.1.1 no such user"}, MailStatus.FAILED),
        ({"data": "554 5.7.1 not wanted"}, MailStatus.FAILED),
        ({"rcpt": "451 4.7.1 greylisted"}, MailStatus.QUEUED),
        ({"rcpt": "452 4.2.2 mailbox full"}, MailStatus.QUEUED),
        ({"data": "421 4.3.2 shutting down"}, MailStatus.QUEUED),
    ],
)
async def test_refusals_are_final_and_delays_are_not(
    worker: Container,
    database: Database,
    relay: Relay,
    queue: RecordingQueue,
    clock: FixedClock,
    answers: dict[str, str],
    status: MailStatus,
) -> None:
    mail_id = await _queue(database)
    queue.messages.clear()
    for hook, answer in answers.items():
        setattr(relay, hook, answer)
    await deliver(worker, str(mail_id))
    row = await _row(database, mail_id)
    assert (row.status, row.attempts) == (status, 1)
    [answer] = answers.values()
    assert row.last_error is not None
    assert answer[:3] in row.last_error
    relay.rcpt = relay.data = None
    # Not before its time, whoever asks.
    await deliver(worker, str(mail_id))
    assert relay.received == []
    clock.advance(timedelta(minutes=1))
    assert await sweep(worker) == (1 if status is MailStatus.QUEUED else 0)
    await deliver(worker, str(mail_id))
    assert len(relay.received) == (1 if status is MailStatus.QUEUED else 0)
    assert (len(queue.messages) > 0) == (status is MailStatus.QUEUED)


async def test_a_relay_that_is_down_costs_attempts_until_there_are_none_left(
    worker: Container, database: Database, relay: Relay, clock: FixedClock
) -> None:
    mail_id = await _queue(database)
    relay.rcpt = "451 4.3.0 not now"
    tried: list[datetime] = []
    row = await _row(database, mail_id)
    while row.status is MailStatus.QUEUED:
        tried.append(clock.now())
        await deliver(worker, str(mail_id))
        row = await _row(database, mail_id)
        clock.set(row.next_attempt_at or clock.now())
    assert row.status is MailStatus.DEAD
    assert len(tried) == MOST_ATTEMPTS == row.attempts
    assert timedelta(hours=15) < tried[-1] - tried[0] < timedelta(hours=30)
    relay.rcpt = None
    await deliver(worker, str(mail_id))
    assert relay.received == []


async def test_killed_between_claim_and_send(
    worker: Container, database: Database, relay: Relay, clock: FixedClock
) -> None:
    mail_id = await _queue(database)

    class Dying:
        async def send(self, mail: OutgoingMail) -> None:
            raise Killed

    mailer = worker.get(Mailer)
    worker.put(Mailer, Dying())
    with pytest.raises(Killed):
        await deliver(worker, str(mail_id))
    worker.put(Mailer, mailer)
    assert (await _row(database, mail_id)).status is MailStatus.SENDING
    await deliver(worker, str(mail_id))
    assert relay.received == [], "the lease still runs"
    clock.advance(LEASE)
    assert await sweep(worker) == 1
    await deliver(worker, str(mail_id))
    assert len(relay.received) == 1
    row = await _row(database, mail_id)
    assert (row.status, row.attempts) == (MailStatus.SENT, 2)


async def test_killed_between_send_and_commit_repeats_the_same_message(
    worker: Container, database: Database, relay: Relay, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    mail_id = await _queue(database)

    async def dying(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(delivery, "_finish", dying)
        with pytest.raises(Killed):
            await deliver(worker, str(mail_id))
    clock.advance(LEASE)
    await deliver(worker, str(mail_id))
    first, second = relay.received
    # The one window SMTP leaves open; the receiver can tell by the Message-ID.
    assert first["Message-ID"] == second["Message-ID"]
    assert (await _row(database, mail_id)).status is MailStatus.SENT


async def test_a_late_failure_does_not_undo_a_newer_attempt(
    worker: Container, database: Database, relay: Relay, clock: FixedClock
) -> None:
    mail_id = await _queue(database)
    entered, release = asyncio.Event(), asyncio.Event()
    mailer = worker.get(Mailer)

    class Slow:
        async def send(self, mail: OutgoingMail) -> None:
            entered.set()
            await release.wait()
            raise MailDeferred("gave up after the lease")

    worker.put(Mailer, Slow())
    late = asyncio.ensure_future(deliver(worker, str(mail_id)))
    await entered.wait()
    clock.advance(LEASE)
    worker.put(Mailer, mailer)
    await deliver(worker, str(mail_id))
    release.set()
    await late
    row = await _row(database, mail_id)
    assert (row.status, row.attempts, row.last_error) == (MailStatus.SENT, 2, None)


async def test_a_mail_sealed_with_a_lost_key_is_set_aside(worker: Container, database: Database, relay: Relay) -> None:
    mail_id = await _queue(database)
    worker.put(Vault, Vault([EncryptionKey("k2", b"z" * 32)]))
    await deliver(worker, str(mail_id))
    row = await _row(database, mail_id)
    assert (row.status, relay.connections) == (MailStatus.DEAD, 0)


async def test_bodies_are_blanked_when_nobody_needs_them(
    worker: Container, database: Database, relay: Relay, clock: FixedClock
) -> None:
    clock.set(datetime.now(UTC))  # created_at is the database's own time
    sent, waiting = await _queue(database), await _queue(database, key="welcome:2")
    await deliver(worker, str(sent))
    clock.advance(timedelta(days=29))
    await sweep(worker)
    assert (await _row(database, sent)).body_text is not None
    clock.advance(timedelta(days=2))
    assert await sweep(worker) == 2
    assert (await _row(database, sent)).body_text is None
    assert (await _row(database, sent)).body_html is None
    assert (await _row(database, waiting)).body_text is not None
