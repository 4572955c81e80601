"""A panel server on loopback that checks billing's tokens as a panel must, with faults to switch on."""

import asyncio
import contextlib
import socket
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx
import jwt
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing.kit.container import Container
from billing.kit.tokens import TokenSigner
from service_kit.clock import Clock


@dataclass
class FakePanel:
    """The panel's state. `answers` are given instead of its own, first come first served; `delay` is seconds slept
    after the work was done, so that a caller with less patience gets no answer."""

    jwks: dict[str, Any]
    issuer: str
    clock: Clock
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    base_url: str = ""
    accounts: dict[str, dict[str, Any]] = field(default_factory=dict)
    zones: dict[str, list[str]] = field(default_factory=dict)
    calls: list[tuple[str, str, str | None]] = field(default_factory=list)
    spent: set[str] = field(default_factory=set)
    answers: list[Response] = field(default_factory=list)
    delay: float = 0
    links: int = 0

    def count(self, method: str, path: str) -> int:
        return sum(call[:2] == (method, path) for call in self.calls)

    def authorise(self, request: Request, scope: str) -> None:
        token = request.headers["authorization"].removeprefix("Bearer ")
        kid = jwt.get_unverified_header(token)["kid"]
        key = next(key for key in jwt.PyJWKSet.from_dict(self.jwks).keys if key.key_id == kid)
        claims = jwt.decode(
            token,
            key,
            algorithms=["EdDSA"],
            audience=str(self.id),
            issuer=self.issuer,
            options={"require": ["exp", "iat", "jti", "aud", "iss"], "verify_exp": False, "verify_iat": False},
        )
        assert claims["exp"] - claims["iat"] <= 60
        assert claims["iat"] <= self.clock.now().timestamp() < claims["exp"]
        assert scope in claims["scope"].split()
        assert claims["jti"] not in self.spent
        self.spent.add(claims["jti"])

    async def handle(self, request: Request) -> Response:
        path = request.url.path
        self.calls.append((request.method, path, request.headers.get("idempotency-key")))
        parts = path.removeprefix("/api/v1/").split("/")
        verb = parts[2] if len(parts) == 3 else None
        scopes = {"sso": "accounts:sso", "zones": "zones:write", None: "accounts:write"}
        scope = "accounts:read" if request.method == "GET" else scopes.get(verb, "accounts:write")
        try:
            self.authorise(request, "server:read" if parts[0] == "server" else scope)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a token is a 401
            return JSONResponse({"code": "invalid_token", "detail": repr(error)}, 401)
        if self.answers:
            return self.answers.pop(0)
        response = await self.answer(request, parts, verb)
        await asyncio.sleep(self.delay)
        return response

    async def answer(self, request: Request, parts: list[str], verb: str | None) -> Response:
        if parts[0] == "server":
            engines = {"postgresql": {"status": "ok"}}
            return JSONResponse({"version": "1.0.0", "capacity": {"accounts": 1}, "engines": engines, "new": 1})
        if request.method == "GET":
            account = self.accounts.get(request.query_params["license_id"])
            return JSONResponse({"items": [self.show(account)] if account else [], "next_cursor": None})
        body = await request.json()
        if len(parts) == 1:
            return self.create(body)
        account = next((one for one in self.accounts.values() if one["nextpanel_account_id"] == parts[1]), None)
        if account is None:
            return JSONResponse({"code": "account_not_found", "detail": "There is no such account"}, 404)
        match verb:
            case "sso":
                return JSONResponse({"url": f"{self.base_url}/sso/{uuid.uuid4()}"})
            case "zones":
                self.zones.setdefault(body["domain"], body["nameservers"])
            case "suspend" | "reinstate" | "terminate":
                states = {"suspend": "suspended", "reinstate": "active", "terminate": "terminated"}
                account["status"] = states[verb]
            case _:
                account.update({"plan": body["plan"], "quotas": body["quotas"]})
        return JSONResponse(self.show(account))

    def create(self, body: dict[str, Any]) -> Response:
        is_new = body["license_id"] not in self.accounts
        account = self.accounts.setdefault(
            body["license_id"],
            {
                **body,
                "nextpanel_account_id": str(uuid.uuid4()),
                "username": f"u{len(self.accounts) + 1}",
                "status": "active",
                "is_set_up": False,
            },
        )
        self.links += 1
        expires_at = self.clock.now() + timedelta(hours=72, milliseconds=self.links)
        link = {
            "setup_url": f"{self.base_url}/setup/link-number-{self.links}",
            "setup_expires_at": expires_at.isoformat(),
        }
        if account["is_set_up"]:
            link = {}
        return JSONResponse({**self.show(account), **link}, 201 if is_new else 200)

    def show(self, account: dict[str, Any]) -> dict[str, Any]:
        names = ("nextpanel_account_id", "license_id", "username", "status", "is_set_up", "plan")
        return {**{name: account[name] for name in names}, "login_url": f"{self.base_url}/login"}


@contextlib.asynccontextmanager
async def running(panel: FakePanel) -> AsyncIterator[FakePanel]:
    """Serve on a free loopback port for the length of the block."""
    app = Starlette(routes=[Route("/{rest:path}", panel.handle, methods=["GET", "POST", "PATCH"])])
    with socket.create_server(("127.0.0.1", 0)) as listener:
        panel.base_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none", access_log=False))
        task = asyncio.create_task(server.serve(sockets=[listener]))
        while not server.started:
            await asyncio.sleep(0.01)
        try:
            yield panel
        finally:
            server.should_exit = True
            await task


async def make_panel(container: Container, client: httpx.AsyncClient) -> FakePanel:
    """Return a panel that trusts the keys this billing publishes."""
    answer = await client.get("/.well-known/jwks.json")
    assert answer.status_code == 200, answer.text
    return FakePanel(answer.json(), container.get(TokenSigner).issuer, container.get(Clock))
