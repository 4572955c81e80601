"""How long billing's keys are believed while billing does not answer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from types import SimpleNamespace

import httpx
import pytest

from nextpanel.licensing.errors import BillingDown
from nextpanel.provisioning.jwks import JwksCache
from tests.support.billing import KID, FakeBilling


@asynccontextmanager
async def _cache(billing: FakeBilling) -> AsyncIterator[JwksCache]:
    async with httpx.AsyncClient(trust_env=False) as http:
        url = f"{billing.base_url}/.well-known/jwks.json"
        yield JwksCache(url, http=http, pause=timedelta(0), timeout=timedelta(seconds=2))


async def test_old_keys_are_fetched_again_and_bridged_for_an_hour(
    billing: FakeBilling, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1000.0
    monkeypatch.setattr("nextpanel.provisioning.jwks.time", SimpleNamespace(monotonic=lambda: now))
    async with _cache(billing) as cache:
        assert await cache.find(KID) is not None
        now += 599
        assert await cache.find(KID) is not None
        assert billing.jwks_calls == 1
        now += 2
        assert await cache.find(KID) is not None
        assert billing.jwks_calls == 2
        billing.is_down = True
        now += 3600
        assert await cache.find(KID) is not None
        now += 1
        with pytest.raises(BillingDown):
            await cache.find(KID)
        billing.is_down = False
        now += 1
        assert await cache.find(KID) is not None


@pytest.mark.parametrize("answer", [b"", b"[]", b"{}", b'{"keys":[]}', b'{"keys":[1]}', b'{"keys":"x"}', b"<html>"])
async def test_what_is_no_key_set_is_not_believed(answer: bytes) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=answer))
    async with httpx.AsyncClient(transport=transport) as http:
        cache = JwksCache("http://billing/jwks", http=http, pause=timedelta(0), timeout=timedelta(seconds=2))
        with pytest.raises(BillingDown):
            await cache.find(KID)
