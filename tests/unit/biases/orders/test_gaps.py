"""What is left to say when something is missing: a price, another position, a chase."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from coach.engine.biases.after_sales import against_holding, against_random, mean_given_up
from coach.engine.biases.detector import Detector, Window
from coach.engine.biases.habits import averaging_down, disposition, fomo, panic_selling
from coach.engine.biases.measures.regime import regime
from coach.engine.biases.measures.sales.sale_days import sale_days
from coach.engine.biases.measures.sizes import adds_in_a_loss
from coach.engine.biases.measures.sizes.held import candles, candles_by_order, quantities, stretches
from coach.model.times import DAY_US

Lived = Callable[..., Any]
DETECTORS = (
    disposition.DETECTOR,
    averaging_down.DETECTOR,
    fomo.DETECTOR,
    panic_selling.DETECTOR,
)
HOURS = [100.0, 100.1] * 300


def test_a_sale_whose_days_after_are_unknown_is_not_priced(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:00 buy ETH-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 100
    """
    known = lived(BTC=HOURS, ETH=HOURS).context
    sale = np.array([2])
    assert mean_given_up(against_holding(known, sale, DAY_US)) is not None
    late = 30 * DAY_US
    assert mean_given_up(against_holding(known, sale, late)) is None
    assert mean_given_up(against_random(known, sale, late, 1)) is None


