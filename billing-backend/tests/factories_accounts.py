"""Users, sessions and mails for tests."""

import re
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime

import bcrypt
import httpx
from sqlalchemy import select

from billing.accounts.models import User
from billing.accounts.permissions import Role
from billing.kit.container import Container
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.notifications.models import BODY_PURPOSE, EmailMessage
from service_kit.ids import uuid7
from service_kit.passwords import digest

PASSWORD = "correct horse battery"
VERIFIED_AT = datetime(2026, 11, 1, tzinfo=UTC)
_HASHES: dict[str, str] = {}


@dataclass(frozen=True)
class Tokens:
    access: str
    refresh: str

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}


@dataclass(frozen=True)
class Mail:
    """A queued mail with its bodies opened."""

    id: uuid.UUID
    key: str
    template: str
    to: str
    subject: str
    text: str
    html: str
    status: str

    @property
    def token(self) -> str:
        found = re.search(r"token=([\w-]+)", self.text)
        assert found is not None, "this mail carries no link with a token"
        return found.group(1)


def hashed(password: str) -> str:
    """Return a cheap hash of the password; the same one each time, for speed."""
    if password not in _HASHES:
        _HASHES[password] = bcrypt.hashpw(digest(password), bcrypt.gensalt(4)).decode()
    return _HASHES[password]


async def make_user(
    database: Database,
    *,
    email: str | None = None,
    password: str = PASSWORD,
    full_name: str = "Ada Lovelace",
    role: Role = Role.CUSTOMER,
    verified: bool = True,
    is_active: bool = True,
) -> User:
    user = User(
        id=uuid7(),
        email=email or f"user-{uuid.uuid4().hex[:12]}@example.com",
        password_hash=hashed(password),
        full_name=full_name,
        role=role,
        is_active=is_active,
        email_verified_at=VERIFIED_AT if verified else None,
    )
    async with database.transaction(Subject.system()) as session:
        session.add(user)
    return user


async def ask_for_token(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> httpx.Response:
    form = {"grant_type": "password", "username": email, "password": password}
    return await client.post("/api/v1/auth/token", data=form)


async def log_in(client: httpx.AsyncClient, email: str, password: str = PASSWORD) -> Tokens:
    return tokens_of(await ask_for_token(client, email, password))


def tokens_of(response: httpx.Response) -> Tokens:
    assert response.status_code == 200, response.text
    body = response.json()
    return Tokens(body["access_token"], body["refresh_token"])


async def auth_headers(client: httpx.AsyncClient, database: Database, **user: object) -> dict[str, str]:
    """Make a user and return the headers of a session of theirs."""
    made = await make_user(database, **user)  # type: ignore[arg-type] # passes make_user's own keywords through
    return (await log_in(client, made.email)).headers


async def mails(container: Container, *, to: str | None = None) -> list[Mail]:
    """Return the queued mails in order, opened."""
    vault = container.get(Vault)
    async with container.get(Database).transaction(Subject.system()) as session:
        rows = (await session.execute(select(EmailMessage).order_by(EmailMessage.id))).scalars().all()
    return [
        Mail(
            id=row.id,
            key=row.key,
            template=row.template,
            to=row.to_address,
            subject=row.subject,
            text=vault.decrypt(row.body_text or "", purpose=BODY_PURPOSE),
            html=vault.decrypt(row.body_html or "", purpose=BODY_PURPOSE),
            status=row.status,
        )
        for row in rows
        if to is None or row.to_address == to
    ]
