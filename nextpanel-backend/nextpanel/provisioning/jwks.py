"""Billing's public keys, fetched when needed and remembered."""

import asyncio
import time
from datetime import timedelta

import httpx
import jwt

from nextpanel.licensing.errors import BillingDown
from service_kit.logs import get_logger

log = get_logger(__name__)

_FRESH_SECONDS = 600.0
_USABLE_SECONDS = 3600.0
_LARGEST = 64 * 1024


class JwksCache:
    """The keys at `url`. They are fetched again every ten minutes, and for an unknown key id once per `pause`.

    While billing is away keys are good for an hour; then a withdrawn key could no longer be told from a good one.
    """

    def __init__(self, url: str, *, http: httpx.AsyncClient, pause: timedelta, timeout: timedelta) -> None:
        self._url = url
        self._http = http
        self._pause = pause.total_seconds()
        self._timeout = timeout.total_seconds()
        self._keys: dict[str, jwt.PyJWK] = {}
        self._fetched_at = float("-inf")
        self._tried_at = float("-inf")
        self._lock = asyncio.Lock()

    async def find(self, kid: str) -> jwt.PyJWK | None:
        """Return the key, None when billing has no such key; raises `BillingDown` when that can't be found out."""
        async with self._lock:
            now = time.monotonic()
            wanted = kid not in self._keys or now - self._fetched_at > _FRESH_SECONDS
            if wanted and now - self._tried_at > self._pause:
                self._tried_at = now
                await self._fetch()
            if time.monotonic() - self._fetched_at > _USABLE_SECONDS:
                raise BillingDown("Billing's keys can't be fetched.")
            return self._keys.get(kid)

    async def _fetch(self) -> None:
        try:
            answer = await self._http.get(self._url, timeout=self._timeout, follow_redirects=False)
            answer.raise_for_status()
            if len(answer.content) > _LARGEST:
                raise ValueError("the key set is too large")
            found = jwt.PyJWKSet.from_dict(answer.json())
        except (httpx.HTTPError, jwt.PyJWTError, ValueError, AttributeError) as error:
            log.warning("billing's keys not fetched", error=repr(error))
            return
        self._keys = {key.key_id: key for key in found.keys if key.key_id and key.algorithm_name == "EdDSA"}
        self._fetched_at = time.monotonic()
