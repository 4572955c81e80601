"""Secrets at rest: AES-256-GCM under named keys; hashes of random tokens."""

import base64
import hashlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class DecryptionFailed(Exception):
    """The value was not encrypted by us, for this purpose, with a key we still have."""


@dataclass(frozen=True, slots=True)
class EncryptionKey:
    id: str
    key: bytes

    def __post_init__(self) -> None:
        if len(self.key) != 32:
            raise ValueError("an encryption key has 32 bytes")
        if not self.id or "." in self.id:
            raise ValueError("a key id is a short word without dots")


class Vault:
    """Encrypts with the first key, decrypts with whichever key the value names.

    `purpose` is authenticated with the value, so that a ciphertext can't be moved to another column.
    """

    def __init__(self, keys: Sequence[EncryptionKey]) -> None:
        if not keys:
            raise ValueError("at least one encryption key is needed")
        self._current = keys[0]
        self._ciphers = {key.id: AESGCM(key.key) for key in keys}

    def encrypt(self, plain: str, *, purpose: str) -> str:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self._current.id].encrypt(nonce, plain.encode(), purpose.encode())
        return f"v1.{self._current.id}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def decrypt(self, sealed: str, *, purpose: str) -> str:
        """Return the plain text; raises `DecryptionFailed`."""
        try:
            version, key_id, body = sealed.split(".")
            raw = base64.urlsafe_b64decode(body)
            if version != "v1":
                raise DecryptionFailed
            return self._ciphers[key_id].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode()).decode()
        except (ValueError, KeyError, InvalidTag) as error:
            raise DecryptionFailed from error


def new_token() -> str:
    """Return a random URL-safe token of 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the hash under which a random token (≥ 128 bits) is stored; no key needed, it can't be guessed."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
