"""Which entries are known to have been right or wrong to warn of."""

import numpy as np
import pytest

from coach.engine.features.history import History, history
from coach.engine.rules.judged import MOST_OUTCOMES, TradeAnswer, judged
from coach.model.times import DAY_US
from coach.model.trades import TradeId
from tests.unit.rules.conftest import local_us, trip_of

NOW = local_us("2026-03-10", "12:00")


def test_an_answer_is_as_old_as_the_day_it_was_given(past: History) -> None:
    """2026-03-02 08:00 BTC-USD size 100, closed 08:10 with -5"""
    said = {TradeId("t01"): TradeAnswer(NOW - DAY_US, yes=True, inclusion=0.5)}
    [only] = judged(past, np.array([2.5]), said, NOW)
    assert (only.at_us, only.score, only.answer) == (NOW - DAY_US, 2.5, True)
    assert (only.inclusion, only.proxy) == (0.5, False)


def test_an_entry_where_the_rule_could_not_fire_says_nothing(past: History) -> None:
    """2026-03-02 08:00 BTC-USD size 100, closed 08:10 with -5"""
    said = {TradeId("t01"): TradeAnswer(NOW, yes=True)}
    assert judged(past, np.array([np.nan]), said, NOW) == []


def test_an_outcome_is_yes_only_far_below_the_traders_own_median(past: History) -> None:
    """
    2026-03-02 08:00 BTC-USD size 1000, closed 08:10 with -2
    2026-03-02 09:00 BTC-USD size 1000, closed 09:10 with 1
    2026-03-02 10:00 BTC-USD size 1000, closed 10:10 with 0
    2026-03-02 11:00 BTC-USD size 1000, closed 11:10 with -3
    2026-03-02 12:00 BTC-USD size 1000, closed 12:10 with 4
    2026-03-02 13:00 BTC-USD size 1000
    """
    found = judged(past, np.arange(1.0, 7.0), {}, NOW)
    assert all(one.proxy for one in found)
    yes = {one.score: one.answer for one in found}
    assert yes == {1: False, 2: False, 3: False, 4: True, 5: False}
    assert found[0].inclusion == 1.0


def test_an_outcome_never_stands_beside_an_answer(past: History) -> None:
    """
    2026-03-02 08:00 BTC-USD size 1000, closed 08:10 with -20
    2026-03-02 09:00 BTC-USD size 1000, closed 09:10 with 1
    """
    said = {TradeId("t01"): TradeAnswer(NOW, yes=False)}
    found = judged(past, np.array([1.0, 2.0]), said, NOW)
    assert [(one.score, one.answer, one.proxy) for one in found] == [
        (1, False, False),
        (2, False, True),
    ]


def test_an_outcome_that_is_too_old_or_still_to_come_is_left_out(past: History) -> None:
    """
    2025-10-02 08:00 BTC-USD size 1000, closed 08:10 with -20
    2026-03-20 08:00 BTC-USD size 1000, closed 08:10 with -20
    """
    assert judged(past, np.array([1.0, 2.0]), {}, NOW) == []


@pytest.fixture
def busy() -> History:
    lines = [
        f"2026-03-{1 + number // 20:02d} {number % 20:02d}:00 BTC-USD size 1000,"
        f" closed {number % 20:02d}:30 with {number % 7 - 3}"
        for number in range(150)
    ]
    return history([trip_of(line, number) for number, line in enumerate(lines, 1)])


def test_of_many_outcomes_a_few_are_drawn_by_lot_and_stand_for_the_rest(busy: History) -> None:
    scores = np.linspace(1.0, 3.0, 150)
    found = judged(busy, scores, {}, NOW)
    assert len(found) == MOST_OUTCOMES
    assert {one.inclusion for one in found} == {MOST_OUTCOMES / 150}
    assert found == judged(busy, scores, {}, NOW)
