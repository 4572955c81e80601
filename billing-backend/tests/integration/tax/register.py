"""The register's knobs, and the steps of a check."""

import uuid
from typing import Any

import httpx
from sqlalchemy import select

from billing.chores import TASKS
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.tasks import RecordingQueue
from billing.tax import tasks
from billing.tax.models import VatCheck
from tests.factories_licenses import Person

FRENCH = {"address_line1": "1 rue de la Paix", "city": "Paris", "postal_code": "75002", "country": "FR"}
NUMBER = "FR40303265045"


class Vies:
    def __init__(self, http: httpx.AsyncClient) -> None:
        self._http = http

    async def fault(self, kind: str, **more: Any) -> None:
        body = {"vendor": "vies", "operation": "check", "kind": kind, **more}
        (await self._http.post("/admin/faults", json=body)).raise_for_status()

    async def enter(self, number: str, **entry: Any) -> None:
        (await self._http.put(f"/admin/vies/numbers/{number}", json=entry)).raise_for_status()

    async def questions(self) -> list[dict[str, Any]]:
        answer = await self._http.get("/admin/journal", params={"vendor": "vies"})
        asked: list[dict[str, Any]] = answer.json()["requests"]
        return asked


async def put_details(client: httpx.AsyncClient, person: Person, **body: Any) -> httpx.Response:
    return await client.put("/api/v1/me/billing-details", json=body, headers=person.headers)


async def run_enqueued(worker: Container, queue: RecordingQueue) -> None:
    while queue.messages:
        batch, queue.messages = queue.messages, []
        for message in batch:
            await TASKS[message.task](worker, *message.args)


async def sweep(worker: Container, queue: RecordingQueue) -> int:
    found = await tasks.sweep(worker)
    await run_enqueued(worker, queue)
    return found


async def checks_of(container: Container, user_id: uuid.UUID) -> list[VatCheck]:
    """Return the customer's checks, oldest first."""
    async with container.get(Database).transaction(Subject.system()) as session:
        found = select(VatCheck).where(VatCheck.user_id == user_id).order_by(VatCheck.id)
        return list((await session.execute(found)).scalars())
