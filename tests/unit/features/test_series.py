"""Several series of one symbol: each moment and each trade is told by one chosen for it alone."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as some

from coach.engine.features.bars import Bars, Columns, Market, bars
from coach.engine.features.moves import prices_at
from coach.engine.features.series import (
    NONE,
    covered,
    covering,
    first_known,
    first_known_with_place,
    in_order,
)
from coach.engine.statistics.arrays import Floats, Integers

MINUTE = 60_000_000


def flat(first: int, last: int, price: float = 100, minutes: int = 15, source: str = "a") -> Bars:
    """Lay out bars without a gap, from one minute until before another."""
    start = np.arange(first, last, minutes, dtype=np.int64) * MINUTE
    column = np.full(len(start), price)
    return bars(Columns(start, column, column, column, column, column), source, minutes * MINUTE)


def minutes(*at: int) -> Integers:
    return np.array(at, np.int64) * MINUTE


def chosen(series: tuple[Bars, ...], *windows: tuple[int, int]) -> list[int]:
    start, end = zip(*windows, strict=True)
    return [int(place) for place in covering(series, minutes(*start), minutes(*end))]


def test_a_quarter_comes_before_finer_and_coarser_bars_and_then_the_name_decides() -> None:
    mixed = [
        flat(0, 60, minutes=60),
        flat(0, 60, minutes=5),
        flat(0, 60, minutes=3),
        flat(0, 60, source="b"),
        flat(0, 60),
    ]
    order = [(one.step_us // MINUTE, one.source) for one in in_order(mixed)]
    assert order == [(15, "a"), (15, "b"), (5, "a"), (60, "a"), (3, "a")]


def test_each_window_is_read_from_the_series_that_covers_it() -> None:
    series = in_order([flat(0, 120), flat(-600, 600, minutes=60)])
    assert chosen(series, (0, 120), (-300, -200), (60, 400), (601, 700)) == [0, 1, 1, NONE]


def test_better_bars_that_lack_a_twentieth_are_taken_and_those_that_lack_more_are_not() -> None:
    series = in_order([flat(0, 960), flat(0, 1000, minutes=60)])
    assert chosen(series, (0, 1000), (0, 1020)) == [0, 1]


def test_of_two_sources_with_bars_of_one_length_the_fuller_is_taken_and_then_the_first() -> None:
    series = in_order([flat(0, 990, source="a"), flat(0, 1000, source="b")])
    assert chosen(series, (0, 1000), (0, 900)) == [1, 0]


def test_a_bar_across_the_end_of_a_window_covers_what_of_it_lies_inside() -> None:
    quarter = flat(0, 15)
    shares = covered(quarter, minutes(-5, 5, 10, 20, 5), minutes(5, 25, 20, 30, 5))
    assert shares.tolist() == pytest.approx([0.5, 0.5, 0.5, 0.0, 1.0])


def test_no_bars_cover_nothing() -> None:
    assert covered(flat(0, 0), minutes(0), minutes(5)).tolist() == [0.0]
    assert covering((), minutes(0), minutes(5)).tolist() == [NONE]


def test_what_the_first_series_cannot_tell_the_next_one_does() -> None:
    series = (flat(0, 60, 1), flat(300, 360, 2), flat(0, 360, 3, minutes=60))
    at = minutes(30, 330, 200, 10_000)
    values, by = first_known_with_place(series, 4, lambda one, rows: prices_at(one, at[rows]))
    assert np.array_equal(values, [1, 2, 3, np.nan], equal_nan=True)
    assert by.tolist() == [0, 1, 2, NONE]


@given(
    at=some.lists(some.integers(-100, 700), min_size=1, max_size=8),
    spans=some.lists(some.tuples(some.integers(0, 400), some.integers(1, 300)), max_size=4),
)
def test_a_moment_is_told_alike_alone_and_among_others(
    at: list[int], spans: list[tuple[int, int]]
) -> None:
    series = tuple(
        flat(first, first + length, 1.0 + place, minutes=[15, 5, 60][place % 3])
        for place, (first, length) in enumerate(spans)
    )

    def told(*moments: int) -> Floats:
        when = minutes(*moments)
        return first_known(series, len(when), lambda one, rows: prices_at(one, when[rows]))

    together = told(*at)
    alone = np.concatenate([told(moment) for moment in at])
    assert np.array_equal(together, alone, equal_nan=True)


def test_a_market_of_several_series_knows_all_of_them_and_what_had_ended() -> None:
    quarter, hour = flat(0, 120), flat(0, 600, minutes=60)
    market = Market({"BTC-USD": hour}, {"BTC-USD": (quarter, hour)})
    assert market.of("BTC-USD") is hour
    assert market.series("BTC-USD") == (quarter, hour)
    early = market.until(60 * MINUTE).series("BTC-USD")
    assert [len(one) for one in early] == [4, 1]
    assert Market({"BTC-USD": hour}).series("BTC-USD") == (hour,)
    assert market.series("ETH-USD") == ()


def test_bars_that_touch_a_window_reach_over_its_ends() -> None:
    assert flat(0, 120).touching(20 * MINUTE, 50 * MINUTE).start_us.tolist() == [
        15 * MINUTE,
        30 * MINUTE,
        45 * MINUTE,
    ]
    assert len(flat(0, 120).touching(500 * MINUTE, 600 * MINUTE)) == 0
