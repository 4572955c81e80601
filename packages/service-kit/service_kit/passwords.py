"""Password hashes: bcrypt, off the event loop, on a few threads of its own.

bcrypt reads at most 72 bytes, so it gets the base64 of the password's SHA-256: every character of a long password
counts, and base64 keeps NUL bytes out.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import bcrypt

from service_kit.errors import ServiceUnavailable

T = TypeVar("T")
_LONGEST_QUEUE = 200


class LogInsBusy(ServiceUnavailable):
    code, title = "log_ins_busy", "Too many people are logging in right now; try again in a moment"


def digest(password: str) -> bytes:
    """Return what bcrypt gets to see of a password: 44 characters."""
    return base64.b64encode(hashlib.sha256(password.encode("utf-8", "surrogatepass")).digest())


class PasswordHasher:
    """`rounds` is bcrypt's cost (2^rounds); `threads` bounds how many cores log-ins can take at once.

    Both methods raise `LogInsBusy` rather than let a queue grow that nobody will wait for.
    """

    def __init__(self, *, rounds: int, threads: int = 2) -> None:
        self._rounds = rounds
        self._waiting = 0
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="bcrypt")
        # What unknown users are compared with, so that they cost as much time as known ones.
        self._nobody = bcrypt.hashpw(digest(secrets.token_urlsafe()), bcrypt.gensalt(rounds))

    async def hash(self, password: str) -> str:
        """Return the hash to store, 60 characters."""
        return (await self._run(lambda: bcrypt.hashpw(digest(password), bcrypt.gensalt(self._rounds)))).decode()

    async def matches(self, password: str, password_hash: str | None) -> bool:
        """Tell whether the password fits; with None, take the same time and say no."""
        stored = self._nobody if password_hash is None else password_hash.encode()
        fits = await self._run(lambda: bcrypt.checkpw(digest(password), stored))
        return fits and password_hash is not None

    def is_outdated(self, password_hash: str) -> bool:
        """Tell whether the hash was made with another cost than is wanted now."""
        return password_hash.split("$")[2] != f"{self._rounds:02d}"

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)

    async def _run(self, work: Callable[[], T]) -> T:
        if self._waiting >= _LONGEST_QUEUE:
            raise LogInsBusy
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, work)
        finally:
            self._waiting -= 1
