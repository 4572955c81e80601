"""The license API: what panels ask, signed in both directions."""

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import APIKeyHeader
from pydantic import BaseModel
from starlette.responses import Response

from billing.accounts.dependencies import PublicSession
from billing.kit.container import provided
from billing.kit.crypto import BlindIndex
from billing.kit.db import Session
from billing.kit.idempotency import (
    REPLAYED_HEADER,
    IdempotencyKeyMissing,
    IdempotencyMismatch,
    IdempotencyRecord,
    KeyHeader,
    claim,
    request_hash,
    require_key,
)
from billing.kit.ratelimit import RateLimited
from billing.licenses.actions.snapshot import apply_snapshot
from billing.licenses.actions.usage import UsageReport, report_usage
from billing.licenses.actions.validate import validate
from billing.licenses.dependencies import CountingCall, SignedCall, ValidatingCall
from billing.licenses.errors import KeyNotPermitted, SignatureRefused
from billing.licenses.keys import HASH_PURPOSE
from billing.licenses.models import UsageAction
from billing.licenses.schemas import (
    EntitlementsOut,
    LicenseChangeOut,
    SnapshotIn,
    SnapshotOut,
    UsageIn,
    UsageOut,
    UsageRefusedOut,
    ValidateIn,
    ValidateOut,
)
from billing.licenses.verdict import ANSWER_TTL_SECONDS, Verdict, refusal, ttl_seconds
from billing_client import ValidationCode
from billing_client.signing import SIGNATURE_HEADER
from service_kit.clock import Clock
from service_kit.problems import responses

_SIGNATURE = APIKeyHeader(
    name=SIGNATURE_HEADER,
    scheme_name="ApiKeySignature",
    description="HMAC-SHA256 over the request with an API key's secret; goes with X-NextPanel-Key and "
    "X-NextPanel-Timestamp. See contracts/README.md.",
    auto_error=False,  # the dependency that verifies it answers, alike for everything that may be wrong
)
machine_router = APIRouter(prefix="/api/v1", tags=["license API"], dependencies=[Depends(_SIGNATURE)])

Index = Annotated[BlindIndex, Depends(provided(BlindIndex))]
Now = Annotated[Clock, Depends(provided(Clock))]

_COMMON = responses(SignatureRefused, KeyNotPermitted, RateLimited)
_COUNTING = {
    **responses(SignatureRefused, KeyNotPermitted, RateLimited, IdempotencyKeyMissing, IdempotencyMismatch),
    404: {"model": UsageRefusedOut, "description": "`NOT_FOUND`: no license this key may count for"},
    409: {
        "model": UsageRefusedOut,
        "description": "Not counted: no quota left, or the license is not in good standing",
    },
}


@machine_router.post("/nextpanel/validate-license", response_model=ValidateOut, responses=_COMMON)
@machine_router.post(
    "/nextpanel/validate", operation_id="validate_license_alias", response_model=ValidateOut, responses=_COMMON
)
async def validate_license(
    call: ValidatingCall, body: ValidateIn, session: PublicSession, index: Index, clock: Now
) -> Response:
    """Tell whether a license may use a feature now; a "no" is an answer, not an error.

    `create_account`, `add_domain`, `create_database` and `create_email` ask about quotas, other names about feature
    flags. The answer carries `X-Billing-Signature`.
    """
    now = clock.now()
    result = await validate(
        session,
        index,
        call.key,
        license_key=body.license_key,
        feature=body.feature,
        fingerprint=body.fingerprint,
        now=now,
    )
    found, verdict = result.license, result.verdict
    answer = ValidateOut(
        valid=verdict.valid,
        code=verdict.code,
        error=verdict.error,
        remaining_quota=verdict.remaining,
        plan=found.license_type if found else None,
        status=found.status if found else None,
        expires_at=found.expiry_date if found else None,
        grace_until=found.grace_until if found else None,
        entitlements=EntitlementsOut.of(found) if found else None,
        ttl=ttl_seconds(found, now) if found else ANSWER_TTL_SECONDS,
        ts=now,
        nonce=body.nonce,
    )
    return call.answer(answer, nonce=body.nonce or "")


