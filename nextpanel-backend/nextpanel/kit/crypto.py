"""Secrets at rest: AES-256-GCM under named keys; hashes for random tokens."""

import base64
import hashlib
import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12


class UnreadableSecret(Exception):
    """The value was not sealed by us for this purpose with a key that is still configured."""


class SecretBox:
    """Seals texts. `keys` are (id, 32 bytes); the first seals, all open.

    `purpose` names the column and row a value belongs to, so that a sealed text moved elsewhere does not open.
    """

    def __init__(self, keys: Sequence[tuple[str, bytes]]) -> None:
        if not keys or any(len(key) != 32 or not name.isalnum() for name, key in keys):
            raise ValueError("encryption keys need a word as id and exactly 32 bytes")
        self._current = keys[0][0]
        self._ciphers = {name: AESGCM(key) for name, key in keys}

    def seal(self, text: str, *, purpose: str) -> str:
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = nonce + self._ciphers[self._current].encrypt(nonce, text.encode(), purpose.encode())
        return f"{self._current}:{base64.b64encode(sealed).decode()}"

    def open(self, sealed: str, *, purpose: str) -> str:
        """Return the text; raises `UnreadableSecret`."""
        name, _, body = sealed.partition(":")
        try:
            raw = base64.b64decode(body, validate=True)
            return self._ciphers[name].decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], purpose.encode()).decode()
        except (KeyError, ValueError, InvalidTag) as error:
            raise UnreadableSecret from error


def new_token() -> str:
    """Return a random URL-safe token of 256 bits."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return what is stored of a random token; it has 256 bits, so a plain hash can't be reversed by guessing."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
