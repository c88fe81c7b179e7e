"""Entries in some symbols. A base coin stands for all its pairs."""

from collections.abc import Iterator

import numpy as np

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.symbol_facts import SymbolFacts
from coach.engine.statistics.arrays import Flags


def entries(ground: Ground, chosen: Flags) -> Iterator[Hit[SymbolFacts]]:
    """Yield the chosen entries (n,), each with its symbol."""
    history = ground.history
    for row in np.flatnonzero(chosen).tolist():
        yield ground.entry(row, SymbolFacts(symbol=history.trips[row].symbol, margin=1))


def among(ground: Ground, names: list[str]) -> Flags:
    """Say which entries are in one of these symbols, (n,)."""
    history = ground.history
    known = [symbol in names or symbol.rpartition("-")[0] in names for symbol in history.symbols]
    return np.array(known, np.bool_)[history.symbol]
