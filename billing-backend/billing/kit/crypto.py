"""Secrets at rest: the vault of service_kit, and a keyed blind index to look encrypted values up."""

import hashlib
import hmac

from service_kit.vault import DecryptionFailed, EncryptionKey, Vault, token_hash

__all__ = ["BlindIndex", "DecryptionFailed", "EncryptionKey", "Vault", "token_hash"]


class BlindIndex:
    """A keyed hash that finds an encrypted value without revealing it: HMAC-SHA-256, hex."""

    def __init__(self, key: bytes) -> None:
        if len(key) != 32:
            raise ValueError("the blind index key has 32 bytes")
        self._key = key

    def of(self, value: str, *, purpose: str) -> str:
        return hmac.new(self._key, f"{purpose}\n{value}".encode(), hashlib.sha256).hexdigest()