def test_another_position_that_ended_at_once_was_never_held(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 01:00 buy ETH-USD 1 @ 100
    1 01:00 sell ETH-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 100
    """
    known = lived(BTC=HOURS, ETH=HOURS).context
    sale = np.flatnonzero(known.history.orders.at_us == known.history.orders.at_us[-1])
    assert len(against_random(known, sale, DAY_US, 1).order) == 0


def test_the_market_of_symbols_without_candles_is_not_told(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 00:00 buy ETH-USD 1 @ 100
    """
    life = lived(BTC=[100.0] + [80.0] * 20)
    assert regime(life.context, life.window)["market"] == "down"
    nothing = life.without("BTC-USD")
    assert regime(nothing.context, nothing.window) == {}


def test_with_one_position_at_a_time_odean_counts_nothing(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 101
    """
    life = lived(BTC=HOURS)
    assert sale_days(life.context, life.window) == {}


def test_a_short_on_paper_gains_as_prices_fall(lived: Lived) -> None:
    """
    1 00:00 sell ETH-USD 1 @ 100
    1 00:00 buy BTC-USD 1 @ 100
    1 00:00 sell SOL-USD 1 @ 100
    2 12:00 sell BTC-USD 1 @ 99
    """
    life = lived(BTC=[99.0] * 200, ETH=[97.0] * 200, SOL=[103.0] * 200)
    told = sale_days(life.context, life.window)
    assert (told["gains_on_paper"], told["losses_on_paper"]) == (1, 1)
    assert (told["gains_realised"], told["losses_realised"]) == (0, 1)


def test_candles_of_another_year_cover_nothing(lived: Lived) -> None:
    """
    90 00:00 buy BTC-USD 1 @ 100
    90 02:00 sell BTC-USD 1 @ 101
    """
    life = lived(days=100, BTC=HOURS)
    found = candles(life.context, np.ones(2, np.bool_))
    assert found.lacks == ("candles",)
    assert not candles_by_order(life.context).covered.any()
    assert life.measured(disposition.DETECTOR).lacks == ("candles",)


def test_only_some_symbols_without_candles_are_named(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 101
    1 03:00 buy ETH-USD 1 @ 100
    """
    measured = lived(BTC=HOURS).measured(disposition.DETECTOR)
    assert measured.lacks == ("candles of ETH-USD",)
    assert measured.sample["covered"] == 1.0


def test_what_is_held_changes_with_every_order_and_never_leaves_dust(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 0.1 @ 100
    1 01:00 buy BTC-USD 0.2 @ 100
    1 02:00 sell BTC-USD 0.3 @ 100
    1 03:00 sell BTC-USD 0.7 @ 100
    """
    life = lived(BTC=HOURS)
    known = life.context
    grid = life.start_us + np.array([0, 1, 2, 3, 4]) * 3_600_000_000 + 1
    held = quantities(known, [0], grid)[:, 0]
    assert held == pytest.approx([0.1, 0.3, 0.0, -0.7, -0.7])
    assert held[2] == 0.0
    assert stretches(known.history.orders).quantity == pytest.approx([0.1, 0.3, 0.7])


def test_who_never_chased_pays_nothing_for_it(someone: Lived) -> None:
    life = someone("meanrev_rule", seed=2)
    verdict = life.measured(fomo.DETECTOR).verdict
    assert verdict is not None
    assert verdict.facts["made_less"] is None
    assert verdict.facts["tier"] == "none"
    assert fomo.DETECTOR.cost(life.context, life.window, 1) == ()


def test_chases_are_priced_beside_the_other_entries(someone: Lived) -> None:
    life = someone("noise", {"fomo": 1.0}, seed=2)
    (money,) = fomo.DETECTOR.cost(life.context, life.window, 1)
    assert money.currency == "USD"
    assert money.interval[0] < money.estimate < money.interval[1]
    assert float(money.fees) > 0


def test_gaps_in_the_candles_are_told_and_never_filled(someone: Lived) -> None:
    life = someone("noise", seed=2, days=40)
    whole = life.measured(disposition.DETECTOR)
    part = life.gapped(life.start_us + 10 * DAY_US, life.start_us + 20 * DAY_US)
    told = part.measured(disposition.DETECTOR)
    assert 0.5 < float(told.sample["covered"] or 0) < 0.95
    assert 0 < told.n < whole.n
    assert told.verdict is not None


def test_a_symbol_that_was_silent_all_week_has_no_usual_move(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 04:25 sell BTC-USD 1 @ 98
    """
    life = lived(BTC=[100.0] * 16 + [98.0] * 40)
    silent = life.gapped(life.start_us - 8 * DAY_US, life.start_us - DAY_US // 8)
    assert panic_selling.tags(silent.context) == []
    assert silent.measured(panic_selling.DETECTOR).n == 0


def test_a_market_that_began_later_tells_of_no_change(lived: Lived) -> None:
    """1 00:00 buy BTC-USD 1 @ 100"""
    life = lived(BTC=HOURS)
    before = Window(life.start_us - 60 * DAY_US, life.start_us + 1)
    late = life.gapped(0, life.start_us + DAY_US)
    assert regime(late.context, before) == {}


def test_single_adds_have_no_slope(lived: Lived) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 01:00 buy BTC-USD 1 @ 99
    """
    known = lived(BTC=HOURS).context
    assert adds_in_a_loss._slope(known.history, np.array([1])) is None


def test_sales_of_many_weeks_are_priced_with_an_interval(someone: Lived) -> None:
    life = someone("noise", {"disposition": 1.0}, seed=2)
    (money,) = disposition.DETECTOR.cost(life.context, life.window, 1)
    low, high = money.interval
    assert low < money.estimate < high
    assert (low + high) / 2 == pytest.approx(money.estimate, rel=1e-4)
    assert money.measurable == (low > 0 or high < 0)


@pytest.mark.parametrize("detector", DETECTORS)
def test_a_month_without_trades_lacks_trades_and_no_candles(
    lived: Lived, detector: Detector
) -> None:
    """
    1 00:00 buy BTC-USD 1 @ 100
    1 02:00 sell BTC-USD 1 @ 100
    """
    life = lived(BTC=HOURS)
    quiet = Window(life.start_us + 2 * DAY_US, life.end_us)
    measured = detector.measure(life.context, quiet, 1)
    assert (measured.n, measured.verdict, measured.lacks) == (0, None, ())
    assert measured.needed > 0
    assert detector.cost(life.context, quiet, 1) == ()
