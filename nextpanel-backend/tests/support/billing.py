"""A small billing on loopback: JWKS, validate and usage, with real signatures and a gate that can't be oversold."""

import asyncio
import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing_client.client import USAGE_PATH, VALIDATE_PATH
from billing_client.errors import SignatureInvalid
from billing_client.signing import (
    ANSWER_SIGNATURE_HEADER,
    IDEMPOTENCY_HEADER,
    parse_headers,
    request_target,
    sign_answer,
    verify_request,
)
from service_kit.clock import Clock

KEY_ID = "npk_01panelundertest000000000"
SECRET = "nps_only-for-the-tests-of-the-panel-0123456789a"
KID = "test-key-1"


@dataclass
class FakeLicense:
    """`code` other than VALID refuses everything; `log` is what was counted, in order."""

    maximum: int | None = 5
    used: int = 0
    code: str = "VALID"
    error: str | None = None
    log: list[tuple[str, str]] = field(default_factory=list)


@dataclass
class FakeBilling:
    """`is_down` answers 503 to everything; `held` names a step (validate, created, deleted) whose answers wait.

    A held usage call has been counted before it waits: what the panel never hears has happened all the same.
    """

    clock: Clock
    base_url: str = ""
    licenses: dict[str, FakeLicense] = field(default_factory=dict)
    answers: dict[str, tuple[int, dict[str, Any]]] = field(default_factory=dict)
    is_down: bool = False
    signs_wrongly: bool = False
    held: str | None = None
    reached: asyncio.Event = field(default_factory=asyncio.Event)
    calls: list[str] = field(default_factory=list)
    jwks_calls: int = 0
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/.well-known/jwks.json", self._jwks),
                Route(VALIDATE_PATH, self._signed, methods=["POST"]),
                Route(USAGE_PATH, self._signed, methods=["POST"]),
            ]
        )

    def add_license(self, *, maximum: int | None = 5) -> str:
        """Return the key of a new license with a quota for databases."""
        text = uuid4().hex.upper()
        license_key = f"NP-{text[:4]}-{text[4:8]}-{text[8:12]}"
        self.licenses[license_key] = FakeLicense(maximum=maximum)
        return license_key

    def token(
        self,
        scope: str,
        *,
        audience: str = "panel-1",
        lifetime: timedelta = timedelta(seconds=60),
        kid: str = KID,
        key: Ed25519PrivateKey | None = None,
        **claims: Any,
    ) -> str:
        """Sign a token as billing does; `claims` override, None leaves a claim out."""
        now = int(self.clock.now().timestamp())
        payload = {
            "iss": self.base_url,
            "aud": audience,
            "iat": now,
            "exp": now + int(lifetime.total_seconds()),
            "jti": str(uuid4()),
            "scope": scope,
            **claims,
        }
        given = {name: value for name, value in payload.items() if value is not None}
        return jwt.encode(given, key or self.key, algorithm="EdDSA", headers={"kid": kid})

    async def _jwks(self, _: Request) -> Response:
        self.jwks_calls += 1
        if self.is_down:
            return Response(status_code=503)
        raw = self.key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        x = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
        key = {"kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig", "kid": KID, "x": x}
        return JSONResponse({"keys": [key]})

    async def _signed(self, request: Request) -> Response:
        body = await request.body()
        if self.is_down:
            return Response(status_code=503)
        try:
            signed = parse_headers(request.headers)
            verify_request(
                signed,
                secret=SECRET if signed.key_id == KEY_ID else None,
                method=request.method,
                target=request_target(request.scope["raw_path"], request.scope["query_string"]),
                body=body,
                now=self.clock.now().timestamp(),
            )
        except SignatureInvalid:
            return JSONResponse({"code": "signature_invalid", "detail": "no"}, 401)
        question = json.loads(body)
        is_usage = request.url.path == USAGE_PATH
        key = request.headers.get(IDEMPOTENCY_HEADER, "")
        step = question["action"] if is_usage else "validate"
        self.calls.append(step)
        status, answer = self._usage(question, key) if is_usage else (200, self._validate(question))
        if self.held == step:
            self.reached.set()
            await asyncio.sleep(3600)
        content = json.dumps(answer).encode()
        nonce = key if is_usage else question["nonce"]
        secret = "nps_of-somebody-else" if self.signs_wrongly else SECRET
        signature = sign_answer(secret=secret, timestamp=signed.timestamp, nonce=nonce, body=content)
        return Response(content, status, {ANSWER_SIGNATURE_HEADER: signature}, media_type="application/json")

    def _validate(self, question: Mapping[str, Any]) -> dict[str, Any]:
        row = self.licenses.get(question["license_key"])
        code = "NOT_FOUND" if row is None else row.code
        left = None if row is None or row.maximum is None else row.maximum - row.used
        if code == "VALID" and left is not None and left <= 0:
            code = "QUOTA_EXCEEDED"
        error = {"QUOTA_EXCEEDED": "Database quota exceeded", "VALID": None}.get(code, f"The license is {code.lower()}")
        return {
            "valid": code == "VALID",
            "code": code,
            "error": error,
            "remaining_quota": left,
            "ttl": 300,
            "ts": self.clock.now().isoformat(),
            "nonce": question["nonce"],
        }

    def _usage(self, report: Mapping[str, Any], key: str) -> tuple[int, dict[str, Any]]:
        if key not in self.answers:
            self.answers[key] = self._count(report)
        return self.answers[key]

    def _count(self, report: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        # No await between looking and writing: on one event loop this is the conditional update.
        row = self.licenses.get(report["license_key"])
        if row is None:
            return 404, {"success": False, "code": "NOT_FOUND", "error": "No such license", "quota_remaining": None}
        if report["action"] == "deleted":
            row.used = max(0, row.used - report["count"])
        elif row.code != "VALID":
            return 403, {"success": False, "code": row.code, "error": "Not allowed", "quota_remaining": None}
        elif row.maximum is not None and row.used + report["count"] > row.maximum:
            refused = {"success": False, "code": "QUOTA_EXCEEDED", "error": "Database quota exceeded"}
            return 409, {**refused, "quota_remaining": row.maximum - row.used}
        else:
            row.used += report["count"]
        row.log.append((report["resource"], report["action"]))
        left = None if row.maximum is None else row.maximum - row.used
        return 200, {"success": True, "quota_remaining": left}
