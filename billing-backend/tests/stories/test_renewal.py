"""The second year: a paid renewal extends the license once, a failed one is told to the customer."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import uvicorn
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from billing.inbound.models import EventStatus, WebhookEvent
from billing.kit.container import Container
from billing.kit.db import Subject
from billing.orders.models import Order
from billing.payments.models import Payment
from billing.settings import Settings
from billing.subscriptions.models import Subscription, SubscriptionStatus
from billing.wiring import build_container, close_container
from testkit.ports import free_port
from tests.hostile import changes, row_counts
from tests.storefront import Customer
from tests.stripe_events import make_event, send_event
from tests.world import World

STARTER = {"type": "license", "plan": "starter", "interval": "year"}
YEAR = 365 * 86_400
RENEWAL = "in_renewal"


def _as_it_came(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return Response(error.detail, status_code=error.status_code, media_type="application/json")


class NextYear:
    """Stripe as it will be in a year: the sandbox's own objects, moved, and one invoice more.

    The sandbox has no second billing period, so this stands between it and the worker and answers on the same wire.
    """

    def __init__(self, sandbox: str) -> None:
        self.sandbox = sandbox
        self.status = "paid"
        self.http = httpx.AsyncClient(auth=("sk_test_sandbox", ""))
        self.worker = Container()

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/v1/invoices/{id}", self.invoice),
                Route("/v1/subscriptions/{id}", self.subscription),
            ],
            exception_handlers={HTTPException: _as_it_came},
        )

    async def _fetch(self, path: str, request: Request) -> dict[str, Any]:
        query = request.url.query.encode()
        answer = await self.http.get(httpx.URL(f"{self.sandbox}/stripe/v1/{path}", query=query))
        if answer.status_code != 200:
            raise HTTPException(answer.status_code, answer.text)
        found: dict[str, Any] = answer.json()
        return found

    async def invoice(self, request: Request) -> JSONResponse:
        invoice_id = request.path_params["id"]
        if invoice_id != RENEWAL:
            return JSONResponse(await self._fetch(f"invoices/{invoice_id}", request))
        (first,) = (await self.http.get(f"{self.sandbox}/stripe/v1/invoices")).json()["data"]
        invoice = await self._fetch(f"invoices/{first['id']}", request)
        invoice |= {
            "id": RENEWAL,
            "billing_reason": "subscription_cycle",
            "created": invoice["created"] + YEAR,
            "number": "RENEWAL-0002",
            "status": self.status,
        }
        if self.status == "open":
            invoice |= {"amount_paid": 0, "next_payment_attempt": invoice["created"] + 3 * 86_400}
            invoice["status_transitions"]["paid_at"] = None
        for row in invoice["payments"]["data"]:
            row["payment"]["payment_intent"] |= {"id": "pi_renewal"}
        self._move(invoice["parent"]["subscription_details"]["subscription"])
        return JSONResponse(invoice)

    async def subscription(self, request: Request) -> JSONResponse:
        subscription = await self._fetch(f"subscriptions/{request.path_params['id']}", request)
        self._move(subscription)
        return JSONResponse(subscription)

    def _move(self, subscription: dict[str, Any]) -> None:
        subscription["status"] = "active" if self.status == "paid" else "past_due"
        for item in subscription["items"]["data"]:
            item["current_period_start"] += YEAR
            item["current_period_end"] += YEAR


@pytest.fixture
async def next_year(world: World, settings: Settings) -> AsyncIterator[NextYear]:
    """Let the world's worker ask Stripe in a year; orders have to be placed and paid before."""
    later = NextYear(world.sandbox_url)
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(later.app(), port=port, log_config=None, lifespan="off"))
    serving = asyncio.create_task(server.serve())
    moved = settings.model_copy(update={"stripe_api_base": f"http://127.0.0.1:{port}"})
    later.worker = build_container(moved, clock=world.clock, queue=world.queue, worker=True)
    yield later
    await close_container(later.worker)
    server.should_exit = True
    await serving
    await later.http.aclose()


async def bought(world: World, later: NextYear) -> tuple[Customer, dict[str, Any]]:
    """Return a customer with a license of a year, and that license; then a year goes by at Stripe."""
    customer = await world.customer()
    assert (await world.buy(customer, STARTER))["status"] == "fulfilled"
    world.worker = later.worker
    return customer, await license_of(world, customer)


