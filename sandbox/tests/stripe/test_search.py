"""Search: how a lost answer is found again by the metadata of the order."""

import pytest
import stripe

from sandbox.stripe.errors import StripeError
from sandbox.stripe.search import parse
from tests.process import SandboxProcess
from tests.stripe.story import Story


def test_subscription_by_order_id(story: Story) -> None:
    customer, price = story.customer().id, story.price().id
    for number in range(3):
        story.subscribe(customer, price, metadata={"order_id": f"o-{number}"})
    found = story.v1.subscriptions.search({"query": "metadata['order_id']:'o-1' AND status:\"incomplete\""})
    assert [item.metadata["order_id"] for item in found.data] == ["o-1"]
    assert story.v1.subscriptions.search({"query": "metadata['order_id']:'o-9'"}).data == []
    assert len(story.v1.invoices.search({"query": f'customer:"{customer}" AND total>=2900'}).data) == 3
    assert len(story.v1.payment_intents.search({"query": f'customer:"{customer}" AND amount<2900'}).data) == 0


def test_operators_and_pages(story: Story) -> None:
    for name in ("Anna", "Joanne", "Bob"):
        story.v1.customers.create({"name": name, "metadata": {"plan": "pro"}})
    assert [item.name for item in story.v1.customers.search({"query": 'name~"ann"'}).data] == ["Joanne", "Anna"]
    assert [item.name for item in story.v1.customers.search({"query": '-name~"ann"'}).data] == ["Bob"]
    either = story.v1.customers.search({"query": 'name:"bob" OR name:"anna"'})
    assert {item.name for item in either.data} == {"Anna", "Bob"}
    assert len(story.v1.customers.search({"query": "phone:null"}).data) == 3
    paged = story.v1.customers.search({"query": 'metadata["plan"]:"pro"', "limit": 2})
    assert (len(paged.data), paged.has_more) == (2, True)
    assert [item.name for item in paged.auto_paging_iter()] == ["Bob", "Joanne", "Anna"]


def test_other_resources(story: Story) -> None:
    _, intent = story.purchase()
    price = story.v1.prices.search({"query": 'active:"true" AND type:"recurring"'}).data[0]
    assert [item.id for item in story.v1.products.search({"query": 'name:"starter"'}).data] == [price.product]
    charges = story.v1.charges.search({"query": 'status:"succeeded" AND refunded:"false"'}).data
    assert [charge.payment_intent for charge in charges] == [intent.id]


@pytest.mark.parametrize(
    "query",
    ["", "status", 'status:"a" AND', 'foo:"x"', 'metadata:"x"', 'name:"a" AND name:"b" OR name:"c"', "created>soon"],
)
def test_queries_that_make_no_sense(query: str) -> None:
    with pytest.raises(StripeError) as caught:
        parse(query, "customer")
    assert caught.value.status == 400


def test_index_lags_behind(story: Story, sandbox: SandboxProcess) -> None:
    story.customer()
    sandbox.arm("customer.search", "search_lag", seconds=60)
    query: stripe.params.CustomerSearchParams = {"query": 'name:"Ann"'}
    assert story.v1.customers.search(query).data == []
    assert len(story.v1.customers.search(query).data) == 1
