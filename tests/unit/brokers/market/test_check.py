"""What passes the check can be true, and what does not is named."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.brokers.market.check import Faults, check
from coach.model.candles import MINUTE, Candle
from coach.model.times import SECOND_US

STEP = MINUTE * SECOND_US
NAN = Decimal("NaN")


def bar(
    minute: int, low: object = 9, high: object = 12, opened: object = 10, closed: object = 11
) -> Candle:
    prices = [Decimal(str(price)) for price in (opened, high, low, closed)]
    return Candle(minute * STEP, prices[0], prices[1], prices[2], prices[3], Decimal(1))


@pytest.mark.parametrize(
    ("wrong", "column"),
    [
        (bar(1, low=13, high=12, opened=12, closed=12), "high"),
        (bar(1, opened=13), "open"),
        (bar(1, closed=8), "close"),
        (bar(1, low=0), "low"),
        (bar(1, low=-1), "low"),
        (bar(1, high="NaN"), "high"),
        (bar(1, high="Infinity"), "high"),
        (bar(1, high="1e400"), "high"),
        (bar(1)._replace(volume=Decimal(-1)), "volume"),
        (bar(1)._replace(volume=NAN), "volume"),
        (bar(1)._replace(volume=Decimal("sNaN")), "volume"),
        (bar(1)._replace(start_us=-1), "time"),
        (bar(1)._replace(start_us=STEP + 1), "time"),
    ],
)
def test_a_bar_that_cannot_be_true_is_dropped_and_named(wrong: Candle, column: str) -> None:
    good, faults = check([bar(0), wrong, bar(2)], MINUTE)
    assert good == [bar(0), bar(2)]
    assert [(one.place, one.column) for one in faults.dropped] == [(1, column)]


def test_the_same_bar_told_twice_is_one_bar() -> None:
    good, faults = check([bar(0), bar(1), bar(1)], MINUTE)
    assert good == [bar(0), bar(1)]
    assert (faults.merged, faults.dropped) == (1, ())


def test_of_two_different_bars_at_one_time_neither_is_believed() -> None:
    good, faults = check([bar(0), bar(1), bar(1, high=20)], MINUTE)
    assert good == [bar(0)]
    assert [one.place for one in faults.dropped] == [1, 2]


def test_missing_minutes_are_counted_and_nothing_is_invented() -> None:
    good, faults = check([bar(0), bar(5)], MINUTE)
    assert (len(good), faults.missing) == (2, 4)


def test_an_absurd_jump_is_told_and_kept() -> None:
    jump = bar(1, low=90, high=120, opened=100, closed=110)
    good, faults = check([bar(0), jump], MINUTE)
    assert good == [bar(0), jump]
    assert faults.jumps == (STEP,)
    assert not faults.too_many


def test_one_bad_bar_in_twenty_is_bearable_and_two_are_not() -> None:
    bars = [bar(minute) for minute in range(20)]
    assert not check([bar(0, high=1), *bars[1:]], MINUTE)[1].too_many
    assert check([bar(0, high=1), bar(1, high=1), *bars[2:]], MINUTE)[1].too_many


def test_nothing_is_no_fault() -> None:
    assert check([], MINUTE) == ([], Faults())


prices = st.decimals(min_value=-2, max_value=30, places=2) | st.just(NAN)
candles = st.builds(
    Candle, st.integers(-1, 8).map(lambda n: n * STEP // 2), prices, prices, prices, prices, prices
)


@given(st.lists(candles, max_size=30))
def test_whatever_is_given_what_passes_can_be_true_and_every_bar_is_accounted_for(
    given_bars: list[Candle],
) -> None:
    good, faults = check(given_bars, MINUTE)
    assert [one.start_us for one in good] == sorted({one.start_us for one in good})
    for one in good:
        assert 0 < one.low <= min(one.open, one.close) <= max(one.open, one.close) <= one.high
        assert one.start_us % STEP == 0
        assert one.volume >= 0
    assert len(good) + len(faults.dropped) + faults.merged == len(given_bars)


@given(st.lists(candles, max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_the_bars_changes_nothing_but_the_talk_of_order(
    given_bars: list[Candle], dice: object
) -> None:
    shuffled = list(given_bars)
    dice.shuffle(shuffled)  # type: ignore[attr-defined]
    good, faults = check(given_bars, MINUTE)
    again, same = check(shuffled, MINUTE)
    assert again == good
    assert (same.merged, len(same.dropped)) == (faults.merged, len(faults.dropped))


@given(st.lists(candles, max_size=30))
def test_what_passed_passes_again(given_bars: list[Candle]) -> None:
    good, _ = check(given_bars, MINUTE)
    again, faults = check(good, MINUTE)
    assert again == good
    assert (faults.dropped, faults.merged, faults.out_of_order) == ((), 0, 0)
