"""Running sums of realised money in one quote currency: what a limit in money is held against.

Money is realised by each closing fill, also of a trade that stays open. What was realised at the
very instant of an entry came before it, unless its trade was also opened at that instant: then
nobody knows which came first, and it does not count.
"""

from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

import numpy as np

from coach.engine.features.history import OPEN, History
from coach.engine.ledger.exact import multiply, subtract
from coach.engine.ledger.realised import without_partial_closes
from coach.engine.rules.exactly import SCALE
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.fills import FillKey
from coach.model.times import microseconds

if TYPE_CHECKING:
    from coach.model.trades import PartialClose

Amount = Literal["net", "fees"]


class RealisedSums:
    """Net results or fees of one quote currency, each added when a closing fill realised it.

    `at_us` (m,) are the moments, in order. `floats` (m + 1,) begins at 0; `exact` is the same in
    units of 1e-18.
    """

    def __init__(self, history: History, quote: int, amount: Amount) -> None:
        of_quote = np.flatnonzero(history.quote == quote)
        closes = of_quote[history.closed_us[of_quote] != OPEN]
        self._history, self._amount, self._closes = history, amount, closes.tolist()
        self._parts: list[PartialClose] = []
        rows = []
        for row in of_quote.tolist():
            for part in history.trips[row].partial_closes:
                self._parts.append(part)
                rows.append(row)
        parts_us = [microseconds(part.at) for part in self._parts]
        at_us = np.concatenate([history.closed_us[closes], np.array(parts_us, np.int64)])
        opened_us = history.opened_us[np.concatenate([closes, np.array(rows, np.int64)])]
        moments = 2 * at_us + (at_us == opened_us)
        self._places = np.argsort(moments, kind="stable")
        self._moments = moments[self._places]
        self.at_us: Integers = at_us[self._places]
        self.floats = self._running(closes, set(rows))

    def _running(self, closes: Integers, parted: set[int]) -> Floats:
        """Return the running sums; only trades that were closed in parts are looked at one by one.

        `parted` are their rows.
        """
        column: Floats = getattr(self._history, self._amount)
        of_closes = column[closes]
        for place, row in enumerate(self._closes if parted else ()):
            if row in parted:
                rest = without_partial_closes(self._history.trips[row])
                of_closes[place] = float(getattr(rest, self._amount))
        of_parts = [
            float(part.fees if self._amount == "fees" else subtract(part.gross, part.fees))
            for part in self._parts
        ]
        amounts = np.concatenate([of_closes, np.array(of_parts, np.float64)])
        return np.concatenate([[0.0], np.cumsum(amounts[self._places])])

    @cached_property
    def exact(self) -> list[int]:
        """Return the exact sums (m + 1)."""
        trips = self._history.trips
        realised = [without_partial_closes(trips[row]) for row in self._closes]
        of_closes = [one.fees if self._amount == "fees" else one.net for one in realised]
        of_parts = [
            part.fees if self._amount == "fees" else subtract(part.gross, part.fees)
            for part in self._parts
        ]
        units = [int(multiply(amount, SCALE)) for amount in (*of_closes, *of_parts)]
        return [0, *accumulate(units[place] for place in self._places.tolist())]

    def known(self, entries_us: Integers) -> Integers:
        """Return how many of these amounts were realised before each entry, (n,)."""
        return np.searchsorted(self._moments, 2 * entries_us, side="right")

    def last_fills(self, count: int) -> tuple[FillKey, ...]:
        """Return the fills that realised the last of the first `count` amounts; none of none."""
        if not count:
            return ()
        place = int(self._places[count - 1])
        if place < len(self._closes):
            return self._history.exit_fills[self._closes[place]]
        return (self._parts[place - len(self._closes)].key,)
