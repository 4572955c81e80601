"""A customer's licenses and their API keys."""

import uuid
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from billing.accounts.actions.change_credentials import check_current_password
from billing.accounts.dependencies import ClientIp, CurrentPrincipal, CustomerSession, Parts
from billing.accounts.errors import CurrentPasswordWrong
from billing.accounts.schemas import PasswordAgain
from billing.kit.container import provided
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.kit.idempotency import (
    REPLAYED_HEADER,
    IdempotencyKeyMissing,
    IdempotencyMismatch,
    KeyHeader,
    claim,
    request_hash,
    require_key,
)
from billing.kit.pagination import Cursor, InvalidCursor, Limit, Page, cut
from billing.kit.ratelimit import RateLimited, RateLimiter, Rule
from billing.licenses import repository
from billing.licenses.actions.keys import SECRET_PURPOSE, create_key, revoke_key
from billing.licenses.actions.reveal import reveal_own_key
from billing.licenses.errors import ApiKeyLimitReached, ApiKeyNotFound, LicenseNotFound, LicenseStateConflict
from billing.licenses.schemas import (
    ApiKeyIn,
    ApiKeyOut,
    CreatedApiKeyOut,
    LicenseDetailOut,
    LicenseOut,
    RevealedKeyOut,
)
from billing.licenses.service import get_own_license_or_raise
from service_kit.errors import Unauthenticated
from service_kit.problems import responses

router = APIRouter(prefix="/api/v1/licenses", tags=["licenses"], responses=responses(Unauthenticated))

Secrets = Annotated[Vault, Depends(provided(Vault))]

_REVEALS = Rule("license_reveal", 10)


@router.get("", responses=responses(InvalidCursor))
async def list_licenses(
    principal: CurrentPrincipal, session: CustomerSession, cursor: Cursor = None, limit: Limit = 20
) -> Page[LicenseOut]:
    """List your licenses, newest first."""
    rows = await repository.list_licenses_of_user(session, principal.user_id, cursor=cursor, limit=limit)
    page, next_cursor = cut(rows, limit)
    return Page(items=[LicenseOut.model_validate(row) for row in page], next_cursor=next_cursor)


@router.get("/{license_id}", responses=responses(LicenseNotFound))
async def get_license(license_id: uuid.UUID, principal: CurrentPrincipal, session: CustomerSession) -> LicenseDetailOut:
    """Show one of your licenses with what it grants and what of it is used."""
    found = await get_own_license_or_raise(session, license_id, principal.user_id)
    return LicenseDetailOut.of(found, await repository.used(session, found.id))


@router.post("/{license_id}/reveal", responses=responses(LicenseNotFound, CurrentPasswordWrong, RateLimited))
async def reveal_license_key(
    license_id: uuid.UUID,
    body: PasswordAgain,
    principal: CurrentPrincipal,
    database: Annotated[Database, Depends(provided(Database))],
    vault: Secrets,
    limiter: Annotated[RateLimiter, Depends(provided(RateLimiter))],
    parts: Parts,
    ip: ClientIp,
) -> RevealedKeyOut:
    """Show the whole license key. Asks for your password; each look is written to the audit trail."""
    await limiter.enforce(_REVEALS, str(principal.user_id))
    await check_current_password(parts, principal, body.current_password)
    async with database.transaction(Subject.customer(principal.user_id)) as session:
        key = await reveal_own_key(session, vault, license_id=license_id, user_id=principal.user_id, ip=ip)
    return RevealedKeyOut(license_key=key)


@router.get("/{license_id}/api-keys", responses=responses(LicenseNotFound, InvalidCursor))
async def list_api_keys(
    license_id: uuid.UUID,
    principal: CurrentPrincipal,
    session: CustomerSession,
    cursor: Cursor = None,
    limit: Limit = 20,
) -> Page[ApiKeyOut]:
    """List the API keys of one of your licenses, newest first, without their secrets."""
    found = await get_own_license_or_raise(session, license_id, principal.user_id)
    rows = await repository.list_keys(session, found.id, cursor=cursor, limit=limit)
    page, next_cursor = cut(rows, limit)
    return Page(items=[ApiKeyOut.model_validate(row) for row in page], next_cursor=next_cursor)


@router.post(
    "/{license_id}/api-keys",
    status_code=201,
    responses=responses(
        LicenseNotFound, LicenseStateConflict, ApiKeyLimitReached, IdempotencyKeyMissing, IdempotencyMismatch
    ),
)
async def create_api_key(
    license_id: uuid.UUID,
    body: ApiKeyIn,
    response: Response,
    principal: CurrentPrincipal,
    session: CustomerSession,
    vault: Secrets,
    idempotency_key: KeyHeader = None,
) -> CreatedApiKeyOut:
    """Create an API key for one of your licenses. The secret is in this answer and nowhere else."""
    found = await get_own_license_or_raise(session, license_id, principal.user_id)
    record, is_new = await claim(
        session,
        scope=f"user:{principal.user_id}",
        operation="create_api_key",
        key=require_key(idempotency_key),
        body_hash=request_hash(body.model_dump(mode="json") | {"license_id": str(license_id)}),
    )
    if not is_new and record.resource_id is not None:
        response.headers[REPLAYED_HEADER] = "true"
        key = await repository.get_key_of_license(session, record.resource_id, found.id)
        if key is None:
            raise ApiKeyNotFound
        return CreatedApiKeyOut.of(key, vault.decrypt(key.secret_encrypted, purpose=SECRET_PURPOSE))
    created = await create_key(
        session,
        vault,
        license_row=found,
        name=body.name,
        permissions=body.permissions,
        expires_at=body.expires_at,
        actor_user_id=principal.user_id,
    )
    record.resource_id = created.key.id
    return CreatedApiKeyOut.of(created.key, created.secret)


@router.delete("/{license_id}/api-keys/{key_id}", status_code=204, responses=responses(LicenseNotFound, ApiKeyNotFound))
async def revoke_api_key(
    license_id: uuid.UUID, key_id: uuid.UUID, principal: CurrentPrincipal, session: CustomerSession
) -> None:
    """Revoke an API key: it stops working at once and can't be brought back."""
    found = await get_own_license_or_raise(session, license_id, principal.user_id)
    await revoke_key(session, key_id=key_id, license_id=found.id, actor_user_id=principal.user_id)
