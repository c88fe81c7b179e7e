"""The posterior of precision, recall and F, against what is known."""

from collections.abc import Iterator

import numpy as np

from bench.labellers import Labeller, true_f, week_of
from coach.engine.rules.calibration.belief import believe, table
from coach.engine.rules.calibration.sample import kish, sample, windowed
from coach.engine.rules.calibration.values import GridRow, LabelledEvent, fresh
from coach.model.times import WEEK_US

START = fresh(2.0)
NOW = 8 * WEEK_US


def rows(events: list[LabelledEvent], seed: int = 1) -> tuple[GridRow, ...]:
    seen = sample(windowed(events, NOW), NOW, START)
    return table(believe(seen, START, seed), seen, START)


def test_the_interval_of_f_holds_the_truth_nine_times_in_ten() -> None:
    held = list(_held())
    assert len(held) == 540
    assert 0.80 <= float(np.mean(held)) <= 0.95


def _held() -> Iterator[bool]:
    for optimum in (1.5, 2.25, 3.0):
        truths = [true_f(theta, optimum) for theta in START.grid]
        for user in range(20):
            who = Labeller(f"cover {user}", 10, optimum)
            events = [event for week in range(8) for event in week_of(who, week, 2.0)]
            for row, truth in zip(rows(events, user), truths, strict=True):
                assert row.f is not None
                yield row.f.low <= truth <= row.f.high


def test_many_labels_leave_the_shares_as_counted() -> None:
    events = [LabelledEvent(NOW, 1.7, answer=place % 4 == 0) for place in range(2000)]
    events += [LabelledEvent(NOW, 2.7, answer=place % 4 != 0) for place in range(2000)]
    row = rows(events)[5]
    assert row.fired == 2000
    assert row.precision is not None
    assert row.recall is not None
    assert abs(row.precision.mean - 0.75) < 0.01
    assert abs(row.recall.mean - 0.75) < 0.01
    assert row.p_right == 1.0


def test_where_nothing_fires_there_is_no_precision() -> None:
    top = rows([LabelledEvent(NOW, 1.7, answer=True)])[-1]
    assert top.precision is None
    assert top.f is not None
    assert (top.fired, top.f.mean, top.p_right) == (0, 0.0, 0.0)


def test_equal_weights_count_in_full() -> None:
    assert kish(np.full(30, 0.25)) == 30.0
    assert kish(np.zeros(0)) == 0.0


def test_the_known_optima_are_the_best_of_the_grid() -> None:
    for optimum in (1.5, 2.25, 3.0):
        assert max((true_f(theta, optimum), theta) for theta in START.grid)[1] == optimum
