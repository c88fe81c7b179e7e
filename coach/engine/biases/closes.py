"""Losing and winning closes, and the entries that followed each: what D2 to D4 compare."""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.features.context import Context
from coach.engine.statistics import floors
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks
from coach.engine.statistics.strata import consecutive, informative
from coach.model.insights import Fact
from coach.values import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Closes:
    """Decided closes in order of closing, one row each (n,); break-evens are left out.

    `entries` (m,) are the rows of the entries that came after them and before the next close;
    `first` (n,) is where those of a close begin. The label belongs to the close, so a basket
    of entries after one close counts once.
    """

    entries: Integers
    first: Integers
    after_loss: Flags
    strata: Integers
    blocks: Integers

    @property
    def next_entry(self) -> Integers:
        """Row of the first entry after each close."""
        return self.entries[self.first]

    def mean(self, values: Floats) -> Floats:
        """Average a value per entry (m,) over the entries of each close (n,)."""
        sums = np.add.reduceat(values, self.first) if len(values) else values
        return sums / np.diff(self.first, append=len(values))


def followed_closes(context: Context, window: Window, comparable: Flags) -> Closes:
    """Return the closes that were followed by `comparable` (n,) entries inside the window."""
    entered_us = context.history.opened_us
    entries = np.flatnonzero(window.holds(entered_us) & (context.outcome != 0) & comparable)
    close = context.preceding[entries]
    first = np.flatnonzero(np.diff(close, prepend=-1))
    return Closes(
        entries=entries,
        first=first,
        after_loss=context.outcome[entries[first]] < 0,
        strata=consecutive(months(context.history.closed_us[close[first]])),
        blocks=day_blocks(entered_us[entries[first]]),
    )


def floor_sample(
    context: Context, window: Window, comparable: Flags, closes: Closes, start_up: int
) -> floors.ComparisonSample:
    """Count the closes seen, and those that can be compared: their stratum holds a loss and a win.

    `start_up` trades of a whole history give no comparison.
    """
    useful = informative(closes.after_loss, closes.strata)
    newest = closes.strata == closes.strata.max(initial=0)
    considered = window.holds(context.history.opened_us) & (context.preceding >= 0) & comparable
    return floors.ComparisonSample(
        seen=counts(closes.after_loss),
        compared=counts(closes.after_loss[useful]),
        in_reach=counts(closes.after_loss[useful | newest]),
        entries=int(considered.sum()),
        start_up=max(0, start_up - len(context.history)),
    )


def described(sample: floors.ComparisonSample, closes: Closes) -> dict[str, Fact]:
    """Return what the evidence tells about the sample."""
    return {
        "n": sample.compared.closes,
        "losses": sample.compared.losses,
        "wins": sample.compared.wins,
        "entries": sample.entries,
        "strata": len(np.unique(closes.strata)),
    }


def progress(sample: floors.ComparisonSample) -> dict[str, Fact]:
    """Return what was seen so far beside what it takes, for who is below the floor."""
    return {
        "closes": sample.seen.closes,
        "losses": sample.seen.losses,
        "wins": sample.seen.wins,
        "fewest_closes": floors.FEWEST_COMPARED,
        "fewest_losses": floors.FEWEST_OF_EACH,
        "fewest_wins": floors.FEWEST_OF_EACH,
    }


def counts(after_loss: Flags) -> floors.Counts:
    """Count losses and wins."""
    losses = int(after_loss.sum())
    return floors.Counts(losses, len(after_loss) - losses)


def months(moments_us: Integers) -> Integers:
    """Return the month each moment lies in, counted from 1970, (n,)."""
    return moments_us.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
