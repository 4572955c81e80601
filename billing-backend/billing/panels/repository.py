"""All SQL of panel servers and accounts."""

import uuid
from collections.abc import Sequence

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from billing.kit.db import Session
from billing.kit.listing import AnySelect
from billing.kit.pagination import keyset
from billing.panels.models import PanelAccount, PanelServer

_WITH_ROOM = (
    select(PanelServer.id)
    .where(
        PanelServer.is_active,
        or_(PanelServer.max_accounts.is_(None), PanelServer.assigned_accounts < PanelServer.max_accounts),
    )
    .order_by(PanelServer.assigned_accounts, PanelServer.id)
    .limit(1)
    .with_for_update()
    .scalar_subquery()
)
_RESERVE = (
    update(PanelServer)
    .where(PanelServer.id == _WITH_ROOM)
    .values(assigned_accounts=PanelServer.assigned_accounts + 1)
    .returning(PanelServer)
    .execution_options(synchronize_session=False, populate_existing=True)
)


async def reserve_server(session: Session) -> PanelServer | None:
    """Take a place on the active server with the fewest accounts; None when none has room.

    The server's row stays locked until the commit, so that two callers never take the same last place.
    """
    return (await session.scalars(_RESERVE)).one_or_none()


async def release_server(session: Session, server_id: uuid.UUID) -> None:
    """Give a place on a server back."""
    await session.execute(
        update(PanelServer)
        .where(PanelServer.id == server_id)
        .values(assigned_accounts=func.greatest(PanelServer.assigned_accounts - 1, 0))
        .execution_options(synchronize_session=False)
    )


async def insert_account(
    session: Session,
    *,
    account_id: uuid.UUID,
    user_id: uuid.UUID,
    license_id: uuid.UUID,
    server_id: uuid.UUID,
    status: str,
) -> PanelAccount | None:
    """Insert the account of a license; None when the license has one already."""
    statement = (
        insert(PanelAccount)
        .values(id=account_id, user_id=user_id, license_id=license_id, panel_server_id=server_id, status=status)
        .on_conflict_do_nothing(index_elements=["license_id"])
        .returning(PanelAccount)
    )
    return (await session.scalars(statement)).one_or_none()


async def get_account_of_user(session: Session, account_id: uuid.UUID, user_id: uuid.UUID) -> PanelAccount | None:
    statement = select(PanelAccount).where(PanelAccount.id == account_id, PanelAccount.user_id == user_id)
    return (await session.scalars(statement)).one_or_none()


async def get_account_by_license(session: Session, license_id: uuid.UUID) -> PanelAccount | None:
    return (await session.scalars(select(PanelAccount).where(PanelAccount.license_id == license_id))).one_or_none()


async def list_accounts_of_user(
    session: Session, user_id: uuid.UUID, *, cursor: str | None, limit: int
) -> Sequence[PanelAccount]:
    statement = keyset(select(PanelAccount).where(PanelAccount.user_id == user_id), PanelAccount.id, cursor, limit)
    return (await session.scalars(statement)).all()


async def get_server(session: Session, server_id: uuid.UUID, *, for_update: bool = False) -> PanelServer | None:
    statement = select(PanelServer).where(PanelServer.id == server_id)
    if for_update:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(statement)).one_or_none()


async def get_id_by_name(session: Session, name: str) -> uuid.UUID | None:
    return (await session.scalars(select(PanelServer.id).where(PanelServer.name == name))).one_or_none()


def servers() -> AnySelect:
    """Select every server, column by column."""
    return select(*PanelServer.__table__.c)


async def get_server_or_raise(session: Session, server_id: uuid.UUID) -> PanelServer:
    """Return a server an account refers to; there always is one."""
    return (await session.scalars(select(PanelServer).where(PanelServer.id == server_id))).one()


async def get_account_or_raise(session: Session, account_id: uuid.UUID) -> PanelAccount:
    """Return an account we know to be there, locked until the commit."""
    statement = select(PanelAccount).where(PanelAccount.id == account_id).with_for_update()
    return (await session.scalars(statement)).one()


async def get_account_by_license_or_raise(session: Session, license_id: uuid.UUID) -> PanelAccount:
    return (await session.scalars(select(PanelAccount).where(PanelAccount.license_id == license_id))).one()
