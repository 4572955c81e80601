"""Panel servers, and the hosting accounts licenses have on them."""

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, UpdatedAt, UuidPk, enum_text, one_of


class PanelAccountStatus(StrEnum):
    """`creating` from the moment a server is chosen until the panel has answered."""

    CREATING = "creating"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    TERMINATED = "terminated"


class PanelServer(Base):
    """A NextPanel installation we host accounts on. `id` is the audience of the tokens sent to it.

    `max_accounts` NULL is "as many as come"; `assigned_accounts` counts the accounts placed here and not terminated.
    """

    __tablename__ = "panel_servers"
    __table_args__ = (CheckConstraint("assigned_accounts >= 0", name="assigned_not_negative"),)

    id: Mapped[UuidPk]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    base_url: Mapped[str] = mapped_column(String(500))
    max_accounts: Mapped[int | None]
    assigned_accounts: Mapped[int] = mapped_column(default=0)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]


class PanelAccount(Base):
    """The hosting account of one license. `setup_url_encrypted` is the one-time link of the welcome mail.

    `entitlements_version` is the license's version that the panel was told last; `next_sync_at` is when to tell it
    again after a failure.
    """

    __tablename__ = "panel_accounts"
    __table_args__ = (
        one_of("status", PanelAccountStatus),
        UniqueConstraint("panel_server_id", "nextpanel_account_id"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    license_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("licenses.id"), unique=True)
    panel_server_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_servers.id"), index=True)
    nextpanel_account_id: Mapped[str | None] = mapped_column(String(64))
    username: Mapped[str | None] = mapped_column(String(200))
    login_url: Mapped[str | None] = mapped_column(String(500))
    status: Mapped[PanelAccountStatus] = mapped_column(
        enum_text(PanelAccountStatus), default=PanelAccountStatus.CREATING
    )
    setup_url_encrypted: Mapped[str | None] = mapped_column(Text)
    setup_expires_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    entitlements_version: Mapped[int] = mapped_column(default=0, server_default="0")
    sync_failures: Mapped[int] = mapped_column(default=0, server_default="0")
    sync_error: Mapped[str | None] = mapped_column(String(300))
    next_sync_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    def mark_created(
        self, *, nextpanel_account_id: str, username: str, login_url: str, setup: tuple[str, datetime] | None
    ) -> None:
        """Store the panel's answer; `setup` is the encrypted one-time link and when it ends.

        Of two answers at once the later link is the one that still works, whichever is stored first.
        """
        self.nextpanel_account_id = nextpanel_account_id
        self.username = username
        self.login_url = login_url
        if setup is not None and (self.setup_expires_at is None or self.setup_expires_at < setup[1]):
            self.setup_url_encrypted, self.setup_expires_at = setup
        if self.status == PanelAccountStatus.CREATING:
            self.status = PanelAccountStatus.ACTIVE

    def mark_status(self, status: PanelAccountStatus) -> None:
        """Note the status that the panel has confirmed; the end is final."""
        if self.status is not PanelAccountStatus.TERMINATED:
            self.status = status

    def mark_told(self, version: int) -> None:
        """Note that the panel knows this version; an answer that comes late takes nothing back."""
        self.entitlements_version = max(self.entitlements_version, version)
        self.sync_failures, self.sync_error, self.next_sync_at = 0, None, None

    def postpone_telling(self, until: datetime, error: str) -> None:
        self.sync_failures += 1
        self.sync_error, self.next_sync_at = error[:300], until