@machine_router.post("/billing/usage", response_model=UsageOut, responses=_COUNTING)
async def usage(
    call: CountingCall,
    body: UsageIn,
    session: PublicSession,
    index: Index,
    clock: Now,
    idempotency_key: KeyHeader = None,
) -> Response:
    """Consume quota before something is created, or hand it back after it was deleted.

    `created` is the gate: it is never let through beyond the quota. The same Idempotency-Key with the same body gets
    the first answer again, with `Idempotent-Replayed: true`.
    """
    key = require_key(idempotency_key)
    _refuse_moved(body.nonce, key)
    record, is_new = await _claim(session, index, call, body, operation="usage", key=key)
    if not is_new:
        return _answer(call, record, UsageOut, nonce=key, replayed=True)
    report = UsageReport(body.license_key, body.resource, UsageAction(body.action), body.count)
    verdict = await report_usage(session, index, call.key, report, idempotency_key=key, now=clock.now())
    _remember(record, verdict)
    return _answer(call, record, UsageOut, nonce=key, replayed=False)


@machine_router.put("/billing/usage/snapshot", response_model=SnapshotOut, responses=_COUNTING)
async def snapshot(
    call: CountingCall, body: SnapshotIn, session: PublicSession, index: Index, idempotency_key: KeyHeader = None
) -> Response:
    """State how many of each resource exist; counters that drifted are repaired, even beyond the quota.

    An Idempotency-Key is optional: stating the same again changes nothing anyway. With one, a repeat gets the first
    answer again, with `Idempotent-Replayed: true`, whatever was counted in between.
    """
    key = idempotency_key or ""
    _refuse_moved(body.nonce, key)
    record = None
    if key:
        record, is_new = await _claim(session, index, call, body, operation="usage.snapshot", key=key)
        if not is_new:
            return _answer(call, record, SnapshotOut, nonce=key, replayed=True)
    drift = await apply_snapshot(
        session, index, call.key, license_key=body.license_key, counts=body.usage, idempotency_key=idempotency_key
    )
    status: int = 200 if drift is not None else 404
    answer = (
        SnapshotOut(
            changed={resource: LicenseChangeOut(was=change.was, now=change.now) for resource, change in drift.items()}
        )
        if drift is not None
        else _refused(refusal(ValidationCode.NOT_FOUND))
    )
    if record is not None:
        record.status_code, record.response = status, answer.model_dump(mode="json")
    return call.answer(answer, nonce=key, status=status)


def _refuse_moved(nonce: str | None, idempotency_key: str) -> None:
    """Refuse a recorded body that was sent again under another Idempotency-Key, which the signature does not cover."""
    if nonce is not None and nonce != idempotency_key:
        raise SignatureRefused


async def _claim(
    session: Session, index: BlindIndex, call: SignedCall, body: UsageIn | SnapshotIn, *, operation: str, key: str
) -> tuple[IdempotencyRecord, bool]:
    # The blind index stands in for the license key: its few random bits must not rest under a bare hash.
    question = body.model_dump(mode="json") | {"license_key": index.of(body.license_key, purpose=HASH_PURPOSE)}
    return await claim(
        session, scope=call.idempotency_scope, operation=operation, key=key, body_hash=request_hash(question)
    )


def _refused(verdict: Verdict) -> UsageRefusedOut:
    return UsageRefusedOut(code=verdict.code, error=verdict.error or "", quota_remaining=verdict.remaining)


def _remember(record: IdempotencyRecord, verdict: Verdict) -> None:
    if verdict.valid:
        record.status_code = 200
        record.response = UsageOut(quota_remaining=verdict.remaining).model_dump(mode="json")
        return
    record.status_code = 404 if verdict.code is ValidationCode.NOT_FOUND else 409
    record.response = _refused(verdict).model_dump(mode="json")


def _answer(
    call: SignedCall, record: IdempotencyRecord, accepted: type[BaseModel], *, nonce: str, replayed: bool
) -> Response:
    # Through the model, because the database keeps the members of JSON in an order of its own.
    model = accepted if record.status_code == 200 else UsageRefusedOut
    return call.answer(
        model.model_validate(record.response),
        nonce=nonce,
        status=record.status_code or 200,
        headers={REPLAYED_HEADER: "true"} if replayed else None,
    )
