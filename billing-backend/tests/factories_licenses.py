"""Customers with licenses and keys, and a caller of the license API that signs and checks signatures."""

import json
import subprocess
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import select

from billing.accounts.authentication import sign_access_token
from billing.accounts.models import User, UserSession
from billing.accounts.permissions import Role
from billing.catalog import seeds
from billing.catalog.models import Plan
from billing.kit.container import Container
from billing.kit.crypto import BlindIndex, Vault
from billing.kit.db import Database, Subject
from billing.kit.tokens import TokenSigner
from billing.licenses.actions.issue import IssuedLicense, issue_license
from billing.licenses.actions.keys import CreatedKey, create_key
from billing.licenses.entitlements import Entitlements
from billing.licenses.models import KeyPermission
from billing_client.signing import ANSWER_SIGNATURE_HEADER, IDEMPOTENCY_HEADER, sign_request, verify_answer
from service_kit.clock import Clock
from testkit.binaries import postgres_bin
from tests.conftest import Cluster
from tests.factories_accounts import PASSWORD, hashed

MONTH = timedelta(days=30)


@dataclass(frozen=True)
class Person:
    """A user with the headers of a live session."""

    user_id: uuid.UUID
    email: str
    headers: dict[str, str] = field(repr=False)


async def make_person(container: Container, *, role: Role = Role.CUSTOMER) -> Person:
    now = container.get(Clock).now()
    email = f"u{uuid.uuid4().hex[:12]}@example.com"
    user = User(email=email, password_hash=hashed(PASSWORD), full_name="Ada", role=role, email_verified_at=now)
    async with container.get(Database).transaction(Subject.system()) as session:
        session.add(user)
        await session.flush()
        live = UserSession(user_id=user.id, last_seen_at=now)
        session.add(live)
        await session.flush()
        token = sign_access_token(container.get(TokenSigner), user, live.id, lifetime=timedelta(minutes=15))
    return Person(user.id, email, {"Authorization": f"Bearer {token}"})


async def make_plan(container: Container, code: str = "starter") -> Plan:
    """Return a plan of the seeded catalog."""
    async with container.get(Database).transaction(Subject.system()) as session:
        await seeds.seed(session)
        return (await session.scalars(select(Plan).where(Plan.code == code))).one()


async def make_license(
    container: Container,
    *,
    user_id: uuid.UUID | None = None,
    plan: str = "starter",
    expires_at: datetime | None = None,
    grace_until: datetime | None = None,
) -> IssuedLicense:
    """Issue a license of a seeded plan, for a new customer unless told for whom."""
    bought = await make_plan(container, plan)
    owner = user_id or (await make_person(container)).user_id
    clock = container.get(Clock)
    async with container.get(Database).transaction(Subject.system()) as session:
        return await issue_license(
            session,
            container.get(Vault),
            container.get(BlindIndex),
            clock,
            user_id=owner,
            entitlements=Entitlements.of(bought),
            expires_at=expires_at or clock.now() + MONTH,
            grace_until=grace_until,
        )


async def make_key(
    container: Container,
    issued: IssuedLicense,
    *,
    permissions: tuple[KeyPermission, ...] = tuple(KeyPermission),
    expires_at: datetime | None = None,
) -> CreatedKey:
    async with container.get(Database).transaction(Subject.system()) as session:
        return await create_key(
            session,
            container.get(Vault),
            license_row=issued.license,
            name="test",
            permissions=permissions,
            expires_at=expires_at,
            actor_user_id=None,
        )


VALIDATE = "/api/v1/nextpanel/validate-license"
USAGE = "/api/v1/billing/usage"
SNAPSHOT = "/api/v1/billing/usage/snapshot"


@dataclass
class SignedCaller:
    """Signs requests with an API key and checks the signature of every answer that is not an error of the edge."""

    http: httpx.AsyncClient
    clock: Clock
    key_id: str
    secret: str = field(repr=False)
    license_key: str = field(default="", repr=False)

    async def send(
        self,
        method: str,
        path: str,
        body: dict[str, Any],
        *,
        idempotency_key: str | None = None,
        timestamp: int | None = None,
        tamper: dict[str, Any] | None = None,
    ) -> httpx.Response:
        """Send `body`, signed; `tamper` replaces members after the signature was made."""
        content = json.dumps(body).encode()
        at = int(self.clock.now().timestamp()) if timestamp is None else timestamp
        headers = sign_request(
            key_id=self.key_id, secret=self.secret, timestamp=at, method=method, target=path, body=content
        )
        if idempotency_key is not None:
            headers[IDEMPOTENCY_HEADER] = idempotency_key
        if tamper is not None:
            content = json.dumps({**body, **tamper}).encode()
        response = await self.http.request(
            method, path, content=content, headers={**headers, "Content-Type": "application/json"}
        )
        if response.headers["content-type"] == "application/json":
            verify_answer(
                response.headers.get(ANSWER_SIGNATURE_HEADER),
                secret=self.secret,
                timestamp=str(at),
                nonce=body.get("nonce") or idempotency_key or "",
                body=response.content,
            )
        return response

    async def validate(self, feature: str = "create_database", **more: Any) -> dict[str, Any]:
        response = await self.send("POST", VALIDATE, {"license_key": self.license_key, "feature": feature, **more})
        assert response.status_code == 200, response.text
        answer: dict[str, Any] = response.json()
        return answer

    async def report(
        self, action: str, *, resource: str = "databases", count: int = 1, key: str | None = None
    ) -> httpx.Response:
        body = {"license_key": self.license_key, "resource": resource, "action": action, "count": count}
        return await self.send("POST", USAGE, body, idempotency_key=key or str(uuid.uuid4()))


async def make_caller(container: Container, http: httpx.AsyncClient, issued: IssuedLicense) -> SignedCaller:
    """Return a caller with a key of its own for this license."""
    created = await make_key(container, issued)
    return SignedCaller(http, container.get(Clock), created.key.public_id, created.secret, issued.key)


def dumped(cluster: Cluster, database_name: str) -> str:
    """Return everything that is in a database, as pg_dump writes it."""
    command = [
        str(postgres_bin(cluster.server.version) / "pg_dump"),
        "--data-only",
        cluster.server.dsn(database_name),
    ]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout
