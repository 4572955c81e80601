import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from billing.flows.reconcile.models import FindingList, ObjectKind, RunStatus


class ReconcileRunOut(BaseModel):
    """A comparison. `compared` counts objects by kind, `skipped` names who did not answer."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    status: RunStatus
    started_by: str = Field(examples=["nightly"])
    since: datetime = Field(description="Objects made since, and all open ones, were compared.")
    compared: dict[str, object] = Field(examples=[{"invoice": 120, "payment": 118}])
    skipped: list[object]
    finding_count: int
    repaired_count: int
    error: str | None
    started_at: datetime
    finished_at: datetime | None


class ReconcileFindingOut(BaseModel):
    """A difference. `detail` has what each side says, by field."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    list: FindingList
    object_kind: ObjectKind
    external_id: str | None = Field(examples=["in_1"])
    local_id: str | None
    detail: dict[str, object] = Field(examples=[{"status": {"there": "paid", "here": "open"}}])
    is_repaired: bool
    outcome: str = Field(description="`repaired`, or why it is left to a person.", examples=["repaired"])
    created_at: datetime
