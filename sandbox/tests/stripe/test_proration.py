"""Proration to the cent: the documented examples, and laws that hold for every split."""

from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
import stripe
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.stripe.objects.subscriptions.proration import share
from tests.stripe.timeline import DAY, HOUR, Timeline, amounts, at, period, texts

MODES = pytest.mark.parametrize("mode", ["classic", "flexible"])


def change(timeline: Timeline, subscription: stripe.Subscription, price: str, **more: Any) -> stripe.Subscription:
    """Move the only item to another price."""
    item = timeline.again(subscription).items.data[0].id
    request: Any = {"items": [{"id": item, "price": price}], **more}
    return timeline.v1.subscriptions.update(subscription.id, request)


def waiting(timeline: Timeline, subscription: stripe.Subscription) -> list[stripe.InvoiceItem]:
    """Invoice items not billed yet, oldest first."""
    found = timeline.v1.invoice_items.list({"customer": str(subscription.customer), "pending": True, "limit": 100})
    return list(reversed(found.data))


def stored(timeline: Timeline) -> dict[str, int]:
    """How many documents there are of each kind, answers kept for repetition left out."""
    counts: dict[str, int] = timeline.sandbox.admin.get("/state").json()["collections"]
    return {kind: count for kind, count in counts.items() if kind != "stripe_idempotency"}


@MODES
def test_the_documented_upgrade(timeline: Timeline, mode: str) -> None:
    timeline.go_to(at("2027-08-08T00:00:00"))
    silver, gold = timeline.price(1000, name="Silver plan"), timeline.price(3252, name="Gold plan")
    subscription = timeline.running(silver.id, billing_mode={"type": mode})
    end = period(subscription)[1]
    assert end - period(subscription)[0] == 2678400
    upgraded = change(timeline, subscription, gold.id, proration_date=end - 445540)
    assert upgraded.billing_mode.type == mode
    credit, debit = waiting(timeline, subscription)
    assert (credit.amount, debit.amount) == (-166, 541)
    assert texts([credit, debit]) == [
        "Unused time on Silver plan after 02 Sep 2027",
        "Remaining time on Gold plan after 02 Sep 2027",
    ]
    assert (credit.proration, credit.discountable) == (True, False)
    assert (credit.period.start, credit.period.end) == (end - 445540, end)
    timeline.go_to(end + HOUR)
    renewal = timeline.invoices(subscription)[0]
    assert amounts(renewal) == [-166, 541, 3252]
    assert (renewal.total, renewal.status) == (3627, "paid")
    assert renewal.lines.data[2].description == "1 × Gold plan (at $32.52 / month)"
    parents = [line.parent for line in renewal.lines.data]
    assert all(parent is not None and parent.type == "subscription_item_details" for parent in parents)
    details = [parent.subscription_item_details for parent in parents if parent is not None]
    assert [detail is not None and detail.proration for detail in details] == [True, True, False]


@pytest.mark.parametrize(("mode", "net"), [("classic", -334), ("flexible", 0)])
def test_thirds_of_a_month(timeline: Timeline, mode: str, net: int) -> None:
    """An upgrade that was never billed is not given back in flexible mode."""
    timeline.go_to(at("2027-04-01"))
    ten, twenty = timeline.price(1000), timeline.price(2000, name="Twenty")
    subscription = timeline.running(ten.id, billing_mode={"type": mode})
    start = period(subscription)[0]
    change(timeline, subscription, twenty.id, proration_date=start + 10 * DAY, proration_behavior="none")
    assert waiting(timeline, subscription) == []
    change(timeline, subscription, ten.id, proration_date=start + 20 * DAY)
    items = waiting(timeline, subscription)
    assert [item.amount for item in items] == ([-667, 333] if mode == "classic" else [-333, 333])
    assert sum(item.amount for item in items) == net


@pytest.mark.parametrize(("mode", "credit"), [("flexible", -417), ("classic", -250)])
def test_the_coupon_share_that_was_applied(timeline: Timeline, mode: str, credit: int) -> None:
    timeline.go_to(at("2027-04-01"))
    coupon = timeline.v1.coupons.create({"amount_off": 500, "currency": "usd", "duration": "forever"})
    ten, twenty = timeline.price(1000), timeline.price(2000, name="Twenty")
    subscription = timeline.running(
        items=[{"price": ten.id}, {"price": twenty.id}],
        discounts=[{"coupon": coupon.id}],
        billing_mode={"type": mode},
    )
    first = timeline.invoices(subscription)[0]
    shares = [line.discount_amounts[0].amount for line in first.lines.data if line.discount_amounts]
    assert shares == [166, 334]
    start = period(subscription)[0]
    timeline.v1.subscription_items.delete(subscription.items.data[0].id, {"proration_date": start + 15 * DAY})
    assert [item.amount for item in waiting(timeline, subscription)] == [credit]


def test_quantity_is_told(timeline: Timeline) -> None:
    premium = timeline.price(1000, name="Premium")
    subscription = timeline.running(items=[{"price": premium.id, "quantity": 50}])
    timeline.v1.subscription_items.update(subscription.items.data[0].id, {"quantity": 55})
    items = waiting(timeline, subscription)
    assert "Unused time on 50 × Premium after " in texts(items)[0]
    assert "Remaining time on 55 × Premium after " in texts(items)[1]
    assert [item.quantity for item in items] == [50, 55]


