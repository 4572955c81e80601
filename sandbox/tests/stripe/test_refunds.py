"""Refunds: partial, complete, too much, and those that settle later."""

import pytest
import stripe

from tests.process import SandboxProcess
from tests.stripe.story import Story


def test_partial_refunds_add_up(story: Story) -> None:
    subscription, intent = story.purchase()
    first = story.v1.refunds.create({"payment_intent": intent.id, "amount": 900, "metadata": {"item": "domain"}})
    assert (first.status, first.amount, first.charge) == ("succeeded", 900, intent.latest_charge)
    charge = story.v1.charges.retrieve(str(intent.latest_charge), {"expand": ["refunds"]})
    assert (charge.amount_refunded, charge.refunded) == (900, False)
    assert charge.refunds is not None
    assert [refund.id for refund in charge.refunds.data] == [first.id]
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.v1.refunds.create({"payment_intent": intent.id, "amount": 2001})
    assert caught.value.user_message == "Refund amount ($20.01) is greater than unrefunded amount on charge ($20.00)"
    assert caught.value.param == "amount"
    rest = story.v1.refunds.create({"charge": str(intent.latest_charge), "reason": "requested_by_customer"})
    assert rest.amount == 2000
    assert story.v1.charges.retrieve(str(intent.latest_charge)).refunded is True
    with pytest.raises(stripe.InvalidRequestError) as again:
        story.v1.refunds.create({"payment_intent": intent.id})
    assert again.value.code == "charge_already_refunded"
    assert {"refund.created", "charge.refunded", "charge.updated"} <= story.event_types()
    assert story.v1.invoices.retrieve(str(subscription.latest_invoice)).status == "paid"
    listed = story.v1.refunds.list({"payment_intent": intent.id}).data
    assert [refund.id for refund in listed] == [rest.id, first.id]


def test_nothing_to_refund(story: Story) -> None:
    intent = story.v1.payment_intents.create({"amount": 1000, "currency": "usd"})
    with pytest.raises(stripe.InvalidRequestError, match="does not have a successful charge"):
        story.v1.refunds.create({"payment_intent": intent.id})
    with pytest.raises(stripe.InvalidRequestError) as caught:
        story.v1.refunds.create({})
    assert caught.value.code == "parameter_missing"
    with pytest.raises(stripe.InvalidRequestError) as zero:
        story.v1.refunds.create({"payment_intent": intent.id, "amount": 0})
    assert zero.value.http_status == 400


@pytest.mark.parametrize(
    ("card", "at_once", "later", "event"),
    [
        ("pm_card_pendingRefund", "pending", "succeeded", "refund.updated"),
        ("pm_card_refundFail", "succeeded", "failed", "refund.failed"),
    ],
)
def test_refund_settles_later(
    story: Story, sandbox: SandboxProcess, card: str, at_once: str, later: str, event: str
) -> None:
    _, intent = story.purchase(card)
    refund = story.v1.refunds.create({"payment_intent": intent.id})
    assert refund.status == at_once
    sandbox.advance(120)
    settled = story.v1.refunds.retrieve(refund.id)
    assert settled.status == later
    assert event in story.event_types()
    left = story.v1.charges.retrieve(str(intent.latest_charge)).amount_refunded
    assert left == (0 if later == "failed" else 2900)


def test_balance_follows_the_money(story: Story, sandbox: SandboxProcess) -> None:
    _, intent = story.purchase()
    story.v1.refunds.create({"payment_intent": intent.id, "amount": 900})
    booked = story.v1.balance_transactions.list().data
    assert [transaction.amount for transaction in booked] == [-900, 2900]
    net = sum(transaction.net for transaction in booked)
    assert story.v1.balance.retrieve().pending[0].amount == net
    sandbox.advance(3 * 86400)
    assert story.v1.balance.retrieve().available[0].amount == net
    assert story.v1.balance_transactions.retrieve(booked[0].id).status == "available"
