"""Whatever the outcomes and their order, an order settles, and never as fulfilled with something not delivered."""

import uuid
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from billing.flows.purchase.paid import plan_steps
from billing.kit.db import Session
from billing.kit.retry import RetryPolicy
from billing.orders.actions.finish_step import RUN_TASK, apply_outcome, wake_steps
from billing.orders.models import (
    ENDED,
    FulfillmentStep,
    ItemKind,
    ItemStatus,
    Order,
    OrderItem,
    OrderStatus,
    StepKind,
    StepStatus,
)
from billing.orders.outcomes import Done, Later, NeedsAttention, Outcome, Refunded, Skipped
from tests.unit.orders.parts import DOMAIN_PRICE, NOW, as_inserted, make_order

POLICY = RetryPolicy(max_failures=3, first=timedelta(seconds=2), longest=timedelta(minutes=1))


def at_once(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that waits for nothing, without a loop."""
    with pytest.raises(StopIteration):
        work.send(None)


@dataclass
class Fulfillment:
    """An order's steps worked on in memory, with the very functions the worker uses."""

    order: Order
    items: list[OrderItem]
    now: datetime = NOW
    steps: list[FulfillmentStep] = field(init=False)
    session: Session = field(default_factory=Session)
    woken: list[uuid.UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.steps = as_inserted(plan_steps(self.order, self.items))
        self.wake()

    def wake(self) -> None:
        due = wake_steps(self.order, self.steps, self.now)
        assert all(step.next_attempt_at == self.now for step in due)
        self.woken += [step.id for step in due]

    @property
    def due(self) -> list[FulfillmentStep]:
        return [
            step
            for step in self.steps
            if step.status in {StepStatus.PENDING, StepStatus.WAITING} and step.next_attempt_at is not None
        ]

    @property
    def in_attention(self) -> list[FulfillmentStep]:
        return [step for step in self.steps if step.status is StepStatus.NEEDS_ATTENTION]

    def step(self, kind: StepKind) -> FulfillmentStep:
        return next(step for step in self.steps if step.kind is kind)

    def start(self, step: FulfillmentStep) -> None:
        assert step in self.due
        step.status = StepStatus.RUNNING
        step.attempts += 1

    def finish(self, step: FulfillmentStep, outcome: Outcome) -> None:
        item = next((item for item in self.items if item.id == step.order_item_id), None)
        at_once(apply_outcome(self.session, POLICY, self.order, item, step, outcome, self.now))
        self.wake()

    def work(self, step: FulfillmentStep, outcome: Outcome) -> None:
        self.start(step)
        self.finish(step, outcome)


def refund() -> Refunded:
    return Refunded(DOMAIN_PRICE, f"re_{uuid.uuid4().hex}", "domain_taken", "somebody was faster")


def outcome_of(draw: st.DataObject, step: FulfillmentStep) -> Outcome:
    """Draw what working on the step may come to, as its handler could answer."""
    possible = ["done", "later", "waits", "attention"]
    if step.kind is StepKind.REGISTER_DOMAIN:
        possible.append("refunded")
    if step.kind is StepKind.DNS_ZONE:
        possible.append("skipped")
    match draw.draw(st.sampled_from(possible), label=step.kind):
        case "done":
            return Done({"by": step.kind})
        case "later":
            return Later("down", "did not answer")
        case "waits":
            return Later("pending", "the registry takes its time", after=timedelta(hours=1), counts=False)
        case "refunded":
            return refund()
        case "skipped":
            return Skipped("no account")
    return NeedsAttention("refused", "a person has to look")


def check(run: Fulfillment) -> None:
    """What has to hold at every moment."""
    by_id = {str(step.id): step for step in run.steps}
    for step in run.steps:
        if step.attempts:
            needed = [by_id[str(key)].status for key in step.depends_on]
            assert set(needed) <= {StepStatus.DONE}, f"{step.kind} was worked on before {needed}"
    settled = run.order.status is not OrderStatus.PAID
    assert settled == all(step.status in ENDED for step in run.steps)
    assert (run.order.fulfilled_at is not None) == settled
    # Something is always under way, due, or with a person: an order can't be forgotten.
    under_way = [step for step in run.steps if step.status is StepStatus.RUNNING]
    assert settled or run.due or under_way or run.in_attention
    assert run.order.refunded_amount == sum(item.refunded_amount for item in run.items) <= run.order.total_amount
    if run.order.status is OrderStatus.FULFILLED:
        assert {item.status for item in run.items} <= {ItemStatus.DELIVERED, ItemStatus.REFUNDED}
        assert any(item.status is ItemStatus.DELIVERED for item in run.items)
    if run.order.status is OrderStatus.REFUNDED:
        assert {item.status for item in run.items} == {ItemStatus.REFUNDED}


@given(data=st.data(), license_bought=st.booleans(), domains=st.integers(0, 3))
def test_whatever_happens_every_order_settles(data: st.DataObject, license_bought: bool, domains: int) -> None:
    run = Fulfillment(*make_order(license_bought=license_bought, domains=domains or int(not license_bought)))
    running: list[FulfillmentStep] = []
    for _ in range(60):
        check(run)
        acts = ["start"] * bool(run.due) + ["finish"] * bool(running) + ["retry"] * bool(run.in_attention)
        if not acts:
            break
        run.now += timedelta(seconds=1)
        match data.draw(st.sampled_from(acts)):
            case "start":
                step = data.draw(st.sampled_from(run.due))
                run.start(step)
                running.append(step)
            case "finish":
                step = running.pop(data.draw(st.integers(0, len(running) - 1)))
                run.finish(step, outcome_of(data, step))
            case "retry":
                data.draw(st.sampled_from(run.in_attention)).retry_now(run.now)
    # From wherever that led, good weather brings every order home.
    for step in running:
        run.finish(step, Done())
    while run.due or run.in_attention:
        check(run)
        for step in run.in_attention:
            step.retry_now(run.now)
        run.work(run.due[0], Done())
    check(run)
    assert run.order.status in {OrderStatus.FULFILLED, OrderStatus.REFUNDED}
    assert len(run.woken) == len(set(run.woken)), "no step is made due twice by those it waits for"


def test_everything_in_order() -> None:
    run = Fulfillment(*make_order(domains=1))
    assert [step.kind for step in run.due] == [StepKind.ISSUE_LICENSE, StepKind.REGISTER_DOMAIN]
    for kind in (StepKind.REGISTER_DOMAIN, StepKind.ISSUE_LICENSE, StepKind.PROVISION_ACCOUNT):
        run.work(run.step(kind), Done())
    assert [step.kind for step in run.due] == [StepKind.DNS_ZONE]
    run.work(run.step(StepKind.DNS_ZONE), Done())
    run.work(run.step(StepKind.WELCOME_MAIL), Done())
    assert run.order.status is OrderStatus.FULFILLED
    assert {item.status for item in run.items} == {ItemStatus.DELIVERED}


def test_a_refunded_domain_takes_its_zone_with_it_and_nothing_else() -> None:
    run = Fulfillment(*make_order(domains=2))
    sniped, good = [step for step in run.steps if step.kind is StepKind.REGISTER_DOMAIN]
    run.work(sniped, refund())
    run.work(good, Done())
    run.work(run.step(StepKind.ISSUE_LICENSE), Done())
    run.work(run.step(StepKind.PROVISION_ACCOUNT), Done())
    zones = [step for step in run.steps if step.kind is StepKind.DNS_ZONE]
    assert [zone.status for zone in zones] == [StepStatus.SKIPPED, StepStatus.PENDING]
    run.work(zones[1], Done())
    run.work(run.step(StepKind.WELCOME_MAIL), Done())
    assert run.order.status is OrderStatus.FULFILLED
    assert run.order.refunded_amount == DOMAIN_PRICE
    assert [item.status for item in run.items if item.kind is ItemKind.DOMAIN] == [
        ItemStatus.REFUNDED,
        ItemStatus.DELIVERED,
    ]


def test_an_order_of_which_nothing_could_be_delivered_is_refunded() -> None:
    run = Fulfillment(*make_order(license_bought=False, domains=2))
    for step in [step for step in run.steps if step.kind is StepKind.REGISTER_DOMAIN]:
        run.work(step, refund())
    assert run.order.status is OrderStatus.REFUNDED
    assert run.order.refunded_amount == run.order.total_amount


def test_the_welcome_mail_does_not_wait_for_a_domain_that_waits() -> None:
    for held_up in (NeedsAttention("x", "y"), Later("pending", "z", after=timedelta(days=1), counts=False)):
        run = Fulfillment(*make_order(domains=1))
        run.start(register := run.step(StepKind.REGISTER_DOMAIN))
        run.work(run.step(StepKind.ISSUE_LICENSE), Done())
        run.work(run.step(StepKind.PROVISION_ACCOUNT), Done())
        assert run.due == [], "while the registrar is being asked the mail waits for its answer"
        run.finish(register, held_up)
        assert StepKind.WELCOME_MAIL in [step.kind for step in run.due]


def test_too_many_failures_call_a_person_and_waiting_is_none() -> None:
    run = Fulfillment(*make_order())
    issue = run.step(StepKind.ISSUE_LICENSE)
    for _ in range(20):
        run.work(issue, Later("pending", "not yet", after=timedelta(minutes=3), counts=False))
        assert issue.next_attempt_at == run.now + timedelta(minutes=3)
    run.session.take_messages()
    for failures in (1, 2):
        run.work(issue, Later("down", "no answer"))
        assert (issue.status, issue.failures) == (StepStatus.WAITING, failures)
        (message,) = run.session.take_messages()
        assert (message.task, message.args) == (RUN_TASK, (str(issue.id),))
        assert 0 < message.countdown <= 4
    run.work(issue, Later("down", "no answer"))
    assert (issue.status, issue.last_error_code) == (StepStatus.NEEDS_ATTENTION, "down")
    assert run.session.take_messages() == []
    issue.retry_now(run.now)
    assert (issue.status, issue.failures, issue.attempts) == (StepStatus.WAITING, 0, 23)


def test_an_item_is_refunded_once() -> None:
    run = Fulfillment(*make_order(license_bought=False, domains=2))
    first = run.step(StepKind.REGISTER_DOMAIN)
    run.work(first, refund())
    first.status = StepStatus.RUNNING
    run.finish(first, refund())
    assert run.order.refunded_amount == DOMAIN_PRICE
