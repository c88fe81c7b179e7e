"""MAE and MFE: only what surely happened inside the trade counts, and doubt is said."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from coach.engine.features.bars import Bars, Columns, bars
from coach.engine.features.excursions import Excursion, Held, excursion, r_multiple

MINUTE = 60_000_000
QUARTER = 15 * MINUTE


def market(*rows: tuple[int, float, float]) -> Bars:
    """Lay out bars of a quarter of an hour, written (start minute, low, high)."""
    start, low, high = (np.array(column) for column in zip(*rows, strict=True))
    middle = (low + high) / 2
    raw = Columns(start.astype(np.int64) * MINUTE, middle, high, low, middle, middle)
    return bars(raw, "file", QUARTER)


def held(opened: int, closed: int, *prices: float, long: bool = True) -> Held:
    return Held(long, prices[0], opened * MINUTE, closed * MINUTE, prices)


HOUR = market((0, 99, 101), (15, 90, 102), (30, 98, 120), (45, 99, 101))


def test_a_long_trade_is_hurt_by_lows_and_helped_by_highs() -> None:
    assert excursion(held(0, 60, 100, 101), HOUR) == Excursion(0.1, 0.2, 4)


def test_a_short_trade_is_hurt_by_highs_and_helped_by_lows() -> None:
    assert excursion(held(0, 60, 100, 101, long=False), HOUR) == Excursion(0.2, 0.1, 4)


def test_a_bar_that_began_before_the_entry_does_not_count() -> None:
    """The fall to 90 may have been before 00:16; the rise to 120 was surely inside."""
    assert excursion(held(16, 60, 100, 101), HOUR) == Excursion(0.02, 0.2, 2)


def test_a_bar_that_ends_after_the_exit_does_not_count() -> None:
    assert excursion(held(0, 44, 100, 101), HOUR) == Excursion(0.1, 0.02, 2)


def test_the_trades_own_prices_count_though_no_bar_shows_them() -> None:
    assert excursion(held(0, 60, 100, 80, 130), HOUR) == Excursion(0.2, 0.3, 4)


@pytest.mark.parametrize(
    ("trade", "known", "why"),
    [
        (held(0, 60, 100), None, "no candles of the symbol"),
        (held(0, 14, 100), HOUR, "the trade is shorter than one candle"),
        (held(1, 29, 100), HOUR, "the trade is shorter than one candle"),
        (held(0, 67, 100), HOUR, "candles do not cover the trade"),
        (held(0, 60, 100), market((0, 99, 101), (45, 99, 101)), "candles do not cover the trade"),
    ],
)
def test_what_cannot_be_told_is_refused(trade: Held, known: Bars | None, why: str) -> None:
    assert excursion(trade, known) == why


def test_nine_tenths_of_the_time_are_enough() -> None:
    assert isinstance(excursion(held(0, 66, 100), HOUR), Excursion)


@given(
    opened=some.integers(-20, 80),
    minutes=some.integers(1, 90),
    entry=some.floats(50, 200),
    long=some.booleans(),
)
def test_no_excursion_is_negative(opened: int, minutes: int, entry: float, long: bool) -> None:
    found = excursion(held(opened, opened + minutes, entry, long=long), HOUR)
    assert isinstance(found, str) or min(found.mae, found.mfe) >= 0


@given(scale=some.floats(0.001, 1000))
def test_prices_in_another_unit_change_no_excursion(scale: float) -> None:
    rows = zip(HOUR.start_us // MINUTE, HOUR.low * scale, HOUR.high * scale, strict=True)
    scaled = market(*((int(at), float(low), float(high)) for at, low, high in rows))
    found = excursion(held(0, 60, 100 * scale, 101 * scale), scaled)
    assert isinstance(found, Excursion)
    assert found[:2] == pytest.approx((0.1, 0.2))


def test_one_r_is_what_the_stop_would_have_lost() -> None:
    assert r_multiple(Decimal(30), Decimal(1000), Decimal(2)) == Decimal("1.5")
