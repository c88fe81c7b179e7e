"""One way to write a week of bars."""

from datetime import date
from decimal import Decimal
from hashlib import sha256
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.market.canonical import columns, decode, encode, title
from coach.model.candles import QUARTER, Candle, Series, week_start_us
from coach.model.fills import Symbol

SERIES = Series(Symbol("BTC-USD"), QUARTER, "coinbase")
WEEK = date(2026, 3, 30)
START = week_start_us(WEEK)
STEP = 900_000_000

NUMBERS = st.decimals(min_value=0, max_value=10**9, allow_nan=False, allow_infinity=False, places=9)
BARS = st.dictionaries(
    st.integers(0, 671), st.tuples(NUMBERS, NUMBERS, NUMBERS, NUMBERS, NUMBERS), max_size=8
)


def bar(number: int, *values: str) -> Candle:
    opened, high, low, close, volume = map(Decimal, values or ("1", "2", "0.5", "1.5", "10"))
    return Candle(START + number * STEP, opened, high, low, close, volume)


def test_a_week_reads_as_it_is_documented() -> None:
    text = encode(SERIES, WEEK, [bar(7, "68000.00", "68123.50", "6.79E+4", "68001.23", "0.00")])
    assert text == (
        b"coach-candles 1\tBTC-USD\t900\tcoinbase\t2026-03-30\n7 68000 68123.5 67900 68001.23 0\n"
    )


def test_the_name_of_a_week_never_changes() -> None:
    """Whatever else changes here: digests that were made name their weeks by this hash."""
    text = encode(SERIES, WEEK, [bar(0), bar(1, "0.1", "0.3", "1E-8", "0.2", "-0")])
    assert sha256(text).hexdigest() == (
        "8abdf26504548bd627e575d49a8669ce7687f809775f79de043f69d2845af95b"
    )


@given(BARS, st.randoms(use_true_random=False))
def test_any_order_and_repetition_gives_the_same_bytes(
    bars: dict[int, tuple[Decimal, Decimal, Decimal, Decimal, Decimal]], dice: Random
) -> None:
    candles = [Candle(START + number * STEP, *values) for number, values in bars.items()]
    mixed = candles * 2
    dice.shuffle(mixed)
    assert encode(SERIES, WEEK, mixed) == encode(SERIES, WEEK, candles)


FORMS = st.sampled_from(["1", "1.50", "100", "1E+3", "1E-9", "0.000", "-0", "-0.0", "7.", "0.10"])


@given(st.dictionaries(st.integers(0, 671), st.tuples(*[FORMS] * 5), min_size=1, max_size=6))
def test_a_line_does_not_depend_on_the_other_bars_of_its_week(
    bars: dict[int, tuple[str, ...]],
) -> None:
    candles = [bar(number, *bars[number]) for number in sorted(bars)]
    head, *lines = encode(SERIES, WEEK, candles).splitlines()
    assert [[head, line] for line in lines] == [
        encode(SERIES, WEEK, [candle]).splitlines() for candle in candles
    ]


@given(BARS)
def test_what_was_written_is_read_back_exactly(
    bars: dict[int, tuple[Decimal, Decimal, Decimal, Decimal, Decimal]],
) -> None:
    candles = [Candle(START + number * STEP, *bars[number]) for number in sorted(bars)]
    text = encode(SERIES, WEEK, candles)
    assert decode(text) == candles
    assert title(text) == (SERIES, WEEK)


@given(BARS)
def test_as_floats_it_is_what_float_says(
    bars: dict[int, tuple[Decimal, Decimal, Decimal, Decimal, Decimal]],
) -> None:
    candles = [Candle(START + number * STEP, *bars[number]) for number in sorted(bars)]
    found = columns([encode(SERIES, WEEK, candles)])
    assert found.start_us.tolist() == [candle.start_us for candle in candles]
    assert found.close.tolist() == [float(candle.close) for candle in candles]
    assert found.volume.tolist() == [float(candle.volume) for candle in candles]


def test_digits_beyond_any_context_are_kept() -> None:
    long = "1.2345678901234567890123456789012345678901"
    (read,) = decode(encode(SERIES, WEEK, [bar(0, long, long, long, long, long)]))
    assert read.open == Decimal(long)
    assert str(read.open) == long


def test_equal_numbers_have_equal_bytes_however_they_were_spelled() -> None:
    texts = {encode(SERIES, WEEK, [bar(0, *[one] * 5)]) for one in ("100", "1E2", "100.000")}
    assert len(texts) == 1


def test_weeks_stand_one_below_the_other() -> None:
    later = date(2026, 4, 6)
    second = Candle(week_start_us(later), *bar(0)[1:])
    found = columns([encode(SERIES, WEEK, [bar(0)]), encode(SERIES, later, [second])])
    assert np.diff(found.start_us).tolist() == [7 * 86_400_000_000]


def test_no_weeks_are_no_bars() -> None:
    assert len(columns([]).close) == 0


@pytest.mark.parametrize("start_us", [START - STEP, START + 672 * STEP, START + 1])
def test_a_bar_that_does_not_belong_is_refused(start_us: int) -> None:
    with pytest.raises(ValueError, match="no bar of the week"):
        encode(SERIES, WEEK, [bar(0)._replace(start_us=start_us)])


def test_two_unlike_bars_with_one_start_are_refused() -> None:
    with pytest.raises(ValueError, match="two bars"):
        encode(SERIES, WEEK, [bar(3), bar(3)._replace(close=Decimal(9))])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1E+400", "1E-400"])
def test_what_is_no_number_is_refused(number: str) -> None:
    with pytest.raises(ValueError, match="no price"):
        encode(SERIES, WEEK, [bar(0, number, "1", "1", "1", "1")])


@pytest.mark.parametrize("source", ["", "a\tb", "a\nb"])
def test_a_source_that_would_break_the_line_is_refused(source: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        encode(SERIES._replace(source=source), WEEK, [bar(0)])


def test_another_text_is_no_week() -> None:
    with pytest.raises(ValueError, match="no week"):
        decode(b"a\tb\t1\td\te\n")
