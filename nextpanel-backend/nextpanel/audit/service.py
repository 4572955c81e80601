import uuid
from collections.abc import Mapping

from sqlalchemy.ext.asyncio import AsyncSession

from nextpanel.audit.models import AuditEntry

BILLING = "billing"
PANEL = "panel"


def customer(account_id: uuid.UUID) -> str:
    return f"account:{account_id}"


def record(
    session: AsyncSession,
    *,
    actor: str,
    action: str,
    account_id: uuid.UUID | None,
    detail: Mapping[str, object] | None = None,
) -> None:
    """Add an entry to the caller's transaction; `detail` must hold no secret."""
    session.add(AuditEntry(actor=actor, action=action, account_id=account_id, detail=dict(detail or {})))
