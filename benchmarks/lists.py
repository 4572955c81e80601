"""Deep pages: what a page of invoices costs at the beginning and at the end of a very long list.

Two customers, one with a million invoices and one with ten thousand, ask the API's own list. Baselines: page 1 of the
same list, and the first and last page of the short one. Requests of all kinds take turns: a slow moment hits all.
"""

import asyncio
import os
import statistics
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from house import DATABASE, House, house
from rows import make_invoices
from sqlalchemy import select
from stack_access import report

from billing.accounts.authentication import sign_access_token
from billing.accounts.models import User, UserSession
from billing.app import create_app
from billing.invoices.models import Invoice
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.kit.pagination import encode_cursor
from billing.kit.tokens import TokenSigner
from billing.settings import Settings
from billing.wiring import build_container, close_container

MANY = int(os.environ.get("MANY", "1000000"))
FEW = int(os.environ.get("FEW", "10000"))
PAGE = 100
ROUNDS = int(os.environ.get("ROUNDS", "150"))


@dataclass
class Reader:
    """A customer who reads a page of their invoices again and again."""

    name: str
    headers: dict[str, str]
    cursor: str | None = None
    taken: list[float] = field(default_factory=list)

    async def read(self, http: httpx.AsyncClient) -> None:
        params = {"limit": str(PAGE), **({"cursor": self.cursor} if self.cursor else {})}
        started = time.perf_counter()
        answer = await http.get("/api/v1/invoices", params=params, headers=self.headers)
        self.taken.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200 or len(answer.json()["items"]) != PAGE:
            raise RuntimeError(f"{self.name}: {answer.status_code} {answer.text[:300]}")

    @property
    def median(self) -> float:
        return statistics.median(self.taken)


async def make_customer(container: Container) -> tuple[uuid.UUID, dict[str, str]]:
    """Return a customer and the headers of a session of theirs."""
    user = User(email=f"{uuid.uuid4().hex}@customer.example", password_hash="-", full_name="Bench")
    async with container.get(Database).transaction(Subject.system()) as session:
        session.add(user)
        await session.flush()
        live = UserSession(user_id=user.id, last_seen_at=datetime.now(UTC))
        session.add(live)
        await session.flush()
        token = sign_access_token(container.get(TokenSigner), user, live.id, lifetime=timedelta(hours=1))
    return user.id, {"Authorization": f"Bearer {token}"}


async def cursor_before(container: Container, user_id: uuid.UUID, count: int, page: int) -> str:
    """Return the cursor that leads to a page; pages are read newest first."""
    number = count - (page - 1) * PAGE
    async with container.get(Database).transaction(Subject.system()) as session:
        found = select(Invoice.id).where(Invoice.stripe_invoice_id == f"in_{user_id.hex}_{number + 1}")
        return encode_cursor((await session.execute(found)).scalar_one())


async def measure(place: House) -> dict[str, Reader]:
    container = build_container(Settings())
    app = create_app(container)
    try:
        many, many_headers = await make_customer(container)
        few, few_headers = await make_customer(container)
        await make_invoices(container, many, MANY)
        await make_invoices(container, few, FEW)
        place.psql(f"VACUUM ANALYZE {DATABASE}.public.invoices")
        last_of_many, last_of_few = MANY // PAGE, FEW // PAGE
        readers = {
            "first of many": Reader("first of many", many_headers),
            "deep of many": Reader(
                "deep of many", many_headers, await cursor_before(container, many, MANY, last_of_many)
            ),
            "first of few": Reader("first of few", few_headers),
            "deep of few": Reader("deep of few", few_headers, await cursor_before(container, few, FEW, last_of_few)),
        }
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False, client=("127.0.0.1", 50000))
        async with httpx.AsyncClient(transport=transport, base_url="http://billing.bench") as http:
            for number in range(ROUNDS + 10):
                for reader in readers.values():
                    await reader.read(http)
                if number == 9:
                    # The first requests fill caches of every kind.
                    for reader in readers.values():
                        reader.taken.clear()
    finally:
        await close_container(container)
    return readers


def main() -> None:
    with house() as place:
        os.environ.update(place.environment)
        readers = asyncio.run(measure(place))
    print(f"\npages of {PAGE} invoices, {MANY} and {FEW} rows, median of {ROUNDS}")
    for reader in readers.values():
        print(f"  {reader.name:<16}{reader.median:8.2f} ms")
    first, deep = readers["first of many"].median, readers["deep of many"].median
    worst = max(first / readers["first of few"].median, deep / readers["deep of few"].median)
    report("lists", {"deep_over_first": round(deep / first, 3), "million_over_ten_thousand": round(worst, 3)})


if __name__ == "__main__":
    main()
