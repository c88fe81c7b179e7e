"""MAE and MFE: only what surely happened inside the trade counts, and doubt is said."""

from decimal import Decimal
from itertools import groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from coach.engine.features.bars import Bars, Columns, bars
from coach.engine.features.excursions import (
    ClosedHolding,
    Excursion,
    ExcursionSearch,
    Refusal,
    excursions,
    r_multiple,
)
from coach.engine.features.series import in_order, rank
from coach.model.trades import TradeId

MINUTE = 60_000_000
QUARTER = 15 * MINUTE
WEEK = 7 * 24 * 60
MONDAY = 4 * 24 * 60
"""The first Monday, in minutes since 1970."""


def market(*rows: tuple[int, float, float], source: str = "file", minutes: int = 15) -> Bars:
    """Lay out bars, written (start minute, low, high)."""
    table = np.array(rows, np.float64).reshape(-1, 3)
    start, low, high = table.T
    middle = (low + high) / 2
    raw = Columns((start * MINUTE).astype(np.int64), middle, high, low, middle, middle)
    return bars(raw, source, minutes * MINUTE)


def flat(first: int, last: int, low: float, high: float, **named: object) -> Bars:
    """Lay out bars without a gap, from one minute until before another."""
    step = int(str(named.get("minutes", 15)))
    starts = range(first, last, step)
    return market(*((start, low, high) for start in starts), **named)  # type: ignore[arg-type]


def held(opened: int, closed: int, *prices: float, long: bool = True) -> ClosedHolding:
    return ClosedHolding(long, prices[0], opened * MINUTE, closed * MINUTE, prices)


def excursion_of(trade: ClosedHolding, *series: Bars) -> Excursion | Refusal:
    """Return what is told of a trade by several series, whatever order they come in."""
    search = ExcursionSearch({TradeId("t"): trade})
    for _, of in groupby(in_order(series), rank):
        search.look(list(of))
    return search.found()[TradeId("t")]


def ends(found: Excursion | Refusal) -> tuple[float, float]:
    assert isinstance(found, Excursion)
    return pytest.approx(found.mae), pytest.approx(found.mfe)  # type: ignore[return-value]


HOUR = market((0, 99, 101), (15, 90, 102), (30, 98, 120), (45, 99, 101))


def test_a_long_trade_is_hurt_by_lows_and_helped_by_highs() -> None:
    assert ends(excursion_of(held(0, 60, 100, 101), HOUR)) == (0.1, 0.2)


def test_a_short_trade_is_hurt_by_highs_and_helped_by_lows() -> None:
    assert ends(excursion_of(held(0, 60, 100, 101, long=False), HOUR)) == (0.2, 0.1)


def test_a_bar_that_began_before_the_entry_does_not_count() -> None:
    """The fall to 90 may have been before 00:16; the rise to 120 was surely inside."""
    assert ends(excursion_of(held(16, 60, 100, 101), HOUR)) == (0.02, 0.2)


def test_a_bar_that_ends_after_the_exit_does_not_count() -> None:
    assert ends(excursion_of(held(0, 44, 100, 101), HOUR)) == (0.1, 0.02)


def test_bars_at_the_edges_cover_the_trade_though_their_extremes_do_not_count() -> None:
    """Bars from 00:00 to 01:00 with a gap nowhere; entered at 00:14, left at 00:46."""
    found = excursion_of(held(14, 46, 100), HOUR)
    assert isinstance(found, Excursion)
    assert (found.covered, found.bars) == (1.0, 2)


def test_the_trades_own_prices_count_though_no_bar_shows_them() -> None:
    assert ends(excursion_of(held(0, 60, 100, 80, 130), HOUR)) == (0.2, 0.3)


@pytest.mark.parametrize(
    ("trade", "known", "why"),
    [
        (held(0, 60, 100), market(), "candles do not cover the trade"),
        (held(0, 14, 100), HOUR, "the trade is shorter than one candle"),
        (held(10, 10, 100), HOUR, "the trade is shorter than one candle"),
        (held(1, 29, 100), HOUR, "no candle lies wholly inside the trade"),
        (held(0, 67, 100), HOUR, "candles do not cover the trade"),
        (held(0, 60, 100), market((0, 99, 101), (45, 99, 101)), "candles do not cover the trade"),
    ],
)
def test_what_cannot_be_told_is_refused(trade: ClosedHolding, known: Bars, why: str) -> None:
    assert excursion_of(trade, known) == why


def test_nine_tenths_of_the_time_are_enough() -> None:
    assert isinstance(excursion_of(held(0, 66, 100), HOUR), Excursion)


def test_a_trade_inside_finer_bars_is_read_from_them_whatever_else_is_there() -> None:
    quarters = flat(-60, 120, 98, 103)
    hours = flat(-6000, 6000, 50, 150, minutes=60, source="other")
    for trade in (held(5, 65, 100), held(-50, 100, 100)):
        assert (
            excursion_of(trade, quarters, hours)
            == excursion_of(trade, quarters)
            == excursion_of(trade, hours, quarters)
        )


def test_a_trade_outside_them_is_read_from_what_covers_it() -> None:
    quarters = flat(-60, 120, 98, 103)
    hours = flat(-6000, 6000, 50, 150, minutes=60, source="other")
    found = excursion_of(held(-3000, -2400, 100), quarters, hours)
    assert isinstance(found, Excursion)
    assert (found.source, found.step_us, found.mae) == ("other", 60 * MINUTE, 0.5)


