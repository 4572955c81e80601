"""Wish for an account's status, in the transaction that decides it; the panel is told after its commit."""

import uuid

from billing.audit.service import record
from billing.kit.db import Session
from billing.panels import repository
from billing.panels.command_repository import lock_command, lock_command_of
from billing.panels.commands import CommandStatus, PanelCommand
from billing.panels.errors import PanelCommandNotFound, PanelCommandNotInAttention
from billing.panels.models import PanelAccountStatus
from service_kit.clock import Clock

CONVERGE_TASK = "panels.converge"


async def want_status(
    session: Session, clock: Clock, license_id: uuid.UUID, status: PanelAccountStatus, *, reason: str
) -> PanelCommand | None:
    """Have the license's account brought to `status` (active, suspended or terminated) soon; repeating changes nothing.

    None when there is nothing to do: no account, or none that was ever told anything and is to be active. After a wish
    for its end an account takes no other.
    """
    account = await repository.get_account_by_license(session, license_id)
    if account is None or account.status == PanelAccountStatus.TERMINATED:
        return None
    # The account's row is the lock of a command that may not exist yet.
    await repository.get_account_or_raise(session, account.id)
    command = await lock_command_of(session, account.id)
    if command is None:
        if status is PanelAccountStatus.ACTIVE:
            return None
        command = PanelCommand(
            user_id=account.user_id,
            panel_account_id=account.id,
            wanted_status=status,
            reason=reason,
            next_attempt_at=clock.now(),
        )
        session.add(command)
    elif command.is_final or command.wanted_status is status:
        return command
    else:
        command.want(status, reason, clock.now())
    await session.flush()
    session.enqueue(CONVERGE_TASK, str(command.id))
    return command


async def retry_command(
    session: Session, clock: Clock, command_id: uuid.UUID, *, actor: uuid.UUID | None
) -> PanelCommand:
    """Let a command that needs attention start over; raises `PanelCommandNotFound`, `PanelCommandNotInAttention`."""
    command = await lock_command(session, command_id)
    if command is None:
        raise PanelCommandNotFound
    if command.status is not CommandStatus.NEEDS_ATTENTION:
        raise PanelCommandNotInAttention(extra={"command_status": command.status})
    command.start_over(clock.now())
    await record(
        session,
        actor_user_id=actor,
        action="panel_command.retried",
        object_type="panel_command",
        object_id=command.id,
        before={"status": CommandStatus.NEEDS_ATTENTION, "error": command.last_error_code},
    )
    session.enqueue(CONVERGE_TASK, str(command.id))
    return command
