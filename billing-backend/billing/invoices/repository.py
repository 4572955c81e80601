import uuid
from collections.abc import Sequence

from sqlalchemy import select

from billing.invoices.models import Invoice
from billing.kit.db import Session
from billing.kit.pagination import keyset


async def list_own(session: Session, user_id: uuid.UUID, cursor: str | None, limit: int) -> Sequence[Invoice]:
    statement = keyset(select(Invoice).where(Invoice.user_id == user_id), Invoice.id, cursor, limit)
    return (await session.execute(statement)).scalars().all()


async def get_own(session: Session, invoice_id: uuid.UUID, user_id: uuid.UUID) -> Invoice | None:
    statement = select(Invoice).where(Invoice.id == invoice_id, Invoice.user_id == user_id)
    return (await session.execute(statement)).scalar_one_or_none()