async def license_of(world: World, customer: Customer) -> dict[str, Any]:
    found: dict[str, Any] = (await world.http.get("/api/v1/licenses", headers=customer.headers)).json()["items"][0]
    return found


async def deliver(world: World, kind: str, snapshot: dict[str, Any], **named: Any) -> None:
    assert (await send_event(world.http, make_event(kind, snapshot, **named))).status_code == 200
    await world.drain()


def instant(value: str) -> datetime:
    return datetime.fromisoformat(value)


async def test_a_paid_renewal_extends_the_license_once(world: World, next_year: NextYear) -> None:
    customer, before = await bought(world, next_year)
    (first,) = await world.stripe("invoices")
    for _ in range(3):
        await deliver(world, "invoice.paid", {"id": RENEWAL}, event_id="evt_renewed")
    await deliver(world, "invoice.paid", {"id": RENEWAL})
    # An old event that comes late is about the first year, and that is settled.
    await deliver(world, "invoice.paid", {"id": first["id"]})

    after = await license_of(world, customer)
    assert instant(after["expiry_date"]) - instant(before["expiry_date"]) == timedelta(seconds=YEAR)
    assert (after["id"], after["status"], after["last4"]) == (before["id"], "active", before["last4"])
    grace = instant(after["grace_until"]) - instant(after["expiry_date"])
    assert grace == world.settings.license_grace
    invoices = (await world.http.get("/api/v1/invoices", headers=customer.headers)).json()["items"]
    assert [invoice["status"] for invoice in invoices] == ["paid", "paid"]
    assert invoices[0]["number"] == "RENEWAL-0002"
    assert invoices[0]["order_id"] == invoices[1]["order_id"]
    async with world.database.transaction(Subject.system()) as session:
        payments = (await session.scalars(select(Payment).order_by(Payment.id))).all()
        assert [(payment.amount, payment.description) for payment in payments] == [
            (29_000, "Order 10001"),
            (29_000, "Renewal"),
        ]
        assert (await session.scalars(select(func.count()).select_from(Order))).one() == 1
        statuses = await session.scalars(select(WebhookEvent.status).where(WebhookEvent.event_type == "invoice.paid"))
        assert set(statuses) <= {EventStatus.PROCESSED, EventStatus.IGNORED}
    orders = (await world.http.get("/api/v1/orders", headers=customer.headers)).json()["items"]
    assert [order["status"] for order in orders] == ["fulfilled"]


async def test_a_renewal_that_fails_is_told_and_the_license_stays_through_its_grace(
    world: World, next_year: NextYear
) -> None:
    customer, before = await bought(world, next_year)
    next_year.status = "open"
    for _ in range(2):
        await deliver(world, "invoice.payment_failed", {"id": RENEWAL, "attempt_count": 1})
    mail = await world.until("payment failed mail", lambda: world.mail(customer.email, "payment"))
    assert "$290.00" in mail["text"]
    assert len([seen for seen in await world.mails(customer.email) if seen["subject"] == mail["subject"]]) == 1
    async with world.database.transaction(Subject.system()) as session:
        subscription = (await session.scalars(select(Subscription))).one()
    assert subscription.status is SubscriptionStatus.PAST_DUE
    after = await license_of(world, customer)
    assert (after["status"], after["expiry_date"]) == ("active", before["expiry_date"])
    next_year.status = "paid"
    await deliver(world, "invoice.paid", {"id": RENEWAL})
    # The failure's event once more, late: by now the invoice is paid.
    await deliver(world, "invoice.payment_failed", {"id": RENEWAL, "attempt_count": 2})
    assert len([seen for seen in await world.mails(customer.email) if seen["subject"] == mail["subject"]]) == 1
    renewed = await license_of(world, customer)
    assert instant(renewed["expiry_date"]) - instant(before["expiry_date"]) == timedelta(seconds=YEAR)


async def test_events_about_things_that_are_not_ours_do_nothing(world: World, next_year: NextYear) -> None:
    customer, before = await bought(world, next_year)
    await world.drain()
    rows = await row_counts(world.database)
    for kind, snapshot in (
        ("customer.subscription.updated", {"id": "sub_of_somebody"}),
        ("customer.subscription.deleted", {"id": 7}),
        ("invoice.paid", {}),
        ("invoice.paid", {"id": None}),
        ("invoice.payment_failed", {"id": ["in_1"]}),
    ):
        await deliver(world, kind, snapshot)
    came = changes(rows, await row_counts(world.database))
    assert came == {"webhook_events": 5}
    assert await license_of(world, customer) == before
