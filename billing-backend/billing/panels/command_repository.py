"""All SQL of panel commands."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import and_, or_, select, text, update

from billing.kit.db import Session
from billing.kit.pagination import keyset
from billing.panels.commands import CLAIMABLE, CommandStatus, PanelCommand

# Spelled out as in the partial indexes, which a bound value would not match.
_NOT_DONE = text("panel_commands.status <> 'done'")
_IN_ATTENTION = text("panel_commands.status = 'needs_attention'")


async def lock_command_of(session: Session, account_id: uuid.UUID) -> PanelCommand | None:
    statement = select(PanelCommand).where(PanelCommand.panel_account_id == account_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def lock_command(session: Session, command_id: uuid.UUID) -> PanelCommand | None:
    statement = select(PanelCommand).where(PanelCommand.id == command_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one_or_none()


async def claim_command(
    session: Session, command_id: uuid.UUID, *, now: datetime, lease: timedelta
) -> PanelCommand | None:
    """Take the command if it is due or its holder's lease ran out; None when somebody else has it."""
    is_free = or_(
        and_(PanelCommand.status.in_(CLAIMABLE), PanelCommand.next_attempt_at <= now),
        and_(PanelCommand.status == CommandStatus.RUNNING, PanelCommand.lease_until < now),
    )
    free = select(PanelCommand.id).where(PanelCommand.id == command_id, is_free).with_for_update(skip_locked=True)
    statement = (
        update(PanelCommand)
        .where(PanelCommand.id == free.scalar_subquery())
        .values(status=CommandStatus.RUNNING, attempts=PanelCommand.attempts + 1, lease_until=now + lease)
        .returning(PanelCommand)
        .execution_options(populate_existing=True, synchronize_session=False)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def lock_claimed(session: Session, command_id: uuid.UUID, attempt: int) -> PanelCommand | None:
    """Return the command locked if this attempt still holds it."""
    command = await lock_command(session, command_id)
    held = command is not None and command.status is CommandStatus.RUNNING and command.attempts == attempt
    return command if held else None


async def list_due(session: Session, *, now: datetime, settled: datetime, limit: int) -> Sequence[uuid.UUID]:
    """Return commands that were due before `settled`, and those whose lease ran out before `now`."""
    is_due = and_(PanelCommand.status.in_(CLAIMABLE), PanelCommand.next_attempt_at <= settled)
    is_left = and_(PanelCommand.status == CommandStatus.RUNNING, PanelCommand.lease_until < now)
    statement = select(PanelCommand.id).where(_NOT_DONE, or_(is_due, is_left)).limit(limit)
    return (await session.execute(statement)).scalars().all()


async def list_attention(session: Session, cursor: str | None, limit: int) -> Sequence[PanelCommand]:
    statement = select(PanelCommand).where(_IN_ATTENTION)
    return (await session.scalars(keyset(statement, PanelCommand.id, cursor, limit))).all()
