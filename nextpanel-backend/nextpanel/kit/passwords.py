"""Password hashes: bcrypt, off the event loop, and as slow for unknown users as for known ones."""

import base64
import hashlib

import bcrypt
from anyio import CapacityLimiter, to_thread

_ROUNDS = 12


class PasswordHasher:
    """Hashes and checks passwords in a few threads, so a burst of log-ins can't starve everything else."""

    def __init__(self, *, rounds: int = _ROUNDS, threads: int = 2) -> None:
        self._rounds = rounds
        self._limiter = CapacityLimiter(threads)
        self._nobody = bcrypt.hashpw(_fit("nobody's password"), bcrypt.gensalt(rounds))

    async def hash(self, password: str) -> str:
        hashed = await to_thread.run_sync(
            lambda: bcrypt.hashpw(_fit(password), bcrypt.gensalt(self._rounds)), limiter=self._limiter
        )
        return hashed.decode()

    async def verify(self, password: str, stored: str | None) -> bool:
        """Tell whether the password matches; with None (no such user) it takes as long and says no."""
        against = self._nobody if stored is None else stored.encode()
        matches = await to_thread.run_sync(lambda: bcrypt.checkpw(_fit(password), against), limiter=self._limiter)
        return matches and stored is not None


def _fit(password: str) -> bytes:
    # bcrypt reads 72 bytes at most and no NUL; a digest in base64 keeps every letter of a longer password.
    return base64.b64encode(hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest())
