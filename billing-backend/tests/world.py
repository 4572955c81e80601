"""The whole house for a test: billing's API on a real port, a worker, the sandbox and a panel.

The worker's queue is in the test's hands: `until` runs what was enqueued, and sweeps, until something is true.
"""

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import uvicorn

from billing import maintenance
from billing.app import create_app
from billing.catalog import seeds
from billing.catalog.actions.sync import sync_prices
from billing.catalog.ports import PriceBook
from billing.chores import CHORES, TASKS
from billing.flows.provisioning.register_server import register_server
from billing.flows.purchase.products import DOMAIN_PRODUCT_CODE, DOMAIN_PRODUCT_NAME
from billing.inbound.ports import EventHandlers
from billing.integrations.stripe.endpoint import StripeEndpoint
from billing.kit.container import Container
from billing.kit.crypto import Vault
from billing.kit.db import Database, Subject
from billing.kit.tasks import RecordingQueue
from billing.settings import Settings
from service_kit.clock import OffsetClock
from tests.storefront import DECLINED_CARD, GOOD_CARD, Customer, Storefront

__all__ = ["DECLINED_CARD", "GOOD_CARD", "Customer", "PanelPeer", "World", "serving"]


@dataclass(frozen=True)
class PanelPeer:
    """A running panel and the key it signs with."""

    url: str
    server_id: uuid.UUID
    key_id: str
    secret: str


async def stock(worker: Container, panel: PanelPeer) -> None:
    """Fill the catalog, sync it to the sandbox, make the panel known."""
    database, book = worker.get(Database), worker.get(PriceBook)
    async with database.transaction(Subject.system()) as session:
        await seeds.seed(session)
        await register_server(
            session,
            worker.get(Vault),
            server_id=panel.server_id,
            name="local",
            base_url=panel.url,
            key_id=panel.key_id,
            secret=panel.secret,
        )
    await book.ensure_product(DOMAIN_PRODUCT_CODE, name=DOMAIN_PRODUCT_NAME, description="Domains")
    await sync_prices(database, book)
    url = f"{worker.get(Settings).base_url}/api/v1/webhooks/stripe"
    await worker.get(StripeEndpoint).ensure(url, worker.get(EventHandlers).types)


class World(Storefront):
    """A customer's view of the shop, and the worker's hands."""

    def __init__(
        self,
        settings: Settings,
        clock: OffsetClock,
        api: Container,
        worker: Container,
        queue: RecordingQueue,
        panel: PanelPeer,
        http: httpx.AsyncClient,
        sandbox_url: str,
    ) -> None:
        super().__init__(http, sandbox_url)
        self.settings = settings
        self.clock = clock
        self.api = api
        self.worker = worker
        self.queue = queue
        self.panel = panel
        worker.put(maintenance.Chores, CHORES)

    @property
    def database(self) -> Database:
        return self.worker.get(Database)

    async def prepare(self) -> None:
        await stock(self.worker, self.panel)

    async def work(self) -> None:
        await self.drain()

    async def drain(self) -> int:
        """Run everything enqueued so far, several at a time as a worker would."""
        done = 0
        while self.queue.messages:
            batch, self.queue.messages = self.queue.messages, []
            await asyncio.gather(*(TASKS[message.task](self.worker, *message.args) for message in batch))
            done += len(batch)
        return done

    async def sweep(self) -> None:
        await maintenance.sweep(self.worker)
        await self.drain()


@contextlib.asynccontextmanager
async def serving(container: Container, port: int) -> AsyncIterator[None]:
    """Serve billing's API on `port` for the sandbox's webhooks and the panel's questions."""
    config = uvicorn.Config(create_app(container), port=port, log_config=None, lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield
    server.should_exit = True
    await task
