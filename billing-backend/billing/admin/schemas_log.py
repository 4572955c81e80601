"""What happened around a customer, and what staff wrote down about them."""

import uuid
from datetime import datetime
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from service_kit.fields import Text


class HappeningKind(StrEnum):
    AUDIT = "audit"
    ORDER = "order"
    INVOICE = "invoice"
    PAYMENT = "payment"
    REFUND = "refund"
    MAIL = "mail"
    NOTE = "note"


class Happening(BaseModel):
    """One thing in a customer's timeline; `id` is that of the row of its kind.

    `title` is an action, a number, a subject or a note's text; `amount` in minor units of `currency`.
    """

    model_config = ConfigDict(from_attributes=True)

    kind: HappeningKind
    id: uuid.UUID
    at: datetime
    title: str
    status: str | None
    amount: int | None
    currency: str | None
    actor_user_id: uuid.UUID | None


class NoteIn(BaseModel):
    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"body": "Called on 20 November: moves in January."}]}
    )

    body: Text


class NoteOut(BaseModel):
    """A note. Its author may delete it."""

    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    user_id: uuid.UUID
    author_id: uuid.UUID
    author_name: str
    body: str
    created_at: datetime