def test_coarser_bars_that_hold_none_inside_take_no_value_away() -> None:
    """The quarters lack six of sixty minutes, the hours none, and no hour lies inside."""
    quarters = market((0, 99, 101), (15, 98, 103), (30, 99, 101), (60, 99, 101), (45, 99, 101))
    trade = held(5, 65, 100)
    hours = flat(-60, 120, 50, 150, minutes=60)
    assert excursion_of(trade, quarters, hours) == excursion_of(trade, quarters)
    less = market((10, 99, 101), (25, 98, 103), (40, 99, 101), (55, 99, 101))
    assert isinstance(excursion_of(trade, less, hours), Excursion)


def test_the_refusal_that_came_nearest_is_told() -> None:
    """Quarters cover half of it; an hour covers all and is no shorter than the trade."""
    halves = market((0, 99, 101), (15, 99, 101))
    hours = flat(0, 120, 99, 101, minutes=60)
    assert excursion_of(held(5, 65, 100), halves, hours) == "no candle lies wholly inside the trade"


def test_of_two_sources_the_fuller_tells_and_then_the_first_by_name() -> None:
    trade = held(0, 600, 100)
    full, less = flat(0, 600, 99, 101, source="b"), flat(0, 570, 90, 110, source="a")
    assert excursion_of(trade, less, full) == excursion_of(trade, full)
    same = flat(0, 600, 98, 102, source="a")
    assert excursion_of(trade, full, same) == excursion_of(trade, same)


def test_a_trade_over_the_end_of_a_week_is_covered_by_two_sources_together() -> None:
    """The source that told one week was ill in the next, and another told that."""
    border = MONDAY + WEEK
    first = flat(MONDAY, border, 99, 101, source="b")
    second = flat(border, border + WEEK, 95, 102, source="a")
    found = excursion_of(held(border - 60, border + 60, 100), first, second)
    assert isinstance(found, Excursion)
    assert (found.source, round(found.mae, 9), found.bars) == ("a, b", 0.05, 8)
    alone = excursion_of(held(border + 15, border + 60, 100), first, second)
    assert isinstance(alone, Excursion)
    assert alone.source == "a"


SERIES = some.builds(
    lambda first, count, step, source, low: flat(
        first * step, (first + count) * step, low, low + 20, minutes=step, source=source
    ),
    first=some.integers(-12, 12),
    count=some.integers(1, 30),
    step=some.sampled_from([1, 5, 15, 30, 60]),
    source=some.sampled_from(["a", "b"]),
    low=some.integers(60, 99),
)
MARKETS = some.lists(SERIES, max_size=5, unique_by=lambda one: (one.step_us, one.source))
TRADES = some.builds(
    lambda opened, minutes: held(opened, opened + minutes, 100),
    opened=some.integers(-200, 300),
    minutes=some.integers(0, 400),
)


@given(trades=some.lists(TRADES, min_size=1, max_size=6), series=MARKETS)
def test_a_value_depends_on_no_other_trade_and_no_order(
    trades: list[ClosedHolding], series: list[Bars]
) -> None:
    names = {TradeId(str(number)): trade for number, trade in enumerate(trades)}
    together = ExcursionSearch(names)
    for _, of in groupby(in_order(series), rank):
        together.look(list(of))
    alone = {
        name: excursion_of(trade, *reversed(in_order(series))) for name, trade in names.items()
    }
    assert together.found() == alone


@given(trade=TRADES, series=MARKETS)
def test_a_search_that_stops_early_finds_what_one_to_the_end_finds(
    trade: ClosedHolding, series: list[Bars]
) -> None:
    """The rule, written out: of those that can tell, nearly the fullest, then the preferred."""
    every = [one for of in series for one in excursions([trade], of)]
    can = [one for one in every if isinstance(one, Excursion)]
    if not can:
        return
    most = max(one.covered for one in can)
    near = [one for one in can if one.covered >= 0.95 * most]
    order = {15: 0, 5: 1, 1: 2, 30: 3, 60: 4}
    best = min(near, key=lambda one: (order[one.step_us // MINUTE], -one.covered, one.source))
    found = excursion_of(trade, *series)
    assert isinstance(found, Excursion)
    assert (found.step_us, found.covered, found.source) == (
        best.step_us,
        best.covered,
        best.source,
    )


@given(
    opened=some.integers(-20, 80),
    minutes=some.integers(1, 90),
    entry=some.floats(50, 200),
    long=some.booleans(),
)
def test_no_excursion_is_negative(opened: int, minutes: int, entry: float, long: bool) -> None:
    found = excursion_of(held(opened, opened + minutes, entry, long=long), HOUR)
    assert isinstance(found, str) or min(found.mae, found.mfe) >= 0


@given(scale=some.floats(0.001, 1000))
def test_prices_in_another_unit_change_no_excursion(scale: float) -> None:
    rows = zip(HOUR.start_us // MINUTE, HOUR.low * scale, HOUR.high * scale, strict=True)
    scaled = market(*((int(at), float(low), float(high)) for at, low, high in rows))
    assert ends(excursion_of(held(0, 60, 100 * scale, 101 * scale), scaled)) == (0.1, 0.2)


def test_one_r_is_what_the_stop_would_have_lost() -> None:
    assert r_multiple(Decimal(30), Decimal(1000), Decimal(2)) == Decimal("1.5")
