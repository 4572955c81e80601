"""Dunning cases, and the brake that stops a run which would hit too many."""

import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import DateTime, ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from billing.flows.dunning.periods import Periods
from billing.kit.db import Base
from service_kit.db import CreatedAt, Timestamp, UpdatedAt, UuidPk, enum_text, one_of


class CaseKind(StrEnum):
    """`unpaid`: a renewal failed. `ended`: the subscription was cancelled, and its paid time runs out."""

    UNPAID = "unpaid"
    ENDED = "ended"


class CaseStage(StrEnum):
    GRACE = "grace"
    ENDING = "ending"
    SUSPENDED = "suspended"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"
    TERMINATED = "terminated"
    RECOVERED = "recovered"


class Act(StrEnum):
    """What time brings to a case; each takes something from the customer, so each has to pass the brake."""

    SUSPEND = "suspend"
    END = "end"
    CANCEL = "cancel"
    TERMINATE = "terminate"


class BrakeStatus(StrEnum):
    PENDING = "pending"
    CONFIRMED = "confirmed"
    REJECTED = "rejected"


class DunningCase(Base):
    """One subscription that is not paid for, or ended; at most one is open for each.

    `suspend_at`, `cancel_at` and `terminate_at` are what the customer was told: later settings don't move them. A mail
    or an act is due at `next_action_at`, null when closed. `cleared_for` is the act that has passed the brake,
    `brake_id` the brake that holds the case or let it pass. `stripe_invoice_id` is the invoice that failed first; an
    ended subscription has none. `attempts` counts claims by workers, so it tells one from the next.
    """

    __tablename__ = "dunning_cases"
    __table_args__ = (
        one_of("kind", CaseKind),
        one_of("stage", CaseStage),
        one_of("cleared_for", Act),
        Index("uq_dunning_cases_open", "subscription_id", unique=True, postgresql_where=text("closed_at IS NULL")),
        Index("ix_dunning_cases_due", "next_action_at", postgresql_where=text("closed_at IS NULL")),
        Index(None, "subscription_id", "id"),
        Index(None, "cleared_at"),
    )

    id: Mapped[UuidPk]
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    subscription_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("subscriptions.id"))
    license_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("licenses.id"), index=True)
    kind: Mapped[CaseKind] = mapped_column(enum_text(CaseKind))
    stage: Mapped[CaseStage] = mapped_column(enum_text(CaseStage))
    stripe_invoice_id: Mapped[str | None] = mapped_column(String(255), index=True)
    needs_confirmation: Mapped[bool] = mapped_column(default=False)
    payment_attempts: Mapped[int] = mapped_column(default=0)
    next_payment_attempt_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    opened_at: Mapped[Timestamp]
    suspend_at: Mapped[Timestamp]
    cancel_at: Mapped[Timestamp]
    terminate_at: Mapped[Timestamp]
    mails_sent: Mapped[int] = mapped_column(default=0)
    next_action_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cleared_for: Mapped[Act | None] = mapped_column(enum_text(Act))
    cleared_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    brake_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("dunning_brakes.id"), index=True)
    suspended_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    cancelled_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    terminated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    recovered_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    closed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    attempts: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    last_error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[UpdatedAt]

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def act(self) -> Act | None:
        """What comes next in this stage, None at the end."""
        return {
            CaseStage.GRACE: Act.SUSPEND,
            CaseStage.ENDING: Act.END,
            CaseStage.SUSPENDED: Act.CANCEL,
            CaseStage.CANCELLING: Act.CANCEL,
            CaseStage.CANCELLED: Act.TERMINATE,
        }.get(self.stage)

    @property
    def act_at(self) -> datetime:
        """When that is due."""
        times = {Act.CANCEL: self.cancel_at, Act.TERMINATE: self.terminate_at}
        return self.suspend_at if self.act is None else times.get(self.act, self.suspend_at)

    def due_act(self, now: datetime) -> Act | None:
        """Return the act whose time has come and that may be done: it has passed the brake."""
        is_due = self.is_open and self.act is not None and self.act_at <= now and self.cleared_for == self.act
        return self.act if is_due else None

    def due_mail(self, periods: Periods, now: datetime) -> str | None:
        """Return the label of the latest mail that is due, and count it and those before it as sent."""
        if self.stage is not CaseStage.GRACE:
            return None
        due = [label for label, at in periods.mails(self.opened_at, self.suspend_at) if at <= now]
        if len(due) <= self.mails_sent:
            return None
        self.mails_sent = len(due)
        return due[-1]

    def plan(self, periods: Periods) -> None:
        """Set when to look next: at the next mail or the next act. Ends a worker's claim."""
        self.lease_until = None
        if not self.is_open:
            self.next_action_at = None
            return
        mails = periods.mails(self.opened_at, self.suspend_at) if self.stage is CaseStage.GRACE else []
        self.next_action_at = min([at for _, at in mails[self.mails_sent :]] + [self.act_at])

    def note_attempt(self, count: int, next_at: datetime | None, *, needs_confirmation: bool) -> None:
        """Mirror the provider's tries; a late answer takes none back."""
        if count >= self.payment_attempts:
            self.payment_attempts, self.next_payment_attempt_at = count, next_at
            self.needs_confirmation = needs_confirmation

    def postpone(self, until: datetime, error: str) -> None:
        """Try again later what could not be done now."""
        self.failures += 1
        self.last_error, self.next_action_at, self.lease_until = error[:2000], until, None

    def suspend(self, at: datetime) -> None:
        self._enter(CaseStage.SUSPENDED)
        self.suspended_at = at

    def start_cancelling(self) -> None:
        """From here on only the money itself brings the subscription back: its invoices are being voided."""
        self.stage = CaseStage.CANCELLING

    def cancel(self, at: datetime, periods: Periods) -> None:
        """Note the end of the subscription; the data are kept for as long as the customer is told."""
        self._enter(CaseStage.CANCELLED)
        self.suspended_at = self.suspended_at or at
        self.cancelled_at = at
        self.terminate_at = at + periods.retention

    def terminate(self, at: datetime) -> None:
        self._enter(CaseStage.TERMINATED)
        self.terminated_at = self.closed_at = at

    def recover(self, at: datetime) -> None:
        self._enter(CaseStage.RECOVERED)
        self.recovered_at = self.closed_at = at

    def clear(self, at: datetime, brake_id: uuid.UUID | None = None) -> None:
        """Let the next act happen."""
        self.cleared_for, self.cleared_at, self.brake_id = self.act, at, brake_id

    def push_back(self, by: timedelta, now: datetime) -> None:
        """Move the next act to `by` from now, and with it those that follow."""
        moved = now + by - self.act_at
        if self.act in {Act.SUSPEND, Act.END}:
            self.suspend_at += moved
        if self.act is not Act.TERMINATE:
            self.cancel_at += moved
        self.terminate_at += moved
        self.brake_id = None

    def _enter(self, stage: CaseStage) -> None:
        self.stage = stage
        self.cleared_for = self.last_error = None
        self.failures = 0


class DunningBrake(Base):
    """A run that stopped before it did anything. `limit` is what it might have done, `account_count` of how many."""

    __tablename__ = "dunning_brakes"
    __table_args__ = (
        one_of("status", BrakeStatus),
        Index("uq_dunning_brakes_pending", "status", unique=True, postgresql_where=text("status = 'pending'")),
    )

    id: Mapped[UuidPk]
    status: Mapped[BrakeStatus] = mapped_column(enum_text(BrakeStatus), default=BrakeStatus.PENDING)
    limit: Mapped[int]
    account_count: Mapped[int]
    decided_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[CreatedAt]

    def decide(self, status: BrakeStatus, by: uuid.UUID | None, at: datetime) -> None:
        self.status, self.decided_by, self.decided_at = status, by, at
