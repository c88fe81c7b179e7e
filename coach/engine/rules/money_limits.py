"""Limits in money: which currencies, and the money or the percent that was reached.

A limit with a currency holds every entry against the results in that currency. Without one,
each entry is held against those in its own quote currency.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from coach.engine.rules.exactly import NEAR, amount, units
from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.loss_facts import LossFacts, ShareFacts
from coach.engine.rules.params import Params, number
from coach.engine.rules.realised_sums import RealisedSums
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.fills import FillKey

WHOLE = 100.0


class Stretch(NamedTuple):
    """Of the running sums of one currency, from where (n,) to where (n,), for these entries."""

    quote: str
    rows: Integers
    sums: RealisedSums
    start: Integers
    end: Integers

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


def reached(
    params: Params, ground: Ground, stretch: Stretch, equity: Floats | None
) -> Iterator[Hit[LossFacts | ShareFacts]]:
    """Yield the entries before which the sums fell by the limit, from `start` to `end`.

    `equity` (n,) is what a limit in percent is taken of; without it there is none.
    """
    floats = stretch.sums.floats
    lost = floats[stretch.start] - floats[stretch.end]
    if "percent" in params:
        if equity is not None:
            yield from _percent(params, ground, stretch, lost / np.maximum(equity, NEAR))
        return
    limit = number(params, "amount")
    near = NEAR * (limit + np.abs(floats).max())
    exact, least = stretch.sums.exact, units(limit)
    for place in np.flatnonzero(lost >= limit - near).tolist():
        gone = exact[stretch.start[place]] - exact[stretch.end[place]]
        if gone >= least:
            facts = LossFacts(
                lost=amount(gone), limit=limit, margin=amount(gone - least), quote=stretch.quote
            )
            row = int(stretch.rows[place])
            yield ground.entry(row, facts, stretch.fills_before(place))


def _percent(
    params: Params, ground: Ground, stretch: Stretch, shares: Floats
) -> Iterator[Hit[LossFacts | ShareFacts]]:
    limit = number(params, "percent")
    percents = shares * WHOLE
    for place in np.flatnonzero(percents >= limit * (1 - NEAR)).tolist():
        percent = round(float(percents[place]), 4)
        facts = ShareFacts(
            lost_percent=percent,
            limit=limit,
            margin=round(percent - limit, 4),
            quote=stretch.quote,
        )
        row = int(stretch.rows[place])
        yield ground.entry(row, facts, stretch.fills_before(place))
