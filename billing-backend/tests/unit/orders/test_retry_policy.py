"""Pauses grow, spread out, and never exceed the longest one."""

import itertools
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from billing.kit.retry import RetryPolicy

POLICY = RetryPolicy(max_failures=12, first=timedelta(seconds=2), longest=timedelta(hours=1))


@given(failures=st.integers(0, 10_000))
def test_a_pause_is_between_half_and_all_of_its_step(failures: int) -> None:
    full = min(2 * 2 ** max(failures - 1, 0), 3600)
    assert full / 2 <= POLICY.pause(failures).total_seconds() <= full


def test_pauses_double_up_to_the_longest() -> None:
    bounds = [max(POLICY.pause(failures).total_seconds() for _ in range(200)) for failures in range(1, 14)]
    assert bounds[0] <= 2
    assert all(later > earlier * 1.2 for earlier, later in itertools.pairwise(bounds[:11]))
    assert 3000 < bounds[-1] <= 3600


def test_a_herd_spreads_out() -> None:
    pauses = {round(POLICY.pause(8).total_seconds(), 3) for _ in range(100)}
    assert len(pauses) > 90
