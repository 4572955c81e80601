import uuid

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from nextpanel.kit.db import Base
from service_kit.db import CreatedAt, JsonObject, UuidPk


class AuditEntry(Base):
    """One thing that was done. `actor` is `billing`, `panel` or `account:<id>`; never updated."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index(None, "account_id", "id"),)

    id: Mapped[UuidPk]
    created_at: Mapped[CreatedAt]
    account_id: Mapped[uuid.UUID | None]
    actor: Mapped[str] = mapped_column(String(60))
    action: Mapped[str] = mapped_column(String(60))
    detail: Mapped[JsonObject]
