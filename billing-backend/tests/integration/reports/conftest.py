"""The scenario that was worked out by hand; its figures stand in docs/reports.md.

Prices in US dollars a month: Starter 29, Pro 60; a year of Pro 600, which is 50 a month. All five customers:

    Ann   Starter from 10 January, Pro from 15 February; active throughout
    Bob   Pro by the year from 20 January, ended on 5 March
    Cem   Starter from 3 January, ended on 25 January, back with Starter on 7 March
    Dot   trial of Pro from 20 February, pays from 6 March, Starter from 20 April
    Eve   Starter from 1 March, late with paying from 1 April on
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx
import pytest

from billing.accounts.permissions import Role
from billing.kit.container import Container
from billing.kit.db import Database, Subject
from billing.ledger.facts import (
    CreditNoteFact,
    Customer,
    InvoiceFact,
    LineFact,
    PaymentFact,
    RefundFact,
    SubscriptionFact,
)
from billing.ledger.service import (
    earn_due,
    note_subscription,
    post_credit_note,
    post_invoice,
    post_payment,
    post_refund,
)
from billing.subscriptions.models import Subscription, SubscriptionStatus
from service_kit.clock import FixedClock
from service_kit.ids import uuid7
from tests.factories_licenses import Person, make_person, make_plan
from tests.factories_orders import make_order

STARTER, PRO, PRO_YEAR = 2_900, 6_000, 60_000
NOW = datetime(2026, 5, 1, tzinfo=UTC)


def at(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


@dataclass(frozen=True)
class Scenario:
    """The customers by name, and a member of staff who may read reports."""

    people: Mapping[str, uuid.UUID]
    staff: Person
    client: httpx.AsyncClient

    async def report(self, path: str, **params: str) -> list[dict[str, object]]:
        answer = await self.client.get(f"/api/v1/reports/{path}", params=params, headers=self.staff.headers)
        assert answer.status_code == 200, answer.text
        found: list[dict[str, object]] = answer.json()
        return found

    async def rows(self, path: str, *, limit: int = 2, **params: str) -> list[dict[str, object]]:
        """Return all rows, page by page."""
        rows: list[dict[str, object]] = []
        cursor: dict[str, str] = {}
        while True:
            asked = {"limit": str(limit), **params, **cursor}
            answer = await self.client.get(f"/api/v1/reports/{path}", params=asked, headers=self.staff.headers)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            assert len(page["items"]) <= limit
            rows += page["items"]
            if page["next_cursor"] is None:
                return rows
            cursor = {"cursor": page["next_cursor"]}

    def names(self, rows: list[dict[str, object]]) -> list[str]:
        by_id = {str(user_id): name for name, user_id in self.people.items()}
        return sorted(by_id[str(row["user_id"])] for row in rows)


# Name, then (day, plan, interval, status, amount); Cem's second agreement is another subscription.
_LIVES: Mapping[str, list[list[tuple[datetime, str, str, str, int]]]] = {
    "ann": [[(at(1, 10), "starter", "month", "active", STARTER), (at(2, 15), "professional", "month", "active", PRO)]],
    "bob": [
        [
            (at(1, 20), "professional", "year", "active", PRO_YEAR),
            (at(3, 5), "professional", "year", "cancelled", PRO_YEAR),
        ]
    ],
    "cem": [
        [(at(1, 3), "starter", "month", "active", STARTER), (at(1, 25), "starter", "month", "cancelled", STARTER)],
        [(at(3, 7), "starter", "month", "active", STARTER)],
    ],
    "dot": [
        [
            (at(2, 20), "professional", "month", "trialing", PRO),
            (at(3, 6), "professional", "month", "active", PRO),
            (at(4, 20), "starter", "month", "active", STARTER),
        ]
    ],
    "eve": [[(at(3, 1), "starter", "month", "active", STARTER), (at(4, 1), "starter", "month", "past_due", STARTER)]],
}
_COUNTRIES = {"ann": "US", "bob": "DE", "cem": "US", "dot": "DE", "eve": "FR"}
# When the subscription that is alive renews next.
_RENEWS = {"ann": at(5, 10), "cem": at(5, 7), "dot": at(5, 20), "eve": at(5, 1)}


@pytest.fixture
async def scenario(container: Container, client: httpx.AsyncClient, clock: FixedClock) -> Scenario:
    clock.set(NOW)
    staff = await make_person(container, role=Role.BILLING_ADMIN)
    people = {name: (await make_person(container)) for name in _LIVES}
    for name, lives in _LIVES.items():
        for life in lives:
            await _live(container, people[name], life, _COUNTRIES[name], _RENEWS.get(name))
    await _pay(container, {name: Customer(person.user_id, _COUNTRIES[name]) for name, person in people.items()})
    return Scenario({name: person.user_id for name, person in people.items()}, staff, client)


async def _live(
    container: Container,
    person: Person,
    life: list[tuple[datetime, str, str, str, int]],
    country: str,
    renews_at: datetime | None,
) -> None:
    order = await make_order(container, person)
    _, plan, interval, status, _ = life[-1]
    subscription = Subscription(
        id=uuid7(),
        user_id=person.user_id,
        order_id=order.id,
        plan_id=(await make_plan(container, plan)).id,
        stripe_subscription_id=f"sub_{uuid7()}",
        status=SubscriptionStatus(status),
        interval=interval,
        currency="USD",
        current_period_end=renews_at,
    )
    async with container.get(Database).transaction(Subject.system()) as session:
        session.add(subscription)
        await session.flush()
        for day, code, every, state, amount in life:
            fact = SubscriptionFact(
                subscription.id, person.user_id, code, every, state, amount, "USD", day, country=country
            )
            assert await note_subscription(session, fact)
            assert not await note_subscription(session, replace(fact, changed_at=at(12, 1)))


def _invoice(number: str, net: int, tax: int, begins: datetime, ends: datetime, plan: str) -> InvoiceFact:
    line = LineFact(f"il_{number}", net, begins, ends, plan)
    return InvoiceFact(f"in_{number}", "USD", net + tax, tax, begins, [line], paid_at=begins)


async def _pay(container: Container, payers: Mapping[str, Customer]) -> None:
    """Ann pays January to March by the month, Bob a year with tax of which half is refunded, Eve owes April."""
    ann, bob, eve = payers["ann"], payers["bob"], payers["eve"]
    invoices = [
        (ann, _invoice("a1", STARTER, 0, at(1, 10), at(2, 10), "starter")),
        (ann, _invoice("a2", STARTER, 0, at(2, 10), at(3, 10), "starter")),
        (bob, _invoice("b1", 36_500, 6_935, at(1, 20), datetime(2027, 1, 20, tzinfo=UTC), "professional")),
    ]
    async with container.get(Database).transaction(Subject.system()) as session:
        for payer, invoice in invoices:
            await post_invoice(session, payer, invoice)
            payment = PaymentFact(f"pi_{invoice.id}", invoice.id, invoice.total, "USD", invoice.finalized_at)
            await post_payment(session, payer, payment)
        owed = replace(_invoice("e1", STARTER, 0, at(4, 1), at(5, 1), "starter"), paid_at=None)
        await post_invoice(session, eve, owed)
        # 44 days of 365 are earned by 5 March: 4,400 of 36,500. The rest goes back with its tax of 19 %.
        note = CreditNoteFact("cn_1", "in_b1", "USD", 38_199, 6_099, 38_199, 0, at(3, 5))
        await post_credit_note(session, bob, note)
        await post_refund(session, bob, RefundFact("re_1", 38_199, "USD", at(3, 5)))
        await earn_due(session, NOW)
