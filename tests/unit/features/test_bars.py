"""Candles as columns: what can be believed of them, and what was known when."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.features.bars import NO_MARKET, Bars, Columns, Market, bars, commonest_step
from coach.engine.statistics.arrays import Floats

MINUTE = 60_000_000
QUARTER = 15 * MINUTE


def raw(closes: list[float], step: int = QUARTER, **wrong: Floats) -> Columns:
    close = np.array(closes)
    columns = {
        "start_us": np.arange(len(close)) * step,
        "open": close,
        "high": close * 1.01,
        "low": close * 0.99,
        "close": close,
        "volume": np.ones(len(close)),
    } | wrong
    return Columns(**columns)


def test_bars_that_lie_are_left_out() -> None:
    """A high below the low, a price of zero, an open outside, one that is no number."""
    lies = raw(
        [100.0] * 6,
        high=np.array([101.0, 98.0, 101.0, 101.0, np.nan, 101.0]),
        low=np.array([99.0, 99.0, 0.0, 99.0, 99.0, 99.0]),
        open=np.array([100.0, 98.5, 100.0, 102.0, 100.0, 100.0]),
    )
    assert bars(lies, "test").start_us.tolist() == [0, 5 * QUARTER]


def test_any_order_and_repetition_give_the_same_bars() -> None:
    whole = raw([100.0, 101.0, 99.0, 103.0])
    pick = np.array([2, 0, 3, 1, 1, 0])
    mixed = Columns(
        whole.start_us[pick],
        whole.open[pick],
        whole.high[pick],
        whole.low[pick],
        whole.close[pick],
        whole.volume[pick],
    )
    once, again = bars(whole, "test"), bars(mixed, "test")
    assert again.close.tolist() == once.close.tolist()
    assert again.step_us == once.step_us == QUARTER


def test_a_gap_has_no_change_and_none_is_invented() -> None:
    gapped = bars(raw([100.0, 101.0, 102.0, 103.0]), "test")
    holed = bars(
        raw([100.0, 101.0, 103.0], start_us=np.array([0, QUARTER, 3 * QUARTER])), "test", QUARTER
    )
    assert np.isnan(gapped.change).tolist() == [True, False, False, False]
    assert np.isnan(holed.change).tolist() == [True, False, True]
    assert holed.counts.tolist() == [0, 0, 1, 1]


@given(st.lists(st.floats(0.5, 2.0), min_size=2, max_size=40), st.integers(0, 50))
def test_what_had_ended_is_all_that_is_known(closes: list[float], quarter: int) -> None:
    whole = bars(raw(closes), "test", QUARTER)
    known = whole.until(quarter * QUARTER)
    assert len(known) == min(quarter, len(closes))
    assert known.sums.tolist() == whole.sums[: len(known) + 1].tolist()


def test_a_market_knows_what_each_symbol_knew() -> None:
    market = Market({"BTC-USD": bars(raw([100.0] * 5), "test", QUARTER)})
    assert market.of("ETH-USD") is None
    early = market.until(2 * QUARTER).of("BTC-USD")
    assert isinstance(early, Bars)
    assert len(early) == 2
    assert (len(market), len(NO_MARKET)) == (1, 0)


def test_no_bars_at_all_are_bars_too() -> None:
    nothing = bars(raw([]), "test")
    assert len(nothing) == len(nothing.until(10**15)) == 0


@pytest.mark.parametrize(("starts", "step"), [([], 3600), ([5], 3600), ([0, 60, 120, 600], 60)])
def test_the_commonest_distance_is_the_length_of_a_bar(starts: list[int], step: int) -> None:
    assert commonest_step(np.array(starts, np.int64) * 1_000_000) == step * 1_000_000
