"""How a line's revenue is spread: never early, never lost, to the cent at the end."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.ledger.actions.earn import month_ends
from billing.ledger.models import RevenueSchedule

START = datetime(2024, 1, 31, tzinfo=UTC)


def schedule(amount: int, days: int) -> RevenueSchedule:
    return RevenueSchedule(
        amount=amount,
        earned_amount=0,
        base_amount=0,
        base_at=START,
        earned_until=START,
        ends_at=START + timedelta(days=days),
    )


@given(
    amount=st.integers(-(10**9), 10**9),
    days=st.integers(0, 400),
    looks=st.lists(st.integers(0, 500 * 86_400), max_size=30),
)
def test_it_only_grows_and_ends_exactly_at_its_amount(amount: int, days: int, looks: list[int]) -> None:
    row = schedule(amount, days)
    seen = [row.earned_by(START + timedelta(seconds=second)) for second in sorted(looks)]
    assert seen == sorted(seen, reverse=amount < 0)
    assert all(abs(value) <= abs(amount) for value in seen)
    assert row.earned_by(row.ends_at) == amount
    if days:
        assert row.earned_by(START) == 0


@given(
    amount=st.integers(0, 10**7),
    taken=st.floats(0, 1),
    days=st.integers(1, 400),
    at=st.integers(0, 400),
)
def test_a_part_taken_back_on_the_way_leaves_the_rest_exact(amount: int, taken: float, days: int, at: int) -> None:
    row = schedule(amount, days)
    moment = START + timedelta(days=min(at, days))
    row.mark_earned(row.earned_by(moment), moment)
    back = int(row.deferred * taken)
    row.take_back(back, moment)
    assert row.earned_by(moment) in {row.earned_amount, row.amount}
    assert row.earned_by(row.ends_at) == amount - back
    assert row.deferred == amount - back - row.earned_amount >= 0


def test_half_a_year_is_half_the_money_rounded_down_until_the_end() -> None:
    row = schedule(101, 2)
    assert [row.earned_by(START + timedelta(hours=hours)) for hours in (0, 24, 47, 48, 72)] == [0, 50, 98, 101, 101]
    credit = schedule(-101, 2)
    assert [credit.earned_by(START + timedelta(hours=hours)) for hours in (0, 24, 48)] == [0, -50, -101]


def test_a_line_without_a_period_is_earned_at_once() -> None:
    assert schedule(1_500, 0).earned_by(START) == 1_500


def test_time_is_cut_at_the_turns_of_months() -> None:
    ends = list(month_ends(START, datetime(2024, 4, 1, tzinfo=UTC)))
    assert ends == [datetime(2024, month, 1, tzinfo=UTC) for month in (2, 3, 4)]
    assert list(month_ends(START, START)) == []
    assert list(month_ends(START, START + timedelta(hours=5))) == [START + timedelta(hours=5)]
    assert list(month_ends(START, START - timedelta(days=90))) == []
