"""Prices around a trade as a chart of text: its candles, and where it was entered and left."""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.model.times import SECOND_US
from coach.wording import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from coach.engine.api.why import Path, PathBar
    from coach.model.trades import RoundTrip

WIDTH, HEIGHT = 52, 10
WICK, RISE, FALL, ENTRY, EXIT, LEVEL = "│", "█", "░", "▶", "◀", "┄"


@dataclass(frozen=True, slots=True)
class _Scale:
    low: float
    high: float

    def row(self, price: float) -> int:
        """Return the row of a price, 0 at the top."""
        share = (self.high - price) / ((self.high - self.low) or 1.0)
        return min(HEIGHT - 1, max(0, round(share * (HEIGHT - 1))))


def chart_lines(path: "Path", trip: "RoundTrip") -> "Iterator[str]":
    """Yield the lines of the chart: an hour before the entry up to the exit."""
    bars = joined_bars(path.bars)
    prices = [float(trip.entry), *([] if trip.exit is None else [float(trip.exit)])]
    low = min(*(bar.low for bar in bars), *prices)
    scale = _Scale(low, max(*(bar.high for bar in bars), *prices))
    grid = [[" "] * len(bars) for _ in range(HEIGHT)]
    _mark_level(grid, scale.row(prices[0]))
    for place, bar in enumerate(bars):
        _draw_bar(grid, place, bar, scale)
    step = len(path.bars) / len(bars) * path.step_s * SECOND_US
    opened = int(trip.opened_at.timestamp() * SECOND_US)
    entered = min(len(bars) - 1, max(0, int((opened - bars[0].start_us) / step)))
    grid[scale.row(prices[0])][entered] = ENTRY
    if trip.exit is not None:
        grid[scale.row(prices[1])][len(bars) - 1] = EXIT
    yield f"Prices from an hour before, {ENTRY} entry, {EXIT} exit:"
    labels = {0: _price(scale.high), HEIGHT - 1: _price(scale.low)}
    width = max(map(len, labels.values()))
    for number, row in enumerate(grid):
        yield f"  {labels.get(number, ''):>{width}} ┤{''.join(row)}".rstrip()


def joined_bars(bars: "Sequence[PathBar]") -> "list[PathBar]":
    """Return the bars, so many joined into one that they fit the width."""
    from coach.engine.api.why import PathBar

    each = -(-len(bars) // WIDTH)
    groups = [bars[start : start + each] for start in range(0, len(bars), each)]
    return [
        PathBar(
            group[0].start_us,
            group[0].open,
            max(one.high for one in group),
            min(one.low for one in group),
            group[-1].close,
        )
        for group in groups
    ]


def _mark_level(grid: list[list[str]], row: int) -> None:
    grid[row] = [LEVEL] * len(grid[row])


def _draw_bar(grid: list[list[str]], place: int, bar: "PathBar", scale: _Scale) -> None:
    body = RISE if bar.close >= bar.open else FALL
    for row in range(scale.row(bar.high), scale.row(bar.low) + 1):
        grid[row][place] = WICK
    top, bottom = sorted((scale.row(bar.open), scale.row(bar.close)))
    for row in range(top, bottom + 1):
        grid[row][place] = body


def _price(value: float) -> str:
    return numbers.quantity(Decimal(f"{value:.8g}"))
