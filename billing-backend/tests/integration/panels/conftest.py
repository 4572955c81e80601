"""A panel on loopback that billing knows, and a gateway that waits for it."""

from collections.abc import AsyncIterator
from datetime import timedelta

import httpx
import pytest
from tests.fake_panel import FakePanel, make_panel, running

from billing.flows.provisioning.register_server import register_server
from billing.integrations.nextpanel.gateway import NextPanelGateway
from billing.kit.container import Container
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.kit.tokens import TokenSigner
from billing.panels.ports import PanelGateway

KEY_ID = "npk_PLATFORM000000000000000001"
SECRET = "nps_platform-secret-of-these-tests-0123456789abcd"


@pytest.fixture
async def panel(container: Container, client: httpx.AsyncClient, database: Database) -> AsyncIterator[FakePanel]:
    async with running(await make_panel(container, client)) as server:
        async with database.transaction(Subject.system()) as session:
            await register_server(
                session,
                container.get(Vault),
                server_id=server.id,
                name="one",
                base_url=server.base_url,
                key_id=KEY_ID,
                secret=SECRET,
            )
        yield server


@pytest.fixture
async def gateway(container: Container) -> AsyncIterator[NextPanelGateway]:
    """Also put into the container, so that endpoints use the short patience."""
    built = NextPanelGateway(container.get(TokenSigner), timeout=timedelta(seconds=1))
    replaced = container.get(PanelGateway)
    container.put(PanelGateway, built)
    yield built
    container.put(PanelGateway, replaced)
    await built.aclose()
