"""Bring an account to its wanted status: claim, tell the panel outside any transaction, write down what came of it."""

import asyncio
import uuid
from dataclasses import dataclass
from datetime import timedelta

from billing.accounts.permissions import Permission
from billing.accounts.service import mail_staff
from billing.kit.container import Container
from billing.kit.db import Database, Session, Subject
from billing.kit.retry import RetryPolicy
from billing.panels import repository
from billing.panels.actions.want_status import CONVERGE_TASK
from billing.panels.command_repository import claim_command, lock_claimed
from billing.panels.commands import PanelCommand
from billing.panels.models import PanelAccount, PanelAccountStatus
from billing.panels.ports import ActionRequired, PanelError, PanelGateway, Rejected, Retriable, ServerAddress
from billing.panels.service import address_of
from billing.settings import Settings
from service_kit.clock import Clock
from service_kit.logs import get_logger

log = get_logger(__name__)

TIMEOUT = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Claimed:
    """A command as it was taken, with where its account is; all detached."""

    command_id: uuid.UUID
    attempt: int
    revision: int
    wanted: PanelAccountStatus
    reason: str
    remote_id: str | None
    server: ServerAddress

    @property
    def idempotency_key(self) -> str:
        return f"panel-{self.command_id}-{self.revision}-{self.wanted}"


async def converge(container: Container, command_id: uuid.UUID) -> None:
    """Work on the command if it is due. Whatever goes wrong becomes a retry, never an exception here."""
    claimed = await claim(container, command_id)
    if claimed is None:
        return
    error: PanelError | None = None
    try:
        async with asyncio.timeout(TIMEOUT.total_seconds()):
            await tell(container.get(PanelGateway), claimed)
    except PanelError as caught:
        error = caught
    except TimeoutError:
        error = Retriable("no answer in time", after=timedelta(seconds=5))
    async with container.get(Database).transaction(Subject.system()) as session:
        await finish(session, container, claimed, error)


async def claim(container: Container, command_id: uuid.UUID) -> Claimed | None:
    """Take the command if it is due; it comes free again when the lease is over."""
    lease = TIMEOUT + container.get(Settings).step_lease_margin
    async with container.get(Database).transaction(Subject.system()) as session:
        command = await claim_command(session, command_id, now=container.get(Clock).now(), lease=lease)
        if command is None:
            return None
        account = await session.get_one(PanelAccount, command.panel_account_id)
        server = await repository.get_server_or_raise(session, account.panel_server_id)
        return Claimed(
            command_id=command.id,
            attempt=command.attempts,
            revision=command.revision,
            wanted=command.wanted_status,
            reason=command.reason,
            remote_id=account.nextpanel_account_id,
            server=address_of(server),
        )


async def tell(gateway: PanelGateway, claimed: Claimed) -> None:
    """Call the panel, always: what our row says of the account may be older than a call whose answer got lost."""
    if claimed.remote_id is None:
        raise Retriable("the panel has not created the account yet", after=timedelta(minutes=1))
    verbs = {
        PanelAccountStatus.ACTIVE: gateway.reinstate,
        PanelAccountStatus.SUSPENDED: gateway.suspend,
        PanelAccountStatus.TERMINATED: gateway.terminate,
    }
    await verbs[claimed.wanted](
        claimed.server, claimed.remote_id, reason=claimed.reason, idempotency_key=claimed.idempotency_key
    )


async def finish(session: Session, container: Container, claimed: Claimed, error: PanelError | None) -> None:
    """Write down what came of it, unless somebody else holds the command by now."""
    command = await lock_claimed(session, claimed.command_id, claimed.attempt)
    if command is None:
        return
    now = container.get(Clock).now()
    if error is None:
        await _note_status(session, command, claimed.wanted)
    if command.revision != claimed.revision:
        command.release(now)
        session.enqueue(CONVERGE_TASK, str(command.id))
    elif error is None:
        command.mark_done(now)
    else:
        await _note_failure(session, container, command, error)
    log.info("panel command", command_id=str(command.id), wanted=claimed.wanted, outcome=command.status)


async def _note_status(session: Session, command: PanelCommand, status: PanelAccountStatus) -> None:
    account = await repository.get_account_or_raise(session, command.panel_account_id)
    if status is PanelAccountStatus.TERMINATED and account.status is not PanelAccountStatus.TERMINATED:
        await repository.release_server(session, account.panel_server_id)
    account.mark_status(status)


async def _note_failure(session: Session, container: Container, command: PanelCommand, error: PanelError) -> None:
    now, settings = container.get(Clock).now(), container.get(Settings)
    policy = RetryPolicy(settings.step_max_failures, settings.step_first_backoff, settings.step_longest_backoff)
    command.failures += 1
    code = error.code if isinstance(error, Rejected | ActionRequired) else "panel_unavailable"
    if isinstance(error, Rejected):
        command.give_up(None, code, error.message)
    elif isinstance(error, ActionRequired) or command.failures >= policy.max_failures:
        command.give_up(now + policy.longest, code, error.message)
    else:
        pause = policy.pause(command.failures)
        if isinstance(error, Retriable):
            pause = max(pause, error.after)
        command.postpone(now, pause, code, error.message)
        session.enqueue(CONVERGE_TASK, str(command.id), countdown=pause.total_seconds())
        return
    log.error("panel command needs attention", command_id=str(command.id), code=code)
    await _alert(session, settings, command)


async def _alert(session: Session, settings: Settings, command: PanelCommand) -> None:
    """Mail all who look after stuck work: once per person and wish."""
    account = await session.get_one(PanelAccount, command.panel_account_id)
    await mail_staff(
        session,
        Permission.ORDERS_RESOLVE,
        key=f"panel-attention:{command.id}:{command.revision}",
        template="staff_notice",
        context={
            "title": f"A panel account could not be brought to {command.wanted_status.value}",
            "text": "The panel was asked several times, or refused.",
            "facts": [
                ("Account", account.username or str(account.id)),
                ("Wanted", command.wanted_status.value),
                ("Because", command.reason),
                ("Error", f"{command.last_error_code}: {command.last_error}"),
            ],
            "url": f"{settings.portal_url}/admin/panel-commands",
        },
    )
