"""No new trade in these symbols. A base coin stands for all its pairs."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params, listed
from coach.engine.statistics.arrays import Flags

if TYPE_CHECKING:
    from coach.model.insights import Fact


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry in a locked symbol."""
    yield from entries(ground, among(ground, listed(params, "symbols")))


def entries(ground: Ground, chosen: Flags) -> Iterator[Hit]:
    """Yield the chosen entries (n,), each with its symbol."""
    history = ground.history
    for row in np.flatnonzero(chosen).tolist():
        facts: dict[str, Fact] = {"symbol": history.trips[row].symbol, "margin": 1}
        yield ground.entry(row, facts)


def among(ground: Ground, names: list[str]) -> Flags:
    """Say which entries are in one of these symbols, (n,)."""
    history = ground.history
    known = [symbol in names or symbol.rpartition("-")[0] in names for symbol in history.symbols]
    return np.array(known, np.bool_)[history.symbol]
