"""The bet against the draw: one on average, bounded; the interval is what it cannot refute."""

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.engine.experiments.arrangement import arrangements
from coach.engine.experiments.wager import (
    ALPHA,
    Block,
    estimate,
    fewest_weeks,
    highest,
    interval,
    path,
    wealth,
)

WORTH = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 2))
WEEKS = st.lists(WORTH, min_size=4, max_size=4).map(tuple)
ON = (True, False, True, False)
APART = [Block((9.0, 1.0, 8.0, 2.0), ON), Block((7.0, 3.0, 9.5, 0.5), ON)]


@given(WEEKS, WEEKS, WEEKS)
def test_over_all_draws_the_wealth_is_one(
    first: tuple[float, ...], second: tuple[float, ...], third: tuple[float, ...]
) -> None:
    """Whatever the weeks came to: 216 equally likely draws of three blocks."""
    ends = [
        path([Block(values, on) for values, on in zip((first, second, third), draw, strict=True)])
        for draw in product(arrangements(4), repeat=3)
    ]
    for looks in zip(*ends, strict=True):
        assert np.mean(looks) == pytest.approx(1, rel=1e-6)


@settings(max_examples=25, deadline=None)
@given(WEEKS, WEEKS, WEEKS)
def test_of_all_draws_at_most_alpha_ever_reach_the_bar(
    first: tuple[float, ...], second: tuple[float, ...], third: tuple[float, ...]
) -> None:
    reached = [
        max(path([Block(v, on) for v, on in zip((first, second, third), draw, strict=True)]))
        >= 1 / ALPHA
        for draw in product(arrangements(4), repeat=3)
    ]
    assert np.mean(reached) <= ALPHA


@given(WEEKS, st.floats(0.01, 1000), st.floats(-1000, 1000))
def test_neither_the_unit_nor_the_level_of_the_weeks_matters(
    values: tuple[float, ...], unit: float, level: float
) -> None:
    values = tuple(round(value) for value in values)
    other = tuple(unit * value + round(level) * unit for value in values)
    assert path([Block(other, ON)]) == pytest.approx(path([Block(values, ON)]), rel=1e-6)


def test_better_and_worse_are_found_alike() -> None:
    mirrored = [Block(tuple(-value for value in block.values), block.on) for block in APART]
    assert path(APART) == pytest.approx(path(mirrored))
    assert path(APART)[-1] >= 1 / ALPHA


def test_eight_weeks_are_the_fewest_that_can_find_anything() -> None:
    assert fewest_weeks() == 8
    assert highest([4]) < 1 / ALPHA <= highest([4, 4])


def test_the_difference_is_that_of_the_means() -> None:
    assert estimate(APART) == pytest.approx((9 + 8 + 7 + 9.5) / 4 - (1 + 2 + 3 + 0.5) / 4)


def test_one_block_refutes_nothing_so_it_has_no_interval() -> None:
    assert interval(APART[:1]) is None


def test_the_interval_ends_where_the_bet_is_won() -> None:
    found = interval(APART)
    assert found is not None
    low, high = found
    assert 0 < low < estimate(APART) < high
    beyond = wealth(APART, np.array([low - 0.01, low + 0.01, high - 0.01, high + 0.01]))[-1]
    assert (beyond >= 1 / ALPHA).tolist() == [True, False, False, True]


def test_weeks_without_any_difference_leave_zero_in_the_interval() -> None:
    same = [Block((3.0, 3.0, 3.0, 3.0), ON)] * 3
    assert path(same) == [1.0, 1.0, 1.0]
    assert interval(same) == pytest.approx((0, 0), abs=1e-9)


def test_a_last_block_of_two_counts_too() -> None:
    more = [*APART, Block((9.0, 1.0), (True, False))]
    assert path(more)[-1] > path(APART)[-1]
    assert path(more)[:2] == path(APART)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.one_of(WORTH, st.just(0.0), st.just(1e9)), min_size=12, max_size=12))
def test_whatever_the_weeks_the_interval_is_finite_and_in_order(values: list[float]) -> None:
    blocks = [Block(tuple(values[start : start + 4]), ON) for start in (0, 4, 8)]
    found = interval(blocks)
    assert found is not None
    assert np.isfinite(found).all()
    assert found[0] <= found[1]
