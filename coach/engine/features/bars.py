"""Candles as columns: what a symbol's price did, by one source, in bars of one length.

A bar counts for what came after it: nothing is known of a bar before it ended. Bars that lie
(a high below the low, a price of zero, an open outside) are left out when the columns are made.
"""

from collections.abc import Mapping
from dataclasses import field, replace

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.values import dataclass

TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Bars:
    """Bars of one symbol in order of time; every column is (m,), times in microseconds UTC.

    `step_us` is the length of a bar, `source` who said so, `snapshots` the hashes of the weeks
    they were read from. `change` is ln(close / close of the bar before), nan after a gap and
    for the first. `sums` and `squares` (m + 1,) are its running totals, nan counting as 0, and
    `counts` (m + 1,) how many were known.
    """

    source: str
    step_us: int
    start_us: Integers
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    change: Floats
    sums: Floats
    squares: Floats
    counts: Integers
    snapshots: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.start_us)

    def until(self, us: int) -> "Bars":
        """Return the bars that had ended by `us`."""
        return self._rows(0, int(np.searchsorted(self.start_us, us - self.step_us, side="right")))

    def touching(self, start_us: int, end_us: int) -> "Bars":
        """Return the bars that share a moment with [start_us, end_us), also those across an end."""
        first = int(np.searchsorted(self.start_us, start_us - self.step_us, side="right"))
        return self._rows(first, int(np.searchsorted(self.start_us, end_us, side="left")))

    def _rows(self, first: int, last: int) -> "Bars":
        last = max(first, last)
        return replace(
            self,
            start_us=self.start_us[first:last],
            open=self.open[first:last],
            high=self.high[first:last],
            low=self.low[first:last],
            close=self.close[first:last],
            volume=self.volume[first:last],
            change=self.change[first:last],
            sums=self.sums[first : last + 1],
            squares=self.squares[first : last + 1],
            counts=self.counts[first : last + 1],
        )


@dataclass(frozen=True, slots=True)
class Market:
    """The bars of each symbol that has any.

    `bars` is the one series of a symbol that a question about a whole window is answered from.
    `several` has all series of a symbol that has more than one, the best first: what is asked of
    one moment or one trade is answered from the first of them that can tell (series.py).
    """

    bars: Mapping[str, Bars] = field(default_factory=dict)
    several: Mapping[str, tuple[Bars, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.bars)

    def of(self, symbol: str) -> Bars | None:
        """Return the bars for a question about the whole window, None where there are none."""
        return self.bars.get(symbol)

    def series(self, symbol: str) -> tuple[Bars, ...]:
        """Return every series of a symbol, the best first."""
        return self.several.get(symbol) or tuple(
            bars for bars in (self.bars.get(symbol),) if bars is not None
        )

    def until(self, us: int) -> "Market":
        """Return what had ended by `us`."""
        return Market(
            {symbol: one.until(us) for symbol, one in self.bars.items()},
            {symbol: tuple(one.until(us) for one in all_) for symbol, all_ in self.several.items()},
        )

    def snapshots(self) -> tuple[str, ...]:
        """Return the hashes of the weeks that any series was read from, sorted."""
        every = (one for symbol in self.bars for one in self.series(symbol))
        return tuple(sorted({name for one in every for name in one.snapshots}))


NO_MARKET = Market()


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Raw columns (m,) in any order, as a file or a snapshot gives them."""

    start_us: Integers
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats


def bars(
    raw: Columns, source: str, step_us: int | None = None, snapshots: tuple[str, ...] = ()
) -> Bars:
    """Put raw columns in order; bars that cannot be are left out, of equal starts the first stays.

    Without `step_us` the length of a bar is the commonest distance between two starts.
    """
    order = np.flatnonzero(believable(raw))
    order = order[np.argsort(raw.start_us[order], kind="stable")]
    start = raw.start_us[order]
    order = order[np.diff(start, prepend=start[0] - 1 if len(start) else 0) > 0]
    start, close = raw.start_us[order], raw.close[order]
    step = commonest_step(start) if step_us is None else step_us
    change = np.full(len(start), np.nan)
    if len(start) > 1:
        whole = np.diff(start) == step
        change[1:] = np.where(whole, np.log(close[1:] / close[:-1]), np.nan)
    known = np.nan_to_num(change)
    return Bars(
        source=source,
        step_us=step,
        start_us=start,
        open=raw.open[order],
        high=raw.high[order],
        low=raw.low[order],
        close=close,
        volume=raw.volume[order],
        change=change,
        sums=np.concatenate([[0.0], np.cumsum(known)]),
        squares=np.concatenate([[0.0], np.cumsum(known**2)]),
        counts=np.concatenate([[0], np.cumsum(~np.isnan(change))]).astype(np.int64),
        snapshots=snapshots,
    )


def believable(raw: Columns) -> Flags:
    """Say which bars can be: prices above zero, high and low around open and close, (m,)."""
    top, bottom = np.maximum(raw.open, raw.close), np.minimum(raw.open, raw.close)
    finite = np.isfinite(raw.open + raw.high + raw.low + raw.close)
    ordered = (raw.high >= top * (1 - TOLERANCE)) & (raw.low <= bottom * (1 + TOLERANCE))
    can_be: Flags = finite & ordered & (raw.low > 0)
    return can_be


def commonest_step(start_us: Integers) -> int:
    """Return the commonest distance between neighbours, an hour where there are none."""
    if len(start_us) < 2:  # noqa: PLR2004 -- two bars make a distance
        return 3_600_000_000
    distances, counts = np.unique(np.diff(start_us), return_counts=True)
    return int(distances[np.argmax(counts)])
