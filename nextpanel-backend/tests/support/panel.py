"""A panel under test and what tests do with it, over HTTP only."""

import asyncio
import base64
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import psycopg
from fastapi import FastAPI

from nextpanel.maintenance import Maintenance
from nextpanel.settings import Settings
from service_kit.clock import FixedClock
from testkit.postgres import PostgresServer
from testkit.processes import PATIENCE
from tests.support.billing import KEY_ID, SECRET, FakeBilling

PROVISIONER = "nextpanel_provisioner"
PROVISIONER_PASSWORD = "only-for-tests"
PASSWORD = "correct horse battery"


@dataclass
class Owner:
    """An account and its owner's log-in."""

    account_id: str
    license_id: str
    license_key: str
    username: str
    headers: dict[str, str] = field(default_factory=dict)
    refresh_token: str = ""


def environment(
    server: PostgresServer, *, database: str, base_url: str, billing_url: str, **more: str
) -> dict[str, str]:
    """Return the variables that configure a panel for tests."""
    provisioner = server.dsn("postgres", user=PROVISIONER, password=PROVISIONER_PASSWORD)
    values = {
        "profile": "local",
        "base_url": base_url,
        "server_id": "panel-1",
        "database_url": server.dsn(database, driver="postgresql+asyncpg"),
        "database_pool_size": "8",
        "provisioner_database_url": provisioner,
        "billing_url": billing_url,
        "billing_key_id": KEY_ID,
        "billing_secret": SECRET,
        "session_key": "a session key that is only used by tests",
        "encryption_keys": f'[{{"id":"k1","key":"{base64.b64encode(bytes(32)).decode()}"}}]',
        "maintenance_interval": "3600",
        # Long: a test that wants to see somebody lose patience says so.
        "billing_timeout": "60",
        "jwks_refetch_pause": "0",
        "login_attempts_per_minute_and_ip": "1000",
        "bcrypt_rounds": "4",
        **more,
    }
    return {f"NEXTPANEL_{name.upper()}": value for name, value in values.items()}


@dataclass
class Panel:
    """`app` is None when the panel runs as a process of its own."""

    http: httpx.AsyncClient
    billing: FakeBilling
    server: PostgresServer
    database: str
    settings: Settings
    app: FastAPI | None = None

    @property
    def maintenance(self) -> Maintenance:
        assert self.app is not None
        maintenance: Maintenance = self.app.state.maintenance
        return maintenance

    async def call_as_billing(self, method: str, path: str, scope: str, **options: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.billing.token(scope)}", **options.pop("headers", {})}
        return await self.http.request(method, path, headers=headers, **options)

    async def create_account(self, *, maximum: int | None = 5, **changes: Any) -> tuple[httpx.Response, dict[str, Any]]:
        body = {
            "license_id": str(uuid4()),
            "license_key": self.billing.add_license(maximum=maximum),
            "user_email": f"owner-{uuid4().hex[:8]}@example.com",
            "plan": "starter",
            "features": {"ssl_certificates": True},
            "quotas": {"databases": maximum},
            "locale": "en",
            **changes,
        }
        return await self.call_as_billing("POST", "/api/v1/accounts", "accounts:write", json=body), body

    async def new_owner(self, *, maximum: int | None = 5, **changes: Any) -> Owner:
        """Provision an account, choose its password by the link and log in."""
        created, body = await self.create_account(maximum=maximum, **changes)
        assert created.status_code == 201, created.text
        account = created.json()
        token = account["setup_url"].rsplit("/", 1)[1]
        done = await self.http.post("/api/v1/setup", json={"token": token, "password": PASSWORD})
        assert done.status_code == 200, done.text
        owner = Owner(
            account_id=account["nextpanel_account_id"],
            license_id=body["license_id"],
            license_key=body["license_key"],
            username=account["username"],
        )
        return await self.log_in(owner)

    async def log_in(self, owner: Owner) -> Owner:
        form = {"grant_type": "password", "username": owner.username, "password": PASSWORD}
        answer = await self.http.post("/api/v1/auth/token", data=form)
        assert answer.status_code == 200, answer.text
        owner.headers = {"Authorization": f"Bearer {answer.json()['access_token']}"}
        owner.refresh_token = answer.json()["refresh_token"]
        return owner

    async def create_database(self, owner: Owner, name: str = "shop", key: str | None = None) -> httpx.Response:
        headers = {**owner.headers, **({"Idempotency-Key": key} if key else {})}
        return await self.http.post("/api/v1/databases", json={"name": name}, headers=headers)

    async def set_status(self, owner: Owner, verb: str, reason: str = "payment overdue") -> httpx.Response:
        path = f"/api/v1/accounts/{owner.account_id}/{verb}"
        return await self.call_as_billing("POST", path, "accounts:write", json={"reason": reason})

    async def until(self, reached: Callable[[], bool]) -> None:
        """Let the maintenance work until `reached` is true."""
        deadline = time.monotonic() + PATIENCE
        while not reached():
            assert time.monotonic() < deadline, "it did not come to that"
            if self.app is not None:
                await self.maintenance.run_once()
            await asyncio.sleep(0.05)

    def advance(self, *, minutes: int) -> None:
        """Move the panel's and billing's clock."""
        assert isinstance(self.billing.clock, FixedClock)
        self.billing.clock.advance(timedelta(minutes=minutes))

    def used(self, owner: Owner) -> int:
        """What billing counts."""
        return self.billing.licenses[owner.license_key].used

    def real_databases(self, owner: Owner) -> list[str]:
        """The databases the engine has for the account."""
        rows = self.server.execute(f"SELECT datname FROM pg_database WHERE datname LIKE '{owner.username}%' ORDER BY 1")
        return rows.split()

    def real_roles(self, owner: Owner) -> list[str]:
        rows = self.server.execute(f"SELECT rolname FROM pg_roles WHERE rolname LIKE '{owner.username}%' ORDER BY 1")
        return rows.split()

    def query(self, sql: str) -> list[list[str]]:
        """Run SQL on the panel's own database as superuser."""
        return [line.split("\t") for line in self.server.execute(sql, database=self.database).splitlines()]


def connect(created: dict[str, Any], database: str | None = None) -> psycopg.Connection[Any]:
    """Connect as a customer would, with what the panel answered."""
    return psycopg.connect(
        host=created["host"],
        port=created["port"],
        user=created["username"],
        password=created["password"],
        dbname=database or created["database"],
        autocommit=True,
        connect_timeout=60,
    )
