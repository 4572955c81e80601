import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from nextpanel.kit.db import Base
from service_kit.db import CreatedAt, Timestamp, UpdatedAt, UuidPk, one_of


class DatabaseStatus(StrEnum):
    """CREATING → ACTIVE → DELETING → DELETED; a creation that fails goes UNDOING → FAILED."""

    CREATING = "creating"
    ACTIVE = "active"
    UNDOING = "undoing"
    FAILED = "failed"
    DELETING = "deleting"
    DELETED = "deleted"


class UsageState(StrEnum):
    """What billing counts for the row: nothing, perhaps one, one, or one that was handed back."""

    NONE = "none"
    RESERVING = "reserving"
    RESERVED = "reserved"
    RETURNED = "returned"


UNSETTLED = (DatabaseStatus.CREATING, DatabaseStatus.UNDOING, DatabaseStatus.DELETING)
VISIBLE = (DatabaseStatus.CREATING, DatabaseStatus.ACTIVE, DatabaseStatus.DELETING)
_TAKEN = "status NOT IN ('failed', 'deleted')"


class CustomerDatabase(Base):
    """A customer's database as wanted; the engine holds the real one.

    Its id is the idempotency key of its usage. `claim` belongs to whoever works on the row until `due_at`; after
    that anybody may take it over, and the first one's later writes find their claim gone. `is_locked` is what
    the engine was last told about log-ins.
    """

    __tablename__ = "databases"
    __table_args__ = (
        one_of("status", DatabaseStatus),
        one_of("usage", UsageState),
        Index("uq_databases_account_id_name_taken", "account_id", "name", unique=True, postgresql_where=text(_TAKEN)),
        Index("uq_databases_database_name_taken", "database_name", unique=True, postgresql_where=text(_TAKEN)),
        Index(None, "account_id", "id"),
        Index("ix_databases_due_at_taken", "due_at", postgresql_where=text(_TAKEN)),
    )

    id: Mapped[UuidPk]
    account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("accounts.id", ondelete="RESTRICT"))
    name: Mapped[str] = mapped_column(String(40))
    database_name: Mapped[str] = mapped_column(String(63))
    status: Mapped[str] = mapped_column(String(10))
    usage: Mapped[str] = mapped_column(String(10))
    is_locked: Mapped[bool] = mapped_column(default=False)
    claim: Mapped[uuid.UUID | None]
    due_at: Mapped[Timestamp]
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(String(60))
    backup_file: Mapped[str | None] = mapped_column(String(100))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]
    deleted_at: Mapped[datetime | None]
