"""The asynchronous client of the license API."""

import asyncio
import json
import secrets
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from billing_client.errors import BillingUnavailable, LicenseRefused, QuotaExceeded, RequestRefused, SignatureInvalid
from billing_client.models import LicenseAnswer, Resource, SnapshotAnswer, UsageAction, UsageAnswer, ValidationCode
from billing_client.parsing import (
    license_answer,
    parse_object,
    refusal,
    snapshot_answer,
    usage_answer,
    whole_number,
)
from billing_client.signing import (
    ANSWER_SIGNATURE_HEADER,
    IDEMPOTENCY_HEADER,
    TIMESTAMP_HEADER,
    WINDOW_SECONDS,
    sign_request,
    verify_answer,
)

VALIDATE_PATH = "/api/v1/nextpanel/validate-license"
USAGE_PATH = "/api/v1/billing/usage"
SNAPSHOT_PATH = "/api/v1/billing/usage/snapshot"

_LONGEST_WAIT = 5.0


@dataclass(frozen=True, slots=True)
class _Call:
    method: str
    path: str
    body: bytes
    nonce: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    body: bytes
    headers: httpx.Headers


class BillingClient:
    """Asks NextPanel Billing about licenses and reports usage. Safe to share between tasks.

    `base_url` is billing's origin, `key_id` and `secret` the API key (`npk_…`, `nps_…`). `http` lends an
    existing `httpx.AsyncClient`, which stays the caller's to close. `timeout` (seconds) is for one attempt;
    every call is made up to `attempts` times, as all of them are reads or idempotent by their key. `clock`
    gives unix seconds. Every answer that grants something must carry a valid signature for this very call.
    """

    def __init__(
        self,
        base_url: str,
        key_id: str,
        secret: str,
        *,
        http: httpx.AsyncClient | None = None,
        timeout: float = 5.0,
        attempts: int = 3,
        backoff: float = 0.1,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._base_url = base_url.rstrip("/")
        self._key_id = key_id
        self._secret = secret
        self._owns_http = http is None
        self._http = httpx.AsyncClient() if http is None else http
        self._timeout = timeout
        self._attempts = attempts
        self._backoff = backoff
        self._clock = clock
        self._random = secrets.SystemRandom()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close the connections this client opened itself."""
        if self._owns_http:
            await self._http.aclose()

    async def validate(self, license_key: str, feature: str, fingerprint: str | None = None) -> LicenseAnswer:
        """Ask whether a license may use a feature now; a "no" is an answer, not an error.

        `feature`: `create_account`, `add_domain`, `create_database`, `create_email` or a feature flag's name.
        Raises `BillingUnavailable`, `SignatureInvalid`, `RequestRefused`, `UnexpectedAnswer`.
        """
        nonce = secrets.token_urlsafe(18)
        question = {"license_key": license_key, "feature": feature, "nonce": nonce}
        if fingerprint is not None:
            question["fingerprint"] = fingerprint
        answer = await self._send(_Call("POST", VALIDATE_PATH, _encode(question), nonce, {}))
        result = license_answer(answer.body)
        echoed = parse_object(answer.body).get("nonce")
        if echoed != nonce or abs(self._clock() - result.ts.timestamp()) > WINDOW_SECONDS:
            raise SignatureInvalid
        return result

    async def report_usage(
        self,
        license_key: str,
        resource: Resource,
        action: UsageAction,
        count: int,
        idempotency_key: uuid.UUID,
    ) -> UsageAnswer:
        """Consume (`CREATED`) or hand back (`DELETED`) quota; the same key always has one effect.

        Raises `QuotaExceeded` when the license's maximum would be passed and `LicenseRefused` when it is not in
        good standing (both signed by billing; nothing is consumed), else as `validate`. After
        `BillingUnavailable`, `SignatureInvalid` or `UnexpectedAnswer` the outcome is unknown: repeat with the
        same key.
        """
        key = str(idempotency_key)
        # The key is repeated in the signed body: a recorded request can't be sent again under another key.
        report = {"license_key": license_key, "resource": resource, "action": action, "count": count, "nonce": key}
        answer = await self._send(_Call("POST", USAGE_PATH, _encode(report), key, {IDEMPOTENCY_HEADER: key}))
        replayed = answer.headers.get("Idempotent-Replayed", "").lower() == "true"
        return usage_answer(answer.body, replayed=replayed)

    async def usage_snapshot(self, license_key: str, counts: Mapping[Resource, int]) -> SnapshotAnswer:
        """State how many of each resource exist now; billing repairs its own counts to match.

        Raises as `validate`.
        """
        key = str(uuid.uuid4())
        body = _encode({"license_key": license_key, "usage": dict(counts), "nonce": key})
        answer = await self._send(_Call("PUT", SNAPSHOT_PATH, body, key, {IDEMPOTENCY_HEADER: key}))
        return snapshot_answer(answer.body)

    async def _send(self, call: _Call) -> _Answer:
        """Make the call until it is answered or the attempts are used up."""
        for attempt in range(1, self._attempts + 1):
            try:
                return await self._attempt(call)
            except BillingUnavailable as error:
                if attempt == self._attempts:
                    raise
                # Full jitter: panels that failed together must not come back together.
                wait = self._random.uniform(0, self._backoff * 2**attempt)
                await asyncio.sleep(min(max(wait, error.retry_after or 0.0), _LONGEST_WAIT))
        raise BillingUnavailable("no attempt was allowed")

    async def _attempt(self, call: _Call) -> _Answer:
        request = self._http.build_request(
            call.method, self._base_url + call.path, content=call.body, timeout=self._timeout
        )
        signature = sign_request(
            key_id=self._key_id,
            secret=self._secret,
            timestamp=int(self._clock()),
            method=call.method,
            target=request.url.raw_path.decode("ascii"),
            body=call.body,
        )
        request.headers.update({**signature, **call.headers, "Content-Type": "application/json"})
        try:
            response = await self._http.send(request, follow_redirects=False)
        except httpx.HTTPError as error:
            raise BillingUnavailable(f"billing could not be reached ({type(error).__name__})") from error
        return self._judge(call, response, timestamp=signature[TIMESTAMP_HEADER])

    def _judge(self, call: _Call, response: httpx.Response, *, timestamp: str) -> _Answer:
        """Sort an answer: 429 and 5xx to try again, refusals of the request, and verified answers about the license."""
        status, body = response.status_code, response.content
        if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
            raise BillingUnavailable(f"billing answered {status}", retry_after=_retry_after(response))
        code, detail = refusal(body) if status != httpx.codes.OK else ("", "")
        about_license = code in set(ValidationCode)
        if status != httpx.codes.OK and not about_license:
            raise RequestRefused(code=code, status=status, detail=detail)
        # A forged "no" would be as useful to an attacker as a forged "yes": both carry the signature.
        verify_answer(
            response.headers.get(ANSWER_SIGNATURE_HEADER),
            secret=self._secret,
            timestamp=timestamp,
            nonce=call.nonce,
            body=body,
        )
        if code == ValidationCode.QUOTA_EXCEEDED:
            remaining = whole_number(parse_object(body), "quota_remaining")
            raise QuotaExceeded(code=code, status=status, detail=detail, quota_remaining=remaining)
        if status != httpx.codes.OK:
            raise LicenseRefused(code=code, status=status, detail=detail)
        return _Answer(status, body, response.headers)


def _encode(data: Mapping[str, object]) -> bytes:
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


def _retry_after(response: httpx.Response) -> float | None:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isascii() and text.isdigit() else None
