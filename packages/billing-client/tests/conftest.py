from collections.abc import AsyncIterator

import pytest_asyncio

from billing_client import BillingClient
from tests.server import KEY_ID, SECRET, LicenseServer, running


@pytest_asyncio.fixture
async def server() -> AsyncIterator[LicenseServer]:
    license_server = LicenseServer()
    async with running(license_server):
        yield license_server


@pytest_asyncio.fixture
async def client(server: LicenseServer) -> AsyncIterator[BillingClient]:
    async with BillingClient(server.base_url, KEY_ID, SECRET, backoff=0.01) as billing:
        yield billing
