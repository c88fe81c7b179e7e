r"""A week of bars as text: one way to write it, so that equal bars have equal bytes.

The first line says what it is, then one line a bar, oldest first:

    coach-candles 1\tBTC-USD\t900\tcoinbase\t2026-03-30
    0 68000 68123.5 67900 68001.23 12.5

The number of the bar within the week, open, high, low, close, volume; numbers are exact, written
shortest, without an exponent. Lines end with a line feed.
"""

from collections.abc import Collection, Iterable
from datetime import date
from decimal import Decimal

import numpy as np

from coach.engine.features.bars import Columns
from coach.model.candles import Candle, Granularity, Series, week_start_us
from coach.model.fills import Symbol
from coach.model.times import SECOND_US, WEEK_US

MAGIC = "coach-candles 1"
FIELDS = 6
MOST_DIGITS = 100


def encode(series: Series, week: date, candles: Iterable[Candle]) -> bytes:
    """Write a week. ValueError: a bar of another week, off the grid, twice unlike, or no number."""
    step = series.granularity * SECOND_US
    start = week_start_us(week)
    bars: dict[int, str] = {}
    for candle in candles:
        number, rest = divmod(candle.start_us - start, step)
        if rest or not 0 <= number < WEEK_US // step:
            raise ValueError(f"no bar of the week {week} begins at {candle.start_us}")
        line = f"{number} {_figures(candle)}\n"
        if bars.setdefault(number, line) != line:
            raise ValueError(f"two bars of the week {week} begin at {candle.start_us}")
    return (_head(series, week) + "".join(bars[number] for number in sorted(bars))).encode()


def title(text: bytes) -> tuple[Series, date]:
    """Say whose week this is, and which."""
    series, week, _ = _parts(text)
    return series, week


def decode(text: bytes) -> list[Candle]:
    """Read a week exactly, oldest bar first."""
    series, week, body = _parts(text)
    step, start = series.granularity * SECOND_US, week_start_us(week)
    candles = []
    for line in body.splitlines():
        number, *values = line.split(" ")
        opened, high, low, close, volume = map(Decimal, values)
        candles.append(Candle(start + int(number) * step, opened, high, low, close, volume))
    return candles


def closes(text: bytes, starts_us: Collection[int]) -> dict[int, Decimal]:
    """Read the exact closes of the bars that begin at these moments, of those that are there.

    A bar whose close is outside its low and high, or not above zero, is left out: it lies.
    """
    series, week, body = _parts(text)
    step, first = series.granularity * SECOND_US, week_start_us(week)
    wanted = {str((start - first) // step): start for start in starts_us}
    found = {}
    for line in body.splitlines():
        number, _, rest = line.partition(" ")
        if number in wanted:
            _, high, low, close, _ = map(Decimal, rest.split(" "))
            if 0 < low <= close <= high:
                found[wanted[number]] = close
    return found


def columns(texts: Iterable[bytes]) -> Columns:
    """Read weeks as floats, one below the other."""
    starts, bodies = [np.zeros(0, np.int64)], [np.zeros((0, FIELDS))]
    for text in texts:
        series, week, body = _parts(text)
        numbers = np.fromstring(body, sep=" ").reshape(-1, FIELDS)
        step = series.granularity * SECOND_US
        starts.append(week_start_us(week) + numbers[:, 0].astype(np.int64) * step)
        bodies.append(numbers)
    _, opened, high, low, close, volume = np.concatenate(bodies).T
    return Columns(np.concatenate(starts), opened, high, low, close, volume)


def _head(series: Series, week: date) -> str:
    words = (MAGIC, series.symbol, str(series.granularity), series.source, week.isoformat())
    if any(not word or not word.isprintable() for word in words):
        raise ValueError(f"{series.symbol!r} by {series.source!r} cannot be written on one line")
    return "\t".join(words) + "\n"


def _parts(text: bytes) -> tuple[Series, date, str]:
    head, _, body = text.decode().partition("\n")
    magic, symbol, granularity, source, week = head.split("\t")
    if magic != MAGIC:
        raise ValueError("no week of candles")
    series = Series(Symbol(symbol), Granularity(int(granularity)), source)
    return series, date.fromisoformat(week), body


def _figures(candle: Candle) -> str:
    """Write the five numbers of a bar; ValueError for one that is no number or of absurd size.

    What `str` writes without an exponent, NaN or Infinity and within MOST_DIGITS is none of these.
    """
    text = " ".join(map(str, candle[1:]))
    if "E" in text or "N" in text or "I" in text or len(text) > MOST_DIGITS:
        for value in candle[1:]:
            if not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS:
                raise ValueError(f"{value} is no price and no volume")
        text = " ".join(format(value, "f") for value in candle[1:])
    if "0 " in text or text[-1] == "0":
        return " ".join(map(_shortest, text.split(" ")))
    return text


def _shortest(number: str) -> str:
    """Return a number without zeros at its end, and zero without a sign."""
    if "." in number:
        number = number.rstrip("0").rstrip(".")
    return number if number.strip("-0") else "0"
