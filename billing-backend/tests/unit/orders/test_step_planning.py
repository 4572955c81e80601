"""The steps that deliver an order, and what each of them waits for."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from billing.flows.purchase.paid import plan_steps
from billing.orders.models import FulfillmentStep, StepKind
from tests.unit.orders.parts import make_order


def edges(steps: Sequence[FulfillmentStep], attribute: str) -> dict[int, list[int]]:
    """Return position → positions of what it names in `attribute`."""
    positions = {str(step.id): step.position for step in steps}
    return {step.position: [positions[str(key)] for key in getattr(step, attribute)] for step in steps}


def test_a_license_and_a_domain() -> None:
    order, items = make_order(domains=1)
    steps = plan_steps(order, items)
    assert [step.kind for step in steps] == [
        StepKind.ISSUE_LICENSE,
        StepKind.PROVISION_ACCOUNT,
        StepKind.REGISTER_DOMAIN,
        StepKind.DNS_ZONE,
        StepKind.WELCOME_MAIL,
    ]
    assert edges(steps, "depends_on") == {0: [], 1: [0], 2: [], 3: [2, 1], 4: [1]}
    assert edges(steps, "follows") == {0: [], 1: [], 2: [], 3: [], 4: [2, 3]}


def test_a_license_alone() -> None:
    order, items = make_order()
    steps = plan_steps(order, items)
    assert [step.kind for step in steps] == [
        StepKind.ISSUE_LICENSE,
        StepKind.PROVISION_ACCOUNT,
        StepKind.WELCOME_MAIL,
    ]


def test_domains_alone_bring_neither_account_nor_welcome_mail() -> None:
    order, items = make_order(license_bought=False, domains=2)
    steps = plan_steps(order, items)
    assert [step.kind for step in steps] == [StepKind.REGISTER_DOMAIN, StepKind.DNS_ZONE] * 2
    assert edges(steps, "depends_on") == {0: [], 1: [0], 2: [], 3: [2]}


@given(license_bought=st.booleans(), domains=st.integers(0, 19))
def test_every_plan_can_be_carried_out(license_bought: bool, domains: int) -> None:
    order, items = make_order(license_bought=license_bought, domains=domains)
    steps = plan_steps(order, items)
    keys = [step.idempotency_key for step in steps]
    assert len(set(keys)) == len(keys)
    assert [step.position for step in steps] == list(range(len(steps)))
    for attribute in ("depends_on", "follows"):
        # Whatever a step waits for stands before it, so nothing can wait for itself.
        assert all(max(others, default=-1) < position for position, others in edges(steps, attribute).items())
    assert {step.order_item_id for step in steps} == {item.id for item in items}
    assert {(step.order_id, step.user_id) for step in steps} <= {(order.id, order.user_id)}


def test_the_same_order_planned_again_has_the_same_keys() -> None:
    order, items = make_order(domains=2)
    first, second = plan_steps(order, items), plan_steps(order, items)
    assert [step.idempotency_key for step in first] == [step.idempotency_key for step in second]