def test_credits_name_what_they_give_back(timeline: Timeline) -> None:
    subscription = timeline.running(timeline.price(1000).id)
    first = timeline.invoices(subscription)[0]
    change(timeline, subscription, timeline.price(2000).id)
    change(timeline, subscription, timeline.price(3000).id)
    first_credit, first_debit, second_credit, _ = waiting(timeline, subscription)
    assert first_credit.proration_details is not None
    named = first_credit.proration_details.credited_items
    assert named is not None
    assert named.invoice_line_item_details is not None
    assert named.invoice_line_item_details.invoice == first.id
    assert named.invoice_line_item_details.invoice_line_items == [first.lines.data[0].id]
    assert second_credit.proration_details is not None
    pending = second_credit.proration_details.credited_items
    assert pending is not None
    assert (pending.type, pending.invoice_item) == ("invoice_item", first_debit.id)


def test_a_date_outside_the_period_is_refused(timeline: Timeline) -> None:
    subscription = timeline.running()
    start, end = period(subscription)
    for moment in (start - 1, end + 1):
        with pytest.raises(stripe.InvalidRequestError, match="proration_date"):
            change(timeline, subscription, timeline.price(5000).id, proration_date=moment)


@MODES
def test_a_free_trial_is_never_prorated(timeline: Timeline, mode: str) -> None:
    subscription = timeline.running(timeline.price(1000).id, trial_period_days=14, billing_mode={"type": mode})
    change(timeline, subscription, timeline.price(2000).id, proration_behavior="always_invoice")
    assert waiting(timeline, subscription) == []
    timeline.go_to(timeline.now + 14 * DAY + HOUR)
    assert timeline.invoices(subscription)[0].total == 2000


SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(
    whole=st.integers(0, 10**8),
    length=st.integers(1, 366 * DAY),
    cut=st.floats(0, 1),
)
def test_used_and_unused_time_make_the_whole(whole: int, length: int, cut: float) -> None:
    """Credit and charge of one price at one second cancel, and no share leaves [0, whole]."""
    moment = int(cut * length)
    rest = share(Decimal(whole), 0, length, moment, "usd")
    used = whole - rest
    assert 0 <= rest <= whole
    assert abs(used - Decimal(whole) * moment / length) <= Decimal("0.5")
    assert share(Decimal(-whole), 0, length, moment, "usd") == -rest


@SLOW
@given(
    prices=st.lists(st.integers(100, 20000), min_size=2, max_size=4, unique=True),
    cuts=st.lists(st.integers(0, 30 * DAY), min_size=3, max_size=3),
    mode=st.sampled_from(["classic", "flexible"]),
)
def test_any_path_of_changes_costs_its_time(timeline: Timeline, prices: list[int], cuts: list[int], mode: str) -> None:
    """Whatever the changes, the month costs the sum of each price's own time, to a cent per change."""
    ids = [timeline.price(amount).id for amount in prices]
    subscription = timeline.running(ids[0], billing_mode={"type": mode})
    start, end = period(subscription)
    moments = sorted(cuts)[: len(prices) - 1]
    for price, moment in zip(ids[1:], moments, strict=False):
        change(timeline, subscription, price, proration_date=start + min(moment, end - start - 1))
    edges = [0, *(min(moment, end - start - 1) for moment in moments), end - start]
    times = [later - earlier for earlier, later in pairwise(edges)]
    exact = sum((Decimal(amount) * time for amount, time in zip(prices, times, strict=True)), Decimal()) / (end - start)
    billed = prices[0] + sum(item.amount for item in waiting(timeline, subscription))
    assert abs(billed - exact) <= len(moments)


@SLOW
@given(
    old=st.integers(100, 20000),
    new=st.integers(100, 20000),
    cut=st.integers(1, 27 * DAY),
    mode=st.sampled_from(["classic", "flexible"]),
    behavior=st.sampled_from(["always_invoice", "create_prorations", "none"]),
    yearly=st.booleans(),
)
def test_a_preview_is_what_is_then_billed(
    timeline: Timeline, old: int, new: int, cut: int, mode: str, behavior: str, yearly: bool
) -> None:
    after = timeline.price(new, "year" if yearly else "month").id
    subscription = timeline.running(timeline.price(old).id, billing_mode={"type": mode})
    start, end = period(subscription)
    moment = min(start + cut, end)
    details: Any = {
        "items": [{"id": subscription.items.data[0].id, "price": after}],
        "proration_date": moment,
        "proration_behavior": behavior,
    }
    counts = stored(timeline)
    preview = timeline.v1.invoices.create_preview({"subscription": subscription.id, "subscription_details": details})
    assert stored(timeline) == counts, "a preview changes nothing"
    assert (str(preview.id)[:12], preview.status, preview.number) == ("upcoming_in_", "draft", None)
    timeline.v1.subscriptions.update(subscription.id, details)
    billed = timeline.invoices(subscription)[0]
    if billed.billing_reason == "subscription_create":
        timeline.go_to(end)
        billed = timeline.invoices(subscription)[0]
    assert amounts(billed) == amounts(preview)
    assert texts(billed.lines.data) == texts(preview.lines.data)
    assert billed.total == preview.total
