"""The market that conclusions are drawn with: bars of what was held, from stored candles."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from coach.engine.features.bars import Columns, Market
from coach.engine.market.book import load, recall
from coach.model.candles import Window
from coach.model.fills import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coach.engine.jobs.knowing import Reach
    from coach.engine.market.book import Loaded, Shelf


def see(shelf: Shelf, reach: Reach) -> Market:
    """Return the bars of each symbol that has any in the window."""
    window = Window(reach.start_us, reach.end_us)
    found = (load(shelf, Symbol(symbol), window) for symbol in reach.symbols)
    return _market(loaded for loaded in found if loaded is not None)


def see_again(shelf: Shelf, names: Sequence[str], reach: Reach) -> Market:
    """Return the bars of these snapshots, cut to the window they were cut to before."""
    return _market(_inside(loaded, reach) for loaded in recall(shelf, names))


def _inside(loaded: Loaded, reach: Reach) -> Loaded:
    raw = loaded.columns
    rows = np.flatnonzero((raw.start_us >= reach.start_us) & (raw.start_us < reach.end_us))
    cut = Columns(
        raw.start_us[rows],
        raw.open[rows],
        raw.high[rows],
        raw.low[rows],
        raw.close[rows],
        raw.volume[rows],
    )
    return replace(loaded, columns=cut)


def _market(found: Iterable[Loaded]) -> Market:
    kept = [loaded for loaded in found if len(loaded.columns.start_us)]
    return Market({loaded.series.symbol: loaded.bars() for loaded in kept})
