"""A case on its own: what is due when."""

from datetime import UTC, datetime, timedelta

import pytest

from billing.flows.dunning.models import Act, CaseKind, CaseStage, DunningCase
from billing.flows.dunning.periods import Periods
from service_kit.ids import uuid7

OPENED = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)
PERIODS = Periods(grace=14 * DAY, mail_days=(0, 3, 7), last_mail=DAY, cancel_after=30 * DAY, retention=30 * DAY)


def a_case(stage: CaseStage = CaseStage.GRACE, kind: CaseKind = CaseKind.UNPAID) -> DunningCase:
    case = DunningCase(
        id=uuid7(),
        kind=kind,
        stage=stage,
        opened_at=OPENED,
        suspend_at=OPENED + PERIODS.grace,
        cancel_at=OPENED + PERIODS.cancel_after,
        terminate_at=OPENED + 60 * DAY,
        mails_sent=0,
        failures=0,
        payment_attempts=0,
        needs_confirmation=False,
    )
    case.plan(PERIODS)
    return case


def days(case: DunningCase) -> float:
    assert case.next_action_at is not None
    return (case.next_action_at - OPENED) / DAY


def test_mails_come_at_their_days_and_once_each() -> None:
    case, sent = a_case(), []
    for hour in range(15 * 24):
        now = OPENED + timedelta(hours=hour)
        label = case.due_mail(PERIODS, now)
        if label is not None:
            sent.append((label, hour / 24))
    assert sent == [("day-0", 0), ("day-3", 3), ("day-7", 7), ("last-day", 13)]


def test_a_late_run_sends_the_latest_mail_only() -> None:
    case = a_case()
    assert case.due_mail(PERIODS, OPENED + 8 * DAY) == "day-7"
    assert case.due_mail(PERIODS, OPENED + 8 * DAY) is None
    case.plan(PERIODS)
    assert days(case) == 13


@pytest.mark.parametrize(
    ("grace", "labels"),
    [
        (14, ["day-0", "day-3", "day-7", "last-day"]),
        (5, ["day-0", "day-3", "last-day"]),
        (1, ["last-day"]),
        (0, ["last-day"]),
    ],
)
def test_a_shorter_grace_has_fewer_mails(grace: int, labels: list[str]) -> None:
    mails = PERIODS.mails(OPENED, OPENED + grace * DAY)
    assert [label for label, _ in mails] == labels
    assert all(OPENED <= at <= OPENED + grace * DAY for _, at in mails)


def test_acts_follow_each_other_and_each_needs_to_be_cleared() -> None:
    case = a_case()
    seen = []
    for day, change in (
        (14, case.suspend),
        (30, lambda at: case.cancel(at, PERIODS)),
        (60, case.terminate),
    ):
        at = OPENED + day * DAY
        assert case.due_act(at) is None, "not cleared"
        case.clear(at)
        assert case.due_act(at - DAY) is None, "not due"
        seen.append(case.due_act(at))
        change(at)
        case.plan(PERIODS)
    assert seen == [Act.SUSPEND, Act.CANCEL, Act.TERMINATE]
    assert (case.is_open, case.next_action_at, case.act) == (False, None, None)


def test_a_subscription_that_ended_goes_straight_to_its_retention() -> None:
    case = a_case(CaseStage.ENDING, CaseKind.ENDED)
    end = case.suspend_at
    assert days(case) == 14, "no mails on the way"
    case.clear(end)
    assert case.due_act(end) is Act.END
    case.cancel(end, PERIODS)
    case.plan(PERIODS)
    assert days(case) == 44


def test_one_that_is_being_cancelled_stays_due() -> None:
    case = a_case(CaseStage.SUSPENDED)
    now = case.cancel_at
    case.clear(now)
    case.start_cancelling()
    assert case.due_act(now) is Act.CANCEL
    case.postpone(now + DAY, "down")
    assert (case.failures, days(case)) == (1, 31)


@pytest.mark.parametrize(
    ("stage", "moved"),
    [(CaseStage.GRACE, (7, 7, 7)), (CaseStage.SUSPENDED, (0, 7, 7)), (CaseStage.CANCELLED, (0, 0, 7))],
)
def test_a_rejected_run_moves_what_is_still_to_come(stage: CaseStage, moved: tuple[int, int, int]) -> None:
    case, planned = a_case(stage), a_case(stage)
    case.push_back(7 * DAY, case.act_at)
    times = [(case.suspend_at, planned.suspend_at), (case.cancel_at, planned.cancel_at)]
    times.append((case.terminate_at, planned.terminate_at))
    assert tuple((new - old) / DAY for new, old in times) == moved
    assert case.due_act(planned.act_at) is None


def test_a_late_answer_takes_no_try_back() -> None:
    case = a_case()
    case.note_attempt(2, OPENED + DAY, needs_confirmation=False)
    case.note_attempt(1, OPENED, needs_confirmation=True)
    assert (case.payment_attempts, case.next_payment_attempt_at) == (2, OPENED + DAY)
    assert not case.needs_confirmation
