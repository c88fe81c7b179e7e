r"""A week of bars as text: one way to write it, so that equal bars have equal bytes.

The first line says what it is, then one line a bar, oldest first:

    coach-candles 1\tBTC-USD\t900\tcoinbase\t2026-03-30
    0 68000 68123.5 67900 68001.23 12.5

The number of the bar within the week, open, high, low, close, volume; numbers are exact, written
shortest, without an exponent. Lines end with a line feed.
"""

from collections.abc import Collection, Iterable, Sequence
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
    step, start = series.granularity * SECOND_US, week_start_us(week)
    starts, *figures = list(zip(*candles, strict=True)) or [()]
    numbers = [(start_us - start) // step for start_us in starts]
    for number, start_us in zip(numbers, starts, strict=True):
        if start + number * step != start_us or not 0 <= number < WEEK_US // step:
            raise ValueError(f"no bar of the week {week} begins at {start_us}")
    lines = list(map(" ".join, zip(map(str, numbers), *map(_shortest, figures), strict=True)))
    bars = dict(zip(numbers, lines, strict=True))
    if len(bars) < len(lines):
        for number, line in zip(numbers, lines, strict=True):
            if bars[number] != line:
                raise ValueError(f"two bars of the week {week} begin at {start + number * step}")
    return "\n".join([_head(series, week), *(bars[number] for number in sorted(bars)), ""]).encode()


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
    return "\t".join(words)


def _parts(text: bytes) -> tuple[Series, date, str]:
    head, _, body = text.decode().partition("\n")
    magic, symbol, granularity, source, week = head.split("\t")
    if magic != MAGIC:
        raise ValueError("no week of candles")
    series = Series(Symbol(symbol), Granularity(int(granularity)), source)
    return series, date.fromisoformat(week), body


def _shortest(values: Sequence[Decimal]) -> list[str]:
    """Write numbers of bars without an exponent; ValueError for one of absurd size or none.

    What `str` writes in digits alone, and within MOST_DIGITS, only loses the zeros at its end.
    """
    texts = list(map(str, values))
    if "".join(texts).replace(".", "").isdecimal() and max(map(len, texts)) <= MOST_DIGITS:
        return [_without_zeros(text) if text[-1] == "0" else text for text in texts]
    return list(map(_figure, values))


def _figure(value: Decimal) -> str:
    if not value.is_finite() or abs(value.adjusted()) > MOST_DIGITS:
        raise ValueError(f"{value} is no price and no volume")
    text = _without_zeros(format(value, "f"))
    return text if text.strip("-0") else "0"


def _without_zeros(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
