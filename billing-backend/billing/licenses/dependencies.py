"""Who asks the license API: a caller proves to hold an API key's secret by signing the request with it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Annotated

from fastapi import Depends
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from billing.accounts.dependencies import ClientIp, PublicSession
from billing.kit.client_ip import limit_subject
from billing.kit.container import provided
from billing.kit.crypto import Vault
from billing.kit.db import Session
from billing.kit.ratelimit import RateLimiter, Rule
from billing.licenses import repository
from billing.licenses.actions.keys import SECRET_PURPOSE
from billing.licenses.errors import KeyNotPermitted, SignatureRefused
from billing.licenses.models import ApiKey, KeyPermission
from billing.settings import Settings
from billing_client.errors import SignatureInvalid
from billing_client.signing import (
    ANSWER_SIGNATURE_HEADER,
    SignedHeaders,
    parse_headers,
    request_target,
    sign_answer,
    verify_request,
)
from service_kit.clock import Clock

_TOUCH_SECONDS = 60


@dataclass(frozen=True, slots=True)
class SignedCall:
    """A request whose signature holds, and the means to sign its answer."""

    key: ApiKey
    timestamp: str
    secret: str = field(repr=False)
    limits: Mapping[str, str] = field(default_factory=dict)

    @property
    def idempotency_scope(self) -> str:
        return f"api_key:{self.key.id}"

    def answer(
        self, body: BaseModel, *, nonce: str, status: int = 200, headers: Mapping[str, str] | None = None
    ) -> Response:
        """Return `body` as JSON, signed for this request alone; `nonce` is what the request chose, or empty."""
        content = body.model_dump_json().encode()
        signature = sign_answer(secret=self.secret, timestamp=self.timestamp, nonce=nonce, body=content)
        return Response(
            content,
            status_code=status,
            media_type="application/json",
            headers={**self.limits, **(headers or {}), ANSWER_SIGNATURE_HEADER: signature},
        )


async def signed_call(
    request: Request,
    ip: ClientIp,
    session: PublicSession,
    vault: Annotated[Vault, Depends(provided(Vault))],
    clock: Annotated[Clock, Depends(provided(Clock))],
    limiter: Annotated[RateLimiter, Depends(provided(RateLimiter))],
    settings: Annotated[Settings, Depends(provided(Settings))],
) -> SignedCall:
    """Return the verified call; 401 when its signature does not hold, 429 over the key's limit."""
    try:
        call = await _verify(request, session, vault, clock)
    except SignatureInvalid:
        # These paths are not counted per address, as one panel server asks for thousands of licenses; guessing is.
        await limiter.enforce(Rule("bad_signature", settings.rate_limit_per_ip), limit_subject(ip))
        raise SignatureRefused from None
    verdict = await limiter.enforce(Rule("api_key", settings.rate_limit_per_api_key), str(call.key.id))
    await _touch(session, call.key, clock)
    return replace(call, limits=verdict.headers())


async def _verify(request: Request, session: Session, vault: Vault, clock: Clock) -> SignedCall:
    headers = parse_headers(request.headers)
    now = clock.now()
    key = await repository.get_key_by_public_id(session, headers.key_id)
    usable = key is not None and key.is_usable(now)
    secret = vault.decrypt(key.secret_encrypted, purpose=SECRET_PURPOSE) if key is not None and usable else None
    await _check(request, headers, secret, now.timestamp())
    if key is None or secret is None:
        raise SignatureInvalid
    return SignedCall(key, headers.timestamp, secret)


async def _check(request: Request, headers: SignedHeaders, secret: str | None, now: float) -> None:
    verify_request(
        headers,
        secret=secret,
        method=request.method,
        target=request_target(request.scope["raw_path"], request.scope["query_string"]),
        body=await request.body(),
        now=now,
    )


async def _touch(session: Session, key: ApiKey, clock: Clock) -> None:
    now = clock.now()
    if key.last_used_at is None or (now - key.last_used_at).total_seconds() >= _TOUCH_SECONDS:
        await repository.touch_key(session, key.id, now)


def signed_with(permission: KeyPermission) -> Callable[[SignedCall], Awaitable[SignedCall]]:
    """Return a dependency that refuses keys without `permission`: 403, code `key_not_permitted`."""

    async def dependency(call: Annotated[SignedCall, Depends(signed_call)]) -> SignedCall:
        if not call.key.permits(permission):
            raise KeyNotPermitted
        return call

    return dependency


ValidatingCall = Annotated[SignedCall, Depends(signed_with(KeyPermission.VALIDATE))]
CountingCall = Annotated[SignedCall, Depends(signed_with(KeyPermission.USAGE))]
