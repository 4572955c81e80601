"""Databases of the logged-in owner."""

import uuid
from typing import Any

from fastapi import APIRouter, Response

from nextpanel.accounts.dependencies import ActiveOwner, CurrentOwner
from nextpanel.accounts.errors import AccountSuspended
from nextpanel.databases import repository
from nextpanel.databases.actions.create import create_database
from nextpanel.databases.actions.delete import delete_database
from nextpanel.databases.dependencies import Tools
from nextpanel.databases.errors import CreationTimedOut, DatabaseBusy, DatabaseNameTaken, DatabaseNotFound
from nextpanel.databases.models import DatabaseStatus
from nextpanel.databases.ports import EngineUnavailable
from nextpanel.databases.schemas import DatabaseIn, DatabaseOut, NewDatabaseOut
from nextpanel.kit.db import Transaction
from nextpanel.kit.idempotency import REPLAYED_HEADER, IdempotencyKey, IdempotencyMismatch, RequestInProgress
from nextpanel.kit.pages import Cursor, InvalidCursor, Limit, Page
from nextpanel.licensing.errors import BillingDown, LicenseRefused, QuotaUsedUp
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/databases", tags=["databases"])

_CREATE_PROBLEMS = responses(
    Unauthenticated,
    AccountSuspended,
    LicenseRefused,
    QuotaUsedUp,
    DatabaseNameTaken,
    RequestInProgress,
    IdempotencyMismatch,
    BillingDown,
    EngineUnavailable,
    CreationTimedOut,
)


@router.post("", status_code=201, responses=_CREATE_PROBLEMS)
async def create(
    body: DatabaseIn, owner: ActiveOwner, tools: Tools, response: Response, key: IdempotencyKey = None
) -> NewDatabaseOut:
    """Create a PostgreSQL database with a role of its own, if the license has quota left.

    The password is shown in this answer only. With an `Idempotency-Key` a repeat within 24 hours gets the same
    answer, password included, marked `Idempotent-Replayed: true`; a failed attempt frees its key.
    """
    created, replayed = await create_database(tools, account_id=owner.account_id, name=body.name, idempotency_key=key)
    if replayed:
        response.headers[REPLAYED_HEADER] = "true"
    return created


@router.get("", responses=responses(Unauthenticated, InvalidCursor))
async def list_all(
    owner: CurrentOwner, tools: Tools, session: Transaction, cursor: Cursor = None, limit: Limit = 50
) -> Page[DatabaseOut]:
    """List your databases, oldest first."""
    rows, following = await repository.list_databases(session, account_id=owner.account_id, cursor=cursor, limit=limit)
    return Page(items=[DatabaseOut.of(row, tools.engine.endpoint) for row in rows], next_cursor=following)


@router.get("/{database_id}", responses=responses(Unauthenticated, DatabaseNotFound))
async def get(database_id: uuid.UUID, owner: CurrentOwner, tools: Tools, session: Transaction) -> DatabaseOut:
    """Show one of your databases."""
    row = await repository.get_database(session, account_id=owner.account_id, database_id=database_id)
    if row is None:
        raise DatabaseNotFound
    return DatabaseOut.of(row, tools.engine.endpoint)


_DELETE_PROBLEMS: dict[int | str, dict[str, Any]] = {
    202: {"description": "Still being deleted; this finishes by itself", "model": DatabaseOut},
    **responses(Unauthenticated, AccountSuspended, DatabaseNotFound, DatabaseBusy),
}


@router.delete("/{database_id}", status_code=204, responses=_DELETE_PROBLEMS, response_model=None)
async def delete(database_id: uuid.UUID, owner: ActiveOwner, tools: Tools) -> Response:
    """Delete a database with everything in it, at once and for good, and hand its quota back."""
    row = await delete_database(tools, account_id=owner.account_id, database_id=database_id)
    if row.status == DatabaseStatus.DELETED:
        return Response(status_code=204)
    shown = DatabaseOut.of(row, tools.engine.endpoint)
    return Response(shown.model_dump_json(), status_code=202, media_type="application/json")
