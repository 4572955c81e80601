import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import DateTime, ForeignKey, Index, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from billing.kit.db import Base
from service_kit.db import CreatedAt, Timestamp, UuidPk, enum_text, one_of


class RunStatus(StrEnum):
    RUNNING = "running"
    FINISHED = "finished"
    FAILED = "failed"


class FindingList(StrEnum):
    """The three lists. `there` is Stripe or a panel server, `here` is our database."""

    ONLY_THERE = "only_there"
    ONLY_HERE = "only_here"
    DIFFERENT = "different"


class ObjectKind(StrEnum):
    SUBSCRIPTION = "subscription"
    INVOICE = "invoice"
    PAYMENT = "payment"
    REFUND = "refund"
    PANEL_ACCOUNT = "panel_account"
    LEDGER = "ledger"


class ReconcileRun(Base):
    """One comparison. `compared` counts the objects looked at by kind; `skipped` says what could not be looked at."""

    __tablename__ = "reconcile_runs"
    __table_args__ = (one_of("status", RunStatus), one_of("started_by", ("nightly", "command", "staff")))

    id: Mapped[UuidPk]
    status: Mapped[RunStatus] = mapped_column(enum_text(RunStatus), default=RunStatus.RUNNING)
    started_by: Mapped[str] = mapped_column(String(24))
    since: Mapped[Timestamp]
    compared: Mapped[dict[str, object]] = mapped_column(JSONB, default=dict)
    skipped: Mapped[list[object]] = mapped_column(JSONB, default=list)
    finding_count: Mapped[int] = mapped_column(default=0)
    repaired_count: Mapped[int] = mapped_column(default=0)
    error: Mapped[str | None] = mapped_column(Text)
    started_at: Mapped[Timestamp]
    finished_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))

    def count(self, *, is_repaired: bool) -> None:
        self.finding_count += 1
        self.repaired_count += is_repaired

    def finish(self, at: datetime, *, compared: dict[str, object], skipped: list[object]) -> None:
        self.status, self.finished_at = RunStatus.FINISHED, at
        self.compared, self.skipped = compared, skipped

    def fail(self, at: datetime, error: str) -> None:
        self.status, self.finished_at, self.error = RunStatus.FAILED, at, error


class ReconcileFinding(Base):
    """One difference. `external_id` is its name at the other side, `local_id` ours; `detail` the fields that differ.

    `outcome` says what was done: `repaired`, or why it is left to a person.
    """

    __tablename__ = "reconcile_findings"
    __table_args__ = (
        one_of("list", FindingList),
        one_of("object_kind", ObjectKind),
        Index(None, "run_id", "id"),
        Index(None, "object_kind", "external_id"),
    )

    id: Mapped[UuidPk]
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("reconcile_runs.id"))
    list: Mapped[FindingList] = mapped_column(enum_text(FindingList))
    object_kind: Mapped[ObjectKind] = mapped_column(enum_text(ObjectKind))
    external_id: Mapped[str | None] = mapped_column(String(255))
    local_id: Mapped[str | None] = mapped_column(String(64))
    detail: Mapped[dict[str, object]] = mapped_column(JSONB, default=dict)
    is_repaired: Mapped[bool] = mapped_column(default=False)
    outcome: Mapped[str] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
