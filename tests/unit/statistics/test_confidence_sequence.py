"""The interval that may be read every week, against a count of wrong looks and by hand."""

from collections.abc import Callable
from random import Random

import pytest

from coach.engine.statistics.agreement import always_valid
from coach.engine.statistics.proportions import wilson

Interval = Callable[[int, int], tuple[float, float]]
LIVES = 400
WEEKS = 52
WORST_BY_CHANCE = 55  # P(more than 55 of 400 | 10 %) = 0.008


def ville(interval: Interval, share: float, a_week: int, seed: int) -> int:
    """Count the lives in which the interval misses the true share at any of 52 weekly looks."""
    random, wrong = Random(seed), 0
    for _ in range(LIVES):
        yes = no = 0
        for _ in range(WEEKS):
            said_yes = sum(random.random() < share for _ in range(a_week))
            yes, no = yes + said_yes, no + a_week - said_yes
            low, high = interval(yes, no)
            if not low <= share <= high:
                wrong += 1
                break
    return wrong


@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("a_week", [1, 4])
def test_a_year_of_weekly_looks_is_wrong_in_one_life_of_ten_at_most(
    share: float, a_week: int
) -> None:
    assert ville(always_valid, share, a_week, seed=11) <= WORST_BY_CHANCE


def test_an_interval_for_one_look_is_wrong_in_far_more() -> None:
    """The oracle can tell: Wilson's 90 % fails it."""
    one_look: Interval = lambda yes, no: wilson(yes, yes + no)  # noqa: E731 -- named for its type
    assert ville(one_look, 0.6, 4, seed=11) > 0.35 * LIVES


def test_ten_yes_and_no_no_leave_out_shares_that_were_ninety_to_one_less_likely() -> None:
    """B(11, 1) = 1/11, so p^10 must exceed 1/110: p > 0.625."""
    low, high = always_valid(10, 0)
    assert low == pytest.approx((1 / 110) ** 0.1)
    assert high == 1.0
    assert always_valid(0, 10) == pytest.approx((0.0, 1 - low))


def test_one_yes_and_one_no_leave_out_what_the_quadratic_leaves_out() -> None:
    """B(2, 2) = 1/6: p (1 - p) > 1/60."""
    half = (0.25 - 1 / 60) ** 0.5
    assert always_valid(1, 1) == pytest.approx((0.5 - half, 0.5 + half))


def test_without_answers_every_share_is_possible() -> None:
    assert always_valid(0, 0) == (0.0, 1.0)


def test_more_answers_make_it_narrower_and_it_is_wider_than_for_one_look() -> None:
    few, many = always_valid(5, 5), always_valid(50, 50)
    assert few[0] < many[0] < 0.5 < many[1] < few[1]
    assert many[0] < wilson(50, 100)[0]
