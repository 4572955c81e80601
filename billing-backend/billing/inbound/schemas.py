import uuid
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from billing.inbound.models import EventSource, EventStatus


class EventOut(BaseModel):
    """A received event without its payload."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    source: EventSource
    external_id: str
    event_type: str
    api_version: str | None
    status: EventStatus
    attempts: int
    next_attempt_at: datetime | None
    processed_at: datetime | None
    error_message: str | None
    created_at: datetime


class EventDetail(EventOut):
    """A received event with the payload as it came."""

    payload: dict[str, object]
