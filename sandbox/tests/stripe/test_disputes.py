"""Disputes: test cards whose owners complain, evidence, the bank's verdict, and the money that follows."""

from typing import Any

import pytest
import stripe

from tests.process import SandboxProcess
from tests.stripe.story import Story

DAY = 86400


def disputed(story: Story, method: str = "pm_card_createDispute") -> stripe.Dispute:
    """A subscription's first payment that its payer disputes."""
    _, intent = story.purchase(method)
    (dispute,) = story.v1.disputes.list({"payment_intent": intent.id}).data
    return dispute


def kinds(story: Story, prefix: str = "charge.dispute.") -> list[str]:
    """Kinds of the dispute's events, oldest first."""
    return [event.type.removeprefix(prefix) for event in reversed(story.events()) if event.type.startswith(prefix)]


def net(story: Story) -> int:
    """Everything booked so far, in minor units."""
    return sum(entry.net for entry in story.v1.balance_transactions.list({"limit": 100}).data)


def test_the_money_is_gone_when_a_dispute_opens(story: Story) -> None:
    dispute = disputed(story)
    assert (dispute.status, dispute.reason, dispute.amount) == ("needs_response", "fraudulent", 2900)
    (withdrawn,) = dispute.balance_transactions
    assert (withdrawn.type, withdrawn.amount, withdrawn.fee, withdrawn.net) == ("adjustment", -2900, 1500, -4400)
    assert withdrawn.reporting_category == "dispute"
    assert story.v1.charges.retrieve(str(dispute.charge)).disputed is True
    assert kinds(story) == ["created", "funds_withdrawn"]
    assert net(story) == 2900 - (2900 * 29 // 1000 + 30) - 4400
    invoice = story.v1.invoices.list().data[0]
    assert invoice.status == "paid", "a dispute does not change the invoice"
    with pytest.raises(stripe.InvalidRequestError, match="charged back") as refused:
        story.v1.refunds.create({"charge": str(dispute.charge)})
    assert refused.value.code == "charge_disputed"


def test_winning_evidence_brings_the_money_back(story: Story) -> None:
    dispute = disputed(story, "pm_card_createDisputeProductNotReceived")
    assert dispute.reason == "product_not_received"
    staged = story.v1.disputes.update(
        dispute.id, {"submit": False, "evidence": {"uncategorized_text": "winning_evidence"}, "metadata": {"a": "1"}}
    )
    assert (staged.status, staged.evidence_details.has_evidence) == ("needs_response", True)
    assert staged.evidence_details.submission_count == 0
    won = story.v1.disputes.update(dispute.id, {"submit": True})
    assert (won.status, won.metadata.to_dict()) == ("won", {"a": "1"})
    assert [entry.amount for entry in won.balance_transactions] == [-2900, 2900]
    seen = kinds(story)
    assert seen[:2] == ["created", "funds_withdrawn"]
    assert seen[-2:] == ["funds_reinstated", "closed"]
    assert set(seen[2:-2]) == {"updated"}
    with pytest.raises(stripe.InvalidRequestError, match="does not wait for a response"):
        story.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Ann"}})
    with pytest.raises(stripe.InvalidRequestError, match="already closed"):
        story.v1.disputes.close(dispute.id)


@pytest.mark.parametrize("how", ["evidence", "close", "silence", "admin"])
def test_ways_to_lose(story: Story, sandbox: SandboxProcess, how: str) -> None:
    dispute = disputed(story)
    before = net(story)
    if how == "evidence":
        story.v1.disputes.update(dispute.id, {"evidence": {"uncategorized_text": "losing_evidence"}})
    elif how == "close":
        story.v1.disputes.close(dispute.id)
    elif how == "silence":
        sandbox.advance(10 * DAY)
    else:
        assert sandbox.admin.post(f"/stripe/disputes/{dispute.id}/lose").json()["status"] == "lost"
    assert story.v1.disputes.retrieve(dispute.id).status == "lost"
    assert kinds(story)[-1] == "closed"
    assert net(story) == before


def test_an_inquiry_takes_no_money(story: Story, sandbox: SandboxProcess) -> None:
    dispute = disputed(story, "pm_card_createDisputeInquiry")
    assert (dispute.status, dispute.is_charge_refundable) == ("warning_needs_response", True)
    assert dispute.balance_transactions == []
    answered = story.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Ann"}})
    assert answered.status == "warning_under_review"
    refund = story.v1.refunds.create({"charge": str(dispute.charge), "amount": 100})
    assert refund.status == "succeeded"
    assert sandbox.admin.post(f"/stripe/disputes/{dispute.id}/win").json()["status"] == "warning_closed"
    assert "funds_withdrawn" not in kinds(story)


def test_a_dispute_opened_and_won_by_hand(story: Story, sandbox: SandboxProcess) -> None:
    _, intent = story.purchase()
    body: dict[str, Any] = {"payment_intent": intent.id, "reason": "duplicate", "amount": 1000}
    opened = sandbox.admin.post("/stripe/disputes", json=body)
    assert (opened.status_code, opened.json()["amount"]) == (201, 1000)
    assert sandbox.admin.post("/stripe/disputes", json=body).status_code == 400, "one at a time"
    dispute_id = opened.json()["id"]
    assert sandbox.admin.post(f"/stripe/disputes/{dispute_id}/win").json()["status"] == "won"
    assert kinds(story)[-2:] == ["funds_reinstated", "closed"]
    assert sandbox.admin.post(f"/stripe/disputes/{dispute_id}/win").status_code == 400
    assert sandbox.admin.post(f"/stripe/disputes/{dispute_id}/perhaps").status_code == 400
    assert sandbox.admin.post("/stripe/disputes/du_none/win").status_code == 404
    for wrong in ({}, {**body, "reason": "mood"}, {**body, "amount": 10**9}, {"charge": "ch_none"}):
        assert sandbox.admin.post("/stripe/disputes", json=wrong).status_code in {400, 404}
    assert len(story.v1.disputes.list({"charge": str(intent.latest_charge)}).data) == 1


def test_updates_tell_what_was_before(story: Story) -> None:
    dispute = disputed(story)
    story.v1.disputes.update(dispute.id, {"evidence": {"customer_name": "Ann"}, "submit": False})
    (event,) = [event for event in story.events() if event.type == "charge.dispute.updated"]
    assert event.data.previous_attributes is not None
    assert event.data.previous_attributes.to_dict() == {
        "evidence": {"customer_name": None},
        "evidence_details": {"has_evidence": False},
    }
