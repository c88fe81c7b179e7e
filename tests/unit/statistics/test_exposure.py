import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.statistics.exact import binomial_at_least
from coach.engine.statistics.exposure import ExposedEvents, alike

counts, times = st.integers(0, 30), st.floats(0.5, 500.0)


def test_eight_of_ten_events_in_half_of_the_time() -> None:
    seen = ExposedEvents(8, 50.0, 2, 50.0)
    assert seen.ratio() == 4.0
    at_least, beyond = 56 / 1024, 11 / 1024
    assert beyond < seen.p(1) < at_least
    low, high = seen.interval()
    assert 1 < low < 4 < high


def test_a_tie_is_counted_in_part_and_the_same_for_a_seed() -> None:
    seen = ExposedEvents(8, 50.0, 2, 50.0)
    values = [seen.p(seed) for seed in range(400)]
    assert seen.p(3) == seen.p(3)
    assert sum(values) / 400 == pytest.approx((56 + 11) / 2048, abs=0.002)


def test_without_other_events_the_ratio_has_no_upper_end() -> None:
    seen = ExposedEvents(5, 10.0, 0, 10.0)
    assert seen.ratio() == seen.interval()[1] == math.inf
    assert 0 < seen.posterior().mean < 1


def test_without_events_there_is_no_ratio() -> None:
    seen = ExposedEvents(0, 10.0, 0, 10.0)
    assert math.isnan(seen.ratio())
    assert seen.p(1) <= 1
    assert seen.posterior().mean == pytest.approx(0, abs=1e-9)
    assert seen.posterior().deviation == pytest.approx(0.35, abs=1e-3)


def test_many_events_leave_little_of_the_prior() -> None:
    belief = ExposedEvents(4000, 100.0, 2000, 100.0).posterior()
    assert belief.mean == pytest.approx(math.log(2), abs=0.01)
    assert belief.deviation == pytest.approx(math.sqrt(1 / 4000 + 1 / 2000), rel=0.02)


@given(counts, times, counts, times)
def test_the_unit_of_time_does_not_matter(a: int, first: float, b: int, other: float) -> None:
    seen, slower = ExposedEvents(a, first, b, other), ExposedEvents(a, 60 * first, b, 60 * other)
    assert slower.p(5) == pytest.approx(seen.p(5))
    assert slower.posterior().mean == pytest.approx(seen.posterior().mean)


@given(counts, times, counts, times)
def test_p_lies_between_the_two_tails(a: int, first: float, b: int, other: float) -> None:
    seen = ExposedEvents(a, first, b, other)
    assert 0 < seen.p(2) <= binomial_at_least(a, a + b, seen.share) + 1e-12


def test_pairs_that_always_agree_count_half() -> None:
    """Ten pairs, five of each kind: the sums vary 10 / 9 x 10 x 1, independent ones 20 / 4."""
    events = np.repeat([True, False], 10)
    pairs = np.repeat(np.arange(10), 2)
    assert alike(events, pairs) == pytest.approx(10 / 9 * 10 / 5)
    assert alike(events, np.arange(20)) == pytest.approx(20 / 19)


def test_a_high_share_alone_is_no_likeness() -> None:
    events = np.array([True] * 18 + [False] * 2)
    assert alike(events, np.arange(20)) == pytest.approx(20 / 19)
    assert alike(np.ones(20, np.bool_), np.arange(20)) == 1.0


def test_alike_events_say_as_much_as_so_many_fewer() -> None:
    seen, half = ExposedEvents(16, 50.0, 4, 50.0, alike=2.0), ExposedEvents(8, 50.0, 2, 50.0)
    assert seen.p(4) == pytest.approx(half.p(4))
    assert seen.interval() == pytest.approx(half.interval())
    assert seen.posterior().mean == pytest.approx(half.posterior().mean)
    assert seen.ratio() == half.ratio()
