"""What every rule stands on, computed once for all of them.

Everything is causal: a row depends on nothing that came after it.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from coach.engine.features.context import CHUNK, FEWEST_BEFORE, NONE, closes_before
from coach.engine.features.days import local_days, local_seconds
from coach.engine.features.history import CODES, OPEN, History
from coach.engine.features.orders import ENTRY
from coach.engine.rules.realised_sums import Amount, RealisedSums
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.fills import FillKey
from coach.model.times import DAY_S

MONDAY = 4  # 1970-01-05 was one
Kept = TypeVar("Kept")
Facts = TypeVar("Facts", bound=Mapping[str, object])


class Hit(NamedTuple, Generic[Facts]):
    """A rule was broken: by which row of the history, when, how far, and by which fills."""

    row: int
    at_us: int
    facts: Facts
    fills: tuple[FillKey, ...]


class Ground:
    """A history and what is often asked of it; `zone` is the trader's IANA time zone."""

    def __init__(self, history: History, zone: str) -> None:
        self.history, self.zone = history, zone
        self._kept: dict[object, object] = {}

    def once(self, name: object, make: Callable[[], Kept]) -> Kept:
        """Return what was made under this name, made now when it was not."""
        if name not in self._kept:
            self._kept[name] = make()
        return self._kept[name]  # type: ignore[return-value] # one name, one kind of value

    @cached_property
    def _closing(self) -> tuple[Integers, Integers]:
        return closes_before(self.history)

    @property
    def closes(self) -> Integers:
        """Return the closed rows in order of closing, (c,)."""
        return self._closing[0]

    @property
    def before(self) -> Integers:
        """Return the place among the closes of the last one before each entry, (n,); -1: none."""
        return self._closing[1]

    @cached_property
    def losses_before(self) -> Integers:
        """Return how many losing closes in a row came before each entry, (n,)."""
        losing = self.history.outcome[self.closes] == CODES["loss"]
        places = np.arange(len(losing))
        runs = places - np.maximum.accumulate(np.where(losing, NONE, places))
        # the slot at the end is where NONE, an index of -1, leads
        found: Integers = np.append(runs, 0)[self.before]
        return found

    @cached_property
    def entry_seconds(self) -> Integers:
        """Return what the trader's clock read at each entry, in seconds, (n,)."""
        return local_seconds(self.history.opened_us, self.zone)

    @cached_property
    def entry_days(self) -> Integers:
        """Return the local date of each entry, in days since 1970-01-01, (n,)."""
        return self.entry_seconds // DAY_S

    @cached_property
    def close_days(self) -> Integers:
        """Return the local date of each close, in order of closing, (c,)."""
        return local_days(self.history.closed_us[self.closes], self.zone)

    @cached_property
    def signs(self) -> Floats:
        """Return +1 for a long and -1 for a short, (n,)."""
        return np.array([1.0 if trip.side == "long" else -1.0 for trip in self.history.trips])

    def usual(self, window: int) -> Floats:
        """Return the median of so many entries before each in its quote currency, (n,).

        nan with fewer than five. Sorting is what NumPy's median does; that would load its masked
        arrays, which take as long as all the rest of a check.
        """
        return self.once(("usual", window), lambda: self._usual(window))

    def _usual(self, window: int) -> Floats:
        usual = np.full(len(self.history), np.nan)
        for quote in range(len(self.history.quotes)):
            rows = np.flatnonzero(self.history.quote == quote)
            usual[rows] = medians(self.history.notional[rows], window)
        return usual

    def nets(self, quote: int) -> RealisedSums:
        """Return the running net result of a quote currency, as it was realised."""
        return self._realised(quote, "net")

    def fees(self, quote: int) -> RealisedSums:
        """Return the running fees of a quote currency, as they were realised."""
        return self._realised(quote, "fees")

    def _realised(self, quote: int, amount: Amount) -> RealisedSums:
        return self.once((amount, quote), lambda: RealisedSums(self.history, quote, amount))

    def days(self, at_us: Integers) -> Integers:
        """Return the local dates of moments, in days since 1970-01-01, (m,)."""
        return local_days(at_us, self.zone)

    @property
    def start_equity(self) -> float | None:
        """Return the money at the start; None when nobody said, or several currencies are mixed."""
        start = self.history.trader.equity
        return start if start and start > 0 and len(self.history.quotes) == 1 else None

    def entry(self, row: int, facts: Facts, earlier: tuple[FillKey, ...] = ()) -> Hit[Facts]:
        """State that an entry broke a rule, by its own fills and those of an earlier close."""
        history = self.history
        return Hit(row, int(history.opened_us[row]), facts, (*earlier, *history.entry_fills[row]))

    def scores(self, found: Iterable[tuple[int, float]]) -> Floats:
        """Return these (row, score) as a column, (n,); nan for every other row."""
        column = np.full(len(self.history), np.nan)
        for row, score in found:
            column[row] = score
        return column

    @cached_property
    def with_orders(self) -> Flags:
        """Say of which trades the orders are known, (n,)."""
        known = np.zeros(len(self.history), np.bool_)
        orders = self.history.orders
        known[orders.trip[orders.kind == ENTRY]] = True
        return known

    def last_close(self, row: int) -> tuple[FillKey, ...]:
        """Return the fills of the last close before an entry."""
        place = int(self.before[row])
        return () if place == NONE else self.history.exit_fills[int(self.closes[place])]

    @cached_property
    def closed(self) -> Integers:
        """Return the rows that have closed."""
        return np.flatnonzero(self.history.closed_us != OPEN)


def medians(sizes: Floats, window: int) -> Floats:
    """Return the median of the last `window` before each, (n,); nan with fewer than five."""
    found = np.full(len(sizes), np.nan)
    for place in range(FEWEST_BEFORE, min(window, len(sizes))):
        found[place] = _middle(np.sort(sizes[:place])[np.newaxis, :])[0]
    for place in range(window, len(sizes), CHUNK):
        until = min(place + CHUNK, len(sizes))
        before = np.lib.stride_tricks.sliding_window_view(sizes[place - window : until - 1], window)
        found[place:until] = _middle(np.sort(before, axis=1))
    return found


def _middle(ordered: Floats) -> Floats:
    width = ordered.shape[1]
    middle: Floats = (ordered[:, (width - 1) // 2] + ordered[:, width // 2]) / 2
    return middle
