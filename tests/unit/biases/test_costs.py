from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from coach.engine.biases.cost_of_entries import cost_of_entries
from coach.engine.biases.cost_of_size import cost_of_size
from coach.engine.biases.detector import Window
from coach.engine.biases.money import cost
from coach.engine.features.context import Context, context
from coach.engine.features.history import History, history
from coach.engine.statistics.arrays import Integers
from coach.model.insights import Cost
from coach.model.trades import Trip

Simulate = Callable[..., list[Trip]]
Habit = Callable[..., Any]
ALWAYS = Window(0, 2**62)


def quick_after_loss(known: Context) -> Integers:
    return np.flatnonzero((known.outcome < 0) & (known.gap_us < 15 * 60_000_000))


def priced(trips: list[Trip]) -> tuple[Cost, Context, Integers]:
    known = context(history(trips))
    chosen = quick_after_loss(known)
    (cost,) = cost_of_entries(known, ALWAYS, chosen)
    return cost, known, chosen


def test_the_cost_is_measured_against_the_other_entries_of_the_week(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with 2
    2026-03-03 09:00 BTC-USD size 100, closed 09:10 with 3
    2026-03-04 09:00 BTC-USD size 200, closed 09:10 with -4 after fees 1
    2026-03-10 09:00 BTC-USD size 100, closed 09:10 with -50
    """
    (found,) = cost_of_entries(context(past), ALWAYS, np.array([2]))
    gap = 0.025 - (-0.015)
    assert 0 < found.estimate < gap * 200
    assert found.interval[0] < found.estimate < found.interval[1]
    assert (found.currency, found.fees) == ("USD", "1")


def test_a_real_loss_per_trade_is_found_and_shrunk(trader: Simulate, habit: Habit) -> None:
    wild = habit(back_after_loss=0.6, worse=0.02)
    found, known, chosen = priced(trader(1, 600, wild))
    truth = 0.02 * float(known.history.notional[chosen].sum())
    assert found.measurable
    assert 0.5 * truth < found.estimate < 1.1 * truth


def test_revenge_that_costs_nothing_is_rarely_said_to_cost(trader: Simulate, habit: Habit) -> None:
    free = habit(back_after_loss=0.5)
    costs = [priced(trader(seed, 150, free))[0] for seed in range(60)]
    assert sum(cost.interval[0] > 0 for cost in costs) <= 6


def test_fees_are_the_exact_sum_of_the_chosen(trader: Simulate, habit: Habit) -> None:
    found, known, chosen = priced(trader(1, 100, habit(back_after_loss=0.5)))
    exact = sum((known.history.trips[row].fees for row in chosen.tolist()), Decimal(0))
    assert Decimal(found.fees) == exact


def test_alone_in_the_week_there_is_nothing_to_compare_with(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -10 after fees 0.3
    """
    (found,) = cost_of_entries(context(past), ALWAYS, np.array([0]))
    assert (found.estimate, found.fees, found.measurable) == (0.0, "0.3", False)
    # before fees it made -9.7 %: half of that times 1.645 on 100 USD
    assert found.interval == pytest.approx((-7.97754, 7.97754), rel=1e-5)


def test_each_quote_currency_has_its_own_cost(past: History) -> None:
    """
    2026-03-02 09:00 BTC-EUR size 100, closed 09:10 with -10
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -10
    2026-03-02 09:00 BTC-GBP size 100, closed 09:10 with -10
    2026-03-02 09:00 ETH-USD size 100
    """
    found = cost_of_entries(context(past), ALWAYS, np.array([0, 1, 3]))
    assert [one.currency for one in found] == ["EUR", "USD"]


def test_an_open_trade_costs_nothing_yet(past: History) -> None:
    """
    2026-03-02 09:00 BTC-USD size 100, closed 09:10 with -10
    2026-03-02 09:12 BTC-USD size 100
    """
    assert cost_of_entries(context(past), ALWAYS, np.array([1])) == ()


def test_a_replay_at_the_usual_size_undoes_the_extra(past: History) -> None:
    """
    2026-03-02 01:00 BTC-USD size 100, closed 01:10 with 5
    2026-03-02 02:00 BTC-USD size 100, closed 02:10 with 5
    2026-03-02 03:00 BTC-USD size 100, closed 03:10 with 5
    2026-03-02 04:00 BTC-USD size 100, closed 04:10 with 5
    2026-03-02 05:00 BTC-USD size 100, closed 05:10 with 5
    2026-03-02 06:00 BTC-USD size 300, closed 06:10 with -33 after fees 3
    2026-03-02 07:00 BTC-USD size 50, closed 07:10 with -6 after fees 1
    """
    (found,) = cost_of_size(context(past), ALWAYS, np.array([5, 6]), seed=1)
    assert found.estimate == pytest.approx(30 * 2 / 3 - 5)
    assert Decimal(found.fees) == 2 - 1


def test_nothing_chosen_costs_nothing(trader: Simulate) -> None:
    known = context(history(trader(1, 30)))
    assert cost_of_size(known, ALWAYS, np.zeros(0, np.int64), seed=1) == ()


@pytest.mark.parametrize(
    ("interval", "measurable"), [((0.1, 2.0), True), ((-2.0, -0.1), True), ((0.0, 2.0), False)]
)
def test_an_interval_with_zero_in_it_measures_nothing(
    interval: tuple[float, float], *, measurable: bool
) -> None:
    assert cost("USD", 1.0, interval, Decimal("1E+2")).measurable == measurable
    assert cost("USD", 1.0, interval, Decimal("1E+2")).fees == "100"
