"""What of a subscription waits for time: its renewal, the notices before, its end."""

from typing import Final

from sandbox.core.store import Document
from sandbox.stripe import billing_settings
from sandbox.stripe.jobs import drop, plan
from sandbox.stripe.work import Work

RUNNING: Final = frozenset({"active", "trialing", "past_due", "unpaid"})
_DAY: Final = 86400
_TRIAL_NOTICE: Final = 3 * _DAY
_KINDS: Final = ("renew_subscription", "announce_invoice", "announce_trial_end", "cancel_subscription")


def period_end(subscription: Document) -> int:
    """When the current period of the items ends."""
    return int(max(item["current_period_end"] for item in subscription["items"]))


def period_start(subscription: Document) -> int:
    """When the current period of the items started."""
    return int(min(item["current_period_start"] for item in subscription["items"]))


def plan_all(work: Work, subscription: Document) -> None:
    """Plan what the subscription's present state asks for, and nothing else."""
    for kind in _KINDS:
        drop(work, kind, subscription["id"])
    drop(work, "resume_collection", subscription["id"])
    if subscription["ended_at"] is not None:
        return
    pause = subscription["pause_collection"]
    if pause is not None and pause["resumes_at"] is not None:
        plan(work, "resume_collection", subscription["id"], pause["resumes_at"])
    cancel_at = subscription["cancel_at"]
    if cancel_at is not None:
        plan(work, "cancel_subscription", subscription["id"], cancel_at)
    if subscription["status"] in RUNNING:
        _plan_renewal(work, subscription, cancel_at)


def _plan_renewal(work: Work, subscription: Document, cancel_at: int | None) -> None:
    end = period_end(subscription)
    plan(work, "renew_subscription", subscription["id"], end)
    notice = billing_settings.read(work.store)["upcoming_days"] * _DAY
    if notice and work.now < end - notice and (cancel_at is None or cancel_at > end):
        plan(work, "announce_invoice", subscription["id"], end - notice)
    trial_end = subscription["trial_end"]
    if subscription["status"] == "trialing" and subscription.get("_trial_end_told") != trial_end:
        plan(work, "announce_trial_end", subscription["id"], max(work.now, trial_end - _TRIAL_NOTICE))
