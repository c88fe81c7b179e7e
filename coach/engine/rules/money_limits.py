"""Limits in money: which currencies, and the money or the percent that was reached.

A limit with a currency holds every entry against the results in that currency. Without one,
each entry is held against those in its own quote currency.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from coach.engine.rules.exactly import NEAR, units
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.loss_facts import LossFacts, ShareFacts, loss_facts, share_facts
from coach.engine.rules.params import Params, number
from coach.engine.rules.realised_sums import RealisedSums
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.fills import FillKey

WHOLE = 100.0


class Lock(NamedTuple):
    """A floor rises no higher than `above` the sum at `base`: the place of the first day."""

    base: int
    above: float


class Stretch(NamedTuple):
    """Of the running sums of one currency, from where (n,) to where (n,), for these entries.

    With a `lock` the sum at the start counts as no more than what the floor can follow.
    """

    quote: str
    rows: Integers
    sums: RealisedSums
    start: Integers
    end: Integers
    lock: Lock | None = None

    def lost(self, limit: float) -> Floats:
        """Return what was lost, (n,); `limit` is how far the floor lies below the start."""
        floats = self.sums.floats
        top = floats[self.start]
        if self.lock is not None:
            top = np.minimum(top, floats[self.lock.base] + self.lock.above + limit)
        lost: Floats = top - floats[self.end]
        return lost

    def lost_exactly(self, place: int, limit: float) -> int:
        """Return the same for one of the entries, in units of 1e-18."""
        exact = self.sums.exact
        top = exact[self.start[place]]
        if self.lock is not None:
            top = min(top, exact[self.lock.base] + units(self.lock.above) + units(limit))
        return int(top - exact[self.end[place]])

    def fills_before(self, place: int) -> tuple[FillKey, ...]:
        """Return the fills by which money was last realised before one of the entries."""
        return self.sums.last_fills(int(self.end[place]))


def currencies(params: Params, ground: Ground) -> Iterator[tuple[int, Integers]]:
    """Yield (quote code, the entries held against it)."""
    history = ground.history
    wanted = params.get("currency")
    for code, quote in enumerate(history.quotes):
        if wanted is None:
            yield code, np.flatnonzero(history.quote == code)
        elif wanted == quote:
            yield code, np.arange(len(history))


def starting_balance(params: Params, ground: Ground) -> float | None:
    """Return what the account of a rule began with; None where nobody said."""
    if "account_size" in params:
        return number(params, "account_size")
    return ground.start_equity


def reached(
    params: Params, ground: Ground, stretch: Stretch, equity: Floats | None
) -> Iterator[Hit[LossFacts | ShareFacts]]:
    """Yield the entries before which the sums fell by the limit, from `start` to `end`.

    `equity` (n,) is what a limit in percent is taken of; without it there is none.
    """
    if "percent" in params:
        if equity is not None:
            yield from _percent(params, ground, stretch, np.maximum(equity, NEAR))
        return
    limit = number(params, "amount")
    near = NEAR * (limit + np.abs(stretch.sums.floats).max())
    least = units(limit)
    for place in np.flatnonzero(stretch.lost(limit) >= limit - near).tolist():
        gone = stretch.lost_exactly(place, limit)
        if gone >= least:
            facts = loss_facts(params, gone, least, stretch.quote)
            row = int(stretch.rows[place])
            yield ground.entry(row, facts, stretch.fills_before(place))


def _percent(
    params: Params, ground: Ground, stretch: Stretch, equity: Floats
) -> Iterator[Hit[LossFacts | ShareFacts]]:
    if not len(equity):
        return
    limit = number(params, "percent")
    # a lock comes with a floor, whose percent is of one balance for all entries
    lowest = limit / WHOLE * float(equity[0]) if stretch.lock is not None else 0.0
    percents = stretch.lost(lowest) / equity * WHOLE
    for place in np.flatnonzero(percents >= limit * (1 - NEAR)).tolist():
        facts = share_facts(params, float(percents[place]), stretch.quote)
        row = int(stretch.rows[place])
        yield ground.entry(row, facts, stretch.fills_before(place))
