"""API keys of the license API: create, register a panel server's platform key, revoke."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from billing.audit.service import record
from billing.kit.crypto import Vault, token_hash
from billing.kit.db import Session
from billing.licenses import repository
from billing.licenses.errors import ApiKeyLimitReached, ApiKeyNotFound, ApiKeyTaken
from billing.licenses.keys import ALPHABET
from billing.licenses.models import ApiKey, KeyPermission, License

SECRET_PURPOSE = "api_key_secret"  # noqa: S105 - what a ciphertext is for, not a secret
MAX_ACTIVE_KEYS = 10

_PUBLIC_ID_SYMBOLS = 26
_SECRET_BYTES = 32
_ALL_PERMISSIONS: Sequence[KeyPermission] = tuple(KeyPermission)


@dataclass(frozen=True, slots=True)
class CreatedKey:
    """A new key with its secret, which nobody is shown again."""

    key: ApiKey
    secret: str = field(repr=False)


async def create_key(
    session: Session,
    vault: Vault,
    *,
    license_row: License,
    name: str,
    permissions: Sequence[KeyPermission] = _ALL_PERMISSIONS,
    expires_at: datetime | None = None,
    actor_user_id: uuid.UUID | None,
) -> CreatedKey:
    """Create a key for one license; raises `ApiKeyLimitReached` at ten active ones."""
    # The lock on the license makes two callers count one after the other.
    await repository.get_license(session, license_row.id, for_update=True)
    if await repository.count_active_keys(session, license_row.id) >= MAX_ACTIVE_KEYS:
        raise ApiKeyLimitReached
    secret = f"nps_{secrets.token_urlsafe(_SECRET_BYTES)}"
    key = ApiKey(
        public_id="npk_" + "".join(secrets.choice(ALPHABET) for _ in range(_PUBLIC_ID_SYMBOLS)),
        user_id=license_row.user_id,
        license_id=license_row.id,
        name=name,
        key_hash=token_hash(secret),
        secret_encrypted=vault.encrypt(secret, purpose=SECRET_PURPOSE),
        permissions=[permission.value for permission in permissions],
        expires_at=expires_at,
    )
    session.add(key)
    await session.flush()
    await record(
        session,
        actor_user_id=actor_user_id,
        action="api_key.created",
        object_type="api_key",
        object_id=key.id,
        after={"name": name, "license_id": license_row.id, "permissions": key.permissions},
    )
    return CreatedKey(key, secret)


async def register_platform_key(
    session: Session, vault: Vault, *, server_id: uuid.UUID, name: str, public_id: str, secret: str
) -> ApiKey:
    """Make `public_id` with `secret` the one usable platform key of a panel server; repeating it changes nothing.

    Another secret replaces the old one at once, and the server's other keys are revoked. Raises `ApiKeyTaken` when the
    id is a license's key or another server's.
    """
    current: ApiKey | None = None
    for key in await repository.platform_keys(session, server_id):
        if key.public_id == public_id:
            current = key
        else:
            key.revoke()
    if current is None:
        if await repository.get_key_by_public_id(session, public_id) is not None:
            raise ApiKeyTaken
        current = ApiKey(
            public_id=public_id,
            panel_server_id=server_id,
            name=name,
            key_hash="",
            secret_encrypted="",
            permissions=[permission.value for permission in _ALL_PERMISSIONS],
        )
        session.add(current)
    if current.key_hash != token_hash(secret) or not current.is_active:
        current.key_hash = token_hash(secret)
        current.secret_encrypted = vault.encrypt(secret, purpose=SECRET_PURPOSE)
        current.is_active = True
        await session.flush()
        await record(
            session,
            actor_user_id=None,
            action="api_key.registered",
            object_type="api_key",
            object_id=current.id,
            after={"name": name, "panel_server_id": server_id},
        )
    return current


async def revoke_key(session: Session, *, key_id: uuid.UUID, license_id: uuid.UUID, actor_user_id: uuid.UUID) -> None:
    """Revoke a key of this license at once; repeating it changes nothing. Raises `ApiKeyNotFound`."""
    key = await repository.get_key_of_license(session, key_id, license_id)
    if key is None:
        raise ApiKeyNotFound
    if not key.is_active:
        return
    key.revoke()
    await session.flush()
    await record(
        session,
        actor_user_id=actor_user_id,
        action="api_key.revoked",
        object_type="api_key",
        object_id=key.id,
        before={"is_active": True},
        after={"is_active": False},
    )
