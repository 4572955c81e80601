"""A license API on loopback, built from the SDK's server-side functions, with faults to switch on."""

import asyncio
import contextlib
import json
import socket
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from billing_client.client import SNAPSHOT_PATH, USAGE_PATH, VALIDATE_PATH
from billing_client.errors import SignatureInvalid
from billing_client.signing import (
    ANSWER_SIGNATURE_HEADER,
    IDEMPOTENCY_HEADER,
    parse_headers,
    request_target,
    sign_answer,
    verify_request,
)

KEY_ID = "npk_01testkey00000000000000001"
SECRET = "nps_the-secret-of-these-tests-0123456789abcdefg"
LICENSE = "NP-7K3M-9QRT-4WXY"


@dataclass
class LicenseServer:
    """The server's state. `maximum` databases; `tamper` rewrites a signed body on its way out."""

    maximum: int = 2
    used: int = 0
    base_url: str = ""
    seen: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    remembered: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    recorded: tuple[bytes, str] | None = None
    replay_recorded: bool = False
    tamper: tuple[bytes, bytes] | None = None
    unsigned: bool = False
    fail_with: list[int] = field(default_factory=list)
    answer_age: timedelta = timedelta(0)
    license_code: str | None = None
    override: dict[str, Any] = field(default_factory=dict)

    async def handle(self, request: Request) -> Response:
        body = await request.body()
        self.seen.append((request.url.path, dict(request.headers), body))
        if self.fail_with:
            return Response(status_code=self.fail_with.pop(0), headers={"Retry-After": "0"})
        target = request_target(request.scope["raw_path"], request.scope["query_string"])
        try:
            signed = parse_headers(request.headers)
            verify_request(
                signed,
                secret=SECRET if signed.key_id == KEY_ID else None,
                method=request.method,
                target=target,
                body=body,
                now=time.time(),
            )
        except SignatureInvalid as error:
            problem = {"code": "signature_invalid", "detail": str(error), "status": 401}
            return Response(json.dumps(problem), 401, media_type="application/problem+json")
        status, answer, headers = self.answer(request, json.loads(body))
        nonce = json.loads(body).get("nonce") or request.headers.get(IDEMPOTENCY_HEADER, "")
        signature = sign_answer(secret=SECRET, timestamp=signed.timestamp, nonce=nonce, body=answer)
        if self.replay_recorded and self.recorded is not None:
            answer, signature = self.recorded
        self.recorded = (answer, signature)
        if self.tamper is not None:
            assert self.tamper[0] in answer
            answer = answer.replace(*self.tamper)
        if not self.unsigned:
            headers[ANSWER_SIGNATURE_HEADER] = signature
        return Response(answer, status, headers=headers, media_type="application/json")

    def answer(self, request: Request, question: dict[str, Any]) -> tuple[int, bytes, dict[str, str]]:
        if request.url.path == VALIDATE_PATH:
            return 200, self.validate(question), {}
        if request.url.path == SNAPSHOT_PATH:
            was, self.used = self.used, question["usage"]["databases"]
            changed = {"databases": {"was": was, "now": self.used}} if was != self.used else {}
            return 200, json.dumps({"success": True, "changed": changed}).encode(), {}
        key = request.headers[IDEMPOTENCY_HEADER]
        assert question["nonce"] == key
        if self.license_code is not None:
            refused = {"success": False, "code": self.license_code, "error": "No.", "quota_remaining": None}
            return 403, json.dumps(refused).encode(), {}
        if key in self.remembered:
            status, body = self.remembered[key]
            return status, body, {"Idempotent-Replayed": "true"}
        self.remembered[key] = self.usage(question)
        return *self.remembered[key], {}

    def validate(self, question: dict[str, Any]) -> bytes:
        left = self.maximum - self.used
        answer = {
            "valid": left > 0,
            "code": "VALID" if left > 0 else "QUOTA_EXCEEDED",
            "remaining_quota": left,
            "plan": "starter",
            "status": "active",
            "expires_at": "2027-01-01T00:00:00Z",
            "grace_until": None,
            "entitlements": {"databases": self.maximum},
            "ttl": 300,
            "ts": (datetime.now(UTC) - self.answer_age).isoformat(),
            "nonce": question["nonce"],
        }
        return json.dumps({**answer, **self.override}, ensure_ascii=False).encode()

    def usage(self, report: dict[str, Any]) -> tuple[int, bytes]:
        change = report["count"] if report["action"] == "created" else -report["count"]
        if self.used + change > self.maximum:
            refused = {"success": False, "code": "QUOTA_EXCEEDED", "error": "Database quota exceeded"}
            return 409, json.dumps({**refused, "quota_remaining": self.maximum - self.used}).encode()
        self.used += change
        return 200, json.dumps({"success": True, "quota_remaining": self.maximum - self.used}).encode()


@contextlib.asynccontextmanager
async def running(server: LicenseServer) -> AsyncIterator[None]:
    """Serve on a free loopback port for the length of the block."""
    app = Starlette(
        routes=[
            Route(VALIDATE_PATH, server.handle, methods=["POST"]),
            Route(USAGE_PATH, server.handle, methods=["POST"]),
            Route(SNAPSHOT_PATH, server.handle, methods=["PUT"]),
        ]
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        uvicorn_server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="off", ws="none"))
        task = asyncio.create_task(uvicorn_server.serve(sockets=[listener]))
        while not uvicorn_server.started:
            await asyncio.sleep(0.01)
        try:
            yield
        finally:
            uvicorn_server.should_exit = True
            await task
