"""Write the audit trail, in the transaction that does the thing."""

import uuid
from collections.abc import Mapping
from typing import Any

import structlog
from pydantic_core import to_jsonable_python

from billing.audit.models import ActorKind, AuditEntry
from billing.kit.db import Session
from service_kit.logs import mask


def _values(values: Mapping[str, object] | None) -> dict[str, object] | None:
    if values is None:
        return None
    jsonable: dict[str, Any] = to_jsonable_python(dict(values))
    masked: dict[str, object] = mask(jsonable)
    return masked


async def record(
    session: Session,
    *,
    actor_user_id: uuid.UUID | None,
    action: str,
    object_type: str,
    object_id: uuid.UUID | str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    ip: str | None = None,
    actor_kind: ActorKind | None = None,
) -> None:
    """Add an entry; it commits or vanishes with the caller's transaction.

    `action` is `noun.verb` (`order.resolved`). `before` and `after` hold only the fields that changed; whatever looks
    like one of our secrets is masked. `actor_user_id` is None for the system's own doing.
    `actor_kind` is the transaction's subject unless given, as for a customer who acts before logging in.
    """
    kind = actor_kind or ActorKind(session.subject.kind)
    request_id = structlog.contextvars.get_contextvars().get("request_id")
    session.add(
        AuditEntry(
            actor_user_id=actor_user_id,
            actor_kind=ActorKind.SYSTEM if actor_user_id is None else kind,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            before=_values(before),
            after=_values(after),
            ip=ip,
            request_id=request_id,
        )
    )
    await session.flush()
