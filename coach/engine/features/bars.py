"""Candles as columns: what a symbol's price did, by one source, in bars of one length.

A bar counts for what came after it: nothing is known of a bar before it ended. Bars that lie
(a high below the low, a price of zero, an open outside) are left out when the columns are made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers

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
        rows = int(np.searchsorted(self.start_us, us - self.step_us, side="right"))
        return replace(
            self,
            start_us=self.start_us[:rows],
            open=self.open[:rows],
            high=self.high[:rows],
            low=self.low[:rows],
            close=self.close[:rows],
            volume=self.volume[:rows],
            change=self.change[:rows],
            sums=self.sums[: rows + 1],
            squares=self.squares[: rows + 1],
            counts=self.counts[: rows + 1],
        )


@dataclass(frozen=True, slots=True)
class Market:
    """The bars of each symbol that has any."""

    bars: Mapping[str, Bars] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.bars)

    def of(self, symbol: str) -> Bars | None:
        """Return the bars of a symbol, None where there are none."""
        return self.bars.get(symbol)

    def until(self, us: int) -> "Market":
        """Return what had ended by `us`."""
        return Market({symbol: one.until(us) for symbol, one in self.bars.items()})


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
