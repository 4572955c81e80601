"""NextPanel's provisioning API over HTTP, each call with a token of its own that lives a minute."""

import uuid
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import timedelta
from typing import TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from billing.integrations.nextpanel.answers import (
    AccountAnswer,
    AccountListAnswer,
    ProblemAnswer,
    ServerAnswer,
    SsoAnswer,
)
from billing.kit.tokens import TokenSigner
from billing.panels.ports import (
    AccountSpec,
    ActionRequired,
    Rejected,
    RemoteAccount,
    Retriable,
    ServerAddress,
    ServerInfo,
)
from service_kit.tls import client_context

TOKEN_LIFETIME = timedelta(seconds=60)
SHORT_PAUSE = timedelta(seconds=5)
LONG_PAUSE = timedelta(seconds=60)

_MAX_RETRY_AFTER = timedelta(hours=1)
_CONNECT_TIMEOUT_SECONDS = 5.0
_PASSING = frozenset({"request_in_progress"})
_FOR_STAFF = frozenset({"server_full"})
_LIMITS = httpx.Limits(max_connections=50, max_keepalive_connections=20)

A = TypeVar("A", bound=BaseModel)


class NextPanelGateway:
    """Implements `PanelGateway` for all panel servers; it pools its connections, so close it at the end."""

    def __init__(self, signer: TokenSigner, *, timeout: timedelta = timedelta(seconds=15)) -> None:
        self._signer = signer
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(timeout.total_seconds(), connect=_CONNECT_TIMEOUT_SECONDS),
            limits=_LIMITS,
            follow_redirects=False,
            trust_env=False,
            verify=client_context(),
        )

    async def aclose(self) -> None:
        await self._http.aclose()

    async def create_account(self, server: ServerAddress, spec: AccountSpec, *, idempotency_key: str) -> RemoteAccount:
        body = {
            "license_id": str(spec.license_id),
            "license_key": spec.license_key,
            "user_email": spec.user_email,
            "plan": spec.plan,
            "features": dict(spec.features),
            "quotas": dict(spec.quotas),
            "locale": spec.locale,
        }
        response = await self._write(server, "POST", "/api/v1/accounts", body, idempotency_key)
        return _read(response, AccountAnswer).to_account()

    async def get_by_license(self, server: ServerAddress, license_id: uuid.UUID) -> RemoteAccount | None:
        response = await self._send(
            server, "GET", "/api/v1/accounts", scope="accounts:read", params={"license_id": str(license_id)}
        )
        items = [item for item in _read(response, AccountListAnswer).items if item.license_id == license_id]
        return items[0].to_account() if items else None

    async def list_accounts(self, server: ServerAddress) -> AsyncIterator[RemoteAccount]:
        cursor: str | None = None
        while True:
            params = {"limit": "100", **({"cursor": cursor} if cursor else {})}
            response = await self._send(server, "GET", "/api/v1/accounts", scope="accounts:read", params=params)
            page = _read(response, AccountListAnswer)
            for item in page.items:
                yield item.to_account()
            cursor = page.next_cursor
            if cursor is None:
                return

    async def change(
        self,
        server: ServerAddress,
        account_id: str,
        *,
        plan: str,
        features: Mapping[str, object],
        quotas: Mapping[str, int | None],
        idempotency_key: str,
    ) -> None:
        body = {"plan": plan, "features": dict(features), "quotas": dict(quotas)}
        await self._write(server, "PATCH", _account(account_id), body, idempotency_key)

    async def suspend(self, server: ServerAddress, account_id: str, *, reason: str, idempotency_key: str) -> None:
        await self._write(server, "POST", _account(account_id, "suspend"), {"reason": reason}, idempotency_key)

    async def reinstate(self, server: ServerAddress, account_id: str, *, reason: str, idempotency_key: str) -> None:
        await self._write(server, "POST", _account(account_id, "reinstate"), {"reason": reason}, idempotency_key)

    async def terminate(self, server: ServerAddress, account_id: str, *, reason: str, idempotency_key: str) -> None:
        await self._write(server, "POST", _account(account_id, "terminate"), {"reason": reason}, idempotency_key)

    async def sso(self, server: ServerAddress, account_id: str) -> str:
        response = await self._send(server, "POST", _account(account_id, "sso"), scope="accounts:sso", body={})
        return _read(response, SsoAnswer).url

    async def create_zone(
        self, server: ServerAddress, account_id: str, *, domain: str, nameservers: Sequence[str], idempotency_key: str
    ) -> None:
        body = {"domain": domain, "nameservers": list(nameservers)}
        await self._send(
            server,
            "POST",
            _account(account_id, "zones"),
            scope="zones:write",
            body=body,
            idempotency_key=idempotency_key,
        )

    async def server_info(self, server: ServerAddress) -> ServerInfo:
        response = await self._send(server, "GET", "/api/v1/server", scope="server:read")
        return _read(response, ServerAnswer).to_info()

    async def _write(
        self, server: ServerAddress, method: str, path: str, body: Mapping[str, object], idempotency_key: str
    ) -> httpx.Response:
        return await self._send(
            server, method, path, scope="accounts:write", body=body, idempotency_key=idempotency_key
        )

    async def _send(
        self,
        server: ServerAddress,
        method: str,
        path: str,
        *,
        scope: str,
        body: Mapping[str, object] | None = None,
        params: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
    ) -> httpx.Response:
        token = self._signer.sign({"scope": scope}, audience=str(server.id), lifetime=TOKEN_LIFETIME)
        headers = {"Authorization": f"Bearer {token}"}
        if idempotency_key is not None:
            headers["Idempotency-Key"] = idempotency_key
        try:
            response = await self._http.request(
                method, server.base_url.rstrip("/") + path, json=body, params=params, headers=headers
            )
        except (httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
            raise ActionRequired("panel_address", f"{method} {path}: {type(error).__name__}") from error
        except httpx.HTTPError as error:
            raise Retriable(f"{method} {path}: no answer ({type(error).__name__})", after=SHORT_PAUSE) from error
        if not response.is_success:
            raise _failure(response)
        return response


def _account(account_id: str, verb: str | None = None) -> str:
    path = f"/api/v1/accounts/{account_id}"
    return path if verb is None else f"{path}/{verb}"


def _what(response: httpx.Response) -> str:
    return f"{response.request.method} {response.request.url.path}: HTTP {response.status_code}"


def _read(response: httpx.Response, answer: type[A]) -> A:
    try:
        return answer.model_validate_json(response.content)
    except ValidationError as error:
        # The values are left out: an account's answer carries a log-in link.
        fields = ", ".join(sorted({str(item["loc"][0]) if item["loc"] else "body" for item in error.errors()}))
        raise Retriable(f"{_what(response)} with an unreadable answer ({fields})", after=LONG_PAUSE) from None


def _failure(response: httpx.Response) -> Retriable | Rejected | ActionRequired:
    """Sort a refusal: what passes by itself, what staff have to mend, and what is final."""
    status = response.status_code
    if status == httpx.codes.TOO_MANY_REQUESTS or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Retriable(_what(response), after=_retry_after(response))
    try:
        problem = ProblemAnswer.model_validate_json(response.content)
    except ValidationError:
        # No problem document: whatever answered here, it was not the panel.
        return ActionRequired("panel_address", f"{_what(response)} not from a panel")
    message = f"{_what(response)} {problem.code}: {problem.detail}"
    if status in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return ActionRequired("panel_credentials", message)
    if problem.code in _PASSING:
        return Retriable(message, after=SHORT_PAUSE)
    if problem.code in _FOR_STAFF:
        return ActionRequired(problem.code, message)
    return Rejected(problem.code, message)


def _retry_after(response: httpx.Response) -> timedelta:
    text = response.headers.get("Retry-After", "")
    if not (text.isascii() and text.isdigit()):
        return LONG_PAUSE
    return min(timedelta(seconds=max(1, int(text[:6]))), _MAX_RETRY_AFTER)
