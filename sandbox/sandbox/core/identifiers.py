"""Vendor-looking identifiers: random by default, a fixed series when a seed is given."""

import hashlib
import hmac
import secrets
import string

from sandbox.core.store import Store

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase


class Identifiers:
    """`new("cus", 14)` → `cus_` and 14 characters of [0-9A-Za-z]; seeded series go on after a restart."""

    def __init__(self, store: Store, seed: str | None) -> None:
        self._store = store
        self._key = seed.encode() if seed else None

    def new(self, prefix: str, length: int = 24) -> str:
        """A fresh identifier with the vendor's prefix."""
        return f"{prefix}_{self.text(length)}"

    def text(self, length: int) -> str:
        """Fresh characters without a prefix."""
        return "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in self._bytes(length))

    def _bytes(self, length: int) -> bytes:
        if self._key is None:
            return secrets.token_bytes(length)
        number = self._store.counter("core_identifiers")
        return hashlib.shake_256(hmac.digest(self._key, str(number).encode(), "sha256")).digest(length)
