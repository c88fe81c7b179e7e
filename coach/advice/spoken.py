"""What a screen reader reads in the place of a chart or of columns: sentences, one fact each."""

from decimal import Decimal
from typing import TYPE_CHECKING

from coach.model.times import MINUTE_S
from coach.wording import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.advice.trials.fan import FanWeek
    from coach.engine.api.why import Path


def path_sentences(path: "Path") -> "Iterator[str]":
    """Yield how the price went, as the chart of a trade shows it."""
    closes = [bar.close for bar in path.bars]
    each = numbers.span(path.step_s / MINUTE_S)
    low, high = min(bar.low for bar in path.bars), max(bar.high for bar in path.bars)
    yield f"{numbers.counted(len(closes), 'candle')} by {path.source}, {each} each"
    yield f"the first closed at {_price(closes[0])}, the last at {_price(closes[-1])}"
    yield f"the lowest price was {_price(low)}, the highest {_price(high)}"
    top, bottom = closes.index(max(closes)) + 1, closes.index(min(closes)) + 1
    yield f"the highest close was that of candle {top}, the lowest that of candle {bottom}"


def fan_sentences(weeks: "Sequence[FanWeek]", quote: str) -> "Iterator[str]":
    """Yield where the replay ended beside luck, and in how many weeks it was outside of luck."""
    if not weeks:
        return
    last = weeks[-1]
    low, lower, middle, upper, high = (_gain(value, quote) for value in last.luck)
    yield f"running gain before fees, {weeks[0].name} to {last.name}"
    yield f"this replay ended at {_gain(last.gain, quote)}"
    yield f"luck: in the middle {middle}, half of it from {lower} to {upper}"
    yield f"luck: nine tenths of it from {low} to {high}"
    above = sum(week.gain > week.luck[-1] for week in weeks)
    below = sum(week.gain < week.luck[0] for week in weeks)
    yield (
        f"of {numbers.counted(len(weeks), 'week')} the replay was above nine tenths of luck in"
        f" {above}, below in {below}"
    )


def samples_one_by_one(columns: "Sequence[Sequence[tuple[str, str]]]") -> "Iterator[str]":
    """Yield each sample's numbers, one a line with its name, sample after sample."""
    for column in columns:
        (_, name), *rest = column
        yield f"sample: {name}"
        yield from (f"{label.strip()}: {value}" for label, value in rest)


def _price(value: float) -> str:
    return numbers.quantity(Decimal(repr(value)))


def _gain(value: float, quote: str) -> str:
    return numbers.amount(Decimal(repr(value)), quote, sign=True)
