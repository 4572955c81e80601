"""What an account's status is to be, as a row that is worked on until the panel has confirmed it."""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import DateTime, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from billing.panels.models import PanelAccountStatus
from service_kit.db import CreatedAt, UpdatedAt, UuidPk, enum_text, one_of

WANTED = (PanelAccountStatus.ACTIVE, PanelAccountStatus.SUSPENDED, PanelAccountStatus.TERMINATED)


class CommandStatus(StrEnum):
    """`needs_attention` may still be tried, seldom: what staff mend at the panel is found without them."""

    PENDING = "pending"
    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    NEEDS_ATTENTION = "needs_attention"


CLAIMABLE = (CommandStatus.PENDING, CommandStatus.WAITING, CommandStatus.NEEDS_ATTENTION)


class PanelCommand(Base):
    """The wanted status of one account; the last wish counts, so an account has one row and no queue.

    `revision` rises with each wish and makes the idempotency key at the panel; whoever carries out an older one leaves
    the row due. `attempts` counts claims, so it tells one holder from the next. `next_attempt_at` is null when done,
    and when only a person can go on.
    """

    __tablename__ = "panel_commands"
    __table_args__ = (
        one_of("wanted_status", WANTED),
        one_of("status", CommandStatus),
        Index("ix_panel_commands_due", "next_attempt_at", postgresql_where=text("status <> 'done'")),
        Index(
            "ix_panel_commands_attention",
            "id",
            postgresql_where=text("status = 'needs_attention'"),
        ),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    panel_account_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("panel_accounts.id"), unique=True)
    wanted_status: Mapped[PanelAccountStatus] = mapped_column(enum_text(PanelAccountStatus))
    reason: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int] = mapped_column(default=1)
    status: Mapped[CommandStatus] = mapped_column(enum_text(CommandStatus), default=CommandStatus.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    next_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error_code: Mapped[str | None] = mapped_column(String(80))
    last_error: Mapped[str | None] = mapped_column(Text)
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_final(self) -> bool:
        """Whether the end of the account was wished for: nothing brings it back."""
        return self.wanted_status is PanelAccountStatus.TERMINATED

    def want(self, status: PanelAccountStatus, reason: str, at: datetime) -> None:
        """Wish for another status. One that is being carried out right now goes on and leaves the row due."""
        self.wanted_status, self.reason = status, reason
        self.start_over(at)

    def start_over(self, at: datetime) -> None:
        """Be due as if nothing had failed yet, and under a new key: the panel may repeat a refusal of the old one."""
        self.revision += 1
        if self.status is not CommandStatus.RUNNING:
            self.status = CommandStatus.PENDING
        self.failures, self.next_attempt_at, self.finished_at = 0, at, None

    def release(self, at: datetime) -> None:
        """Let go of a row whose wish has changed meanwhile: it is due at once."""
        self.status, self.lease_until, self.next_attempt_at = CommandStatus.PENDING, None, at

    def mark_done(self, at: datetime) -> None:
        self.status, self.finished_at = CommandStatus.DONE, at
        self.lease_until = self.next_attempt_at = self.last_error_code = self.last_error = None
        self.failures = 0

    def postpone(self, at: datetime, pause: timedelta, code: str, message: str) -> None:
        self.status, self.lease_until, self.next_attempt_at = CommandStatus.WAITING, None, at + pause
        self.last_error_code, self.last_error = code, message

    def give_up(self, until: datetime | None, code: str, message: str) -> None:
        """Hand it to a person; with `until` it is tried again then all the same."""
        self.status, self.lease_until, self.next_attempt_at = CommandStatus.NEEDS_ATTENTION, None, until
        self.last_error_code, self.last_error = code, message
