"""The market that conclusions are drawn with: bars of what was held, from stored candles."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from coach.engine.features.bars import Columns, Market
from coach.engine.features.series import covering, in_order
from coach.engine.market.book import load, recall
from coach.model.candles import CandleWindow
from coach.model.fills import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from coach.engine.features.bars import Bars
    from coach.engine.history.inputs import CandleReach
    from coach.engine.market.book import CandleShelf, LoadedBars


def see(shelf: CandleShelf, reach: CandleReach) -> Market:
    """Return the bars of each symbol that has any in the window."""
    window = CandleWindow(reach.start_us, reach.end_us)
    found = (load(shelf, Symbol(symbol), window) for symbol in reach.symbols)
    return _market(chain.from_iterable(found), _judged(reach))


def see_again(shelf: CandleShelf, names: Sequence[str], reach: CandleReach) -> Market:
    """Return the bars of these snapshots, cut to the window they were cut to before."""
    return _market((_inside(loaded, reach) for loaded in recall(shelf, names)), _judged(reach))


def _judged(reach: CandleReach) -> CandleWindow:
    """Return the window that one series of a symbol stands for."""
    start_us = reach.start_us if reach.judged_us is None else reach.judged_us
    return CandleWindow(start_us, reach.end_us)


def _inside(loaded: LoadedBars, reach: CandleReach) -> LoadedBars:
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


def _market(found: Iterable[LoadedBars], window: CandleWindow) -> Market:
    """Put the series of each symbol in order, and name the one that covers the window best."""
    kept: dict[str, list[Bars]] = defaultdict(list)
    for loaded in found:
        if len(bars := loaded.bars()):
            kept[loaded.series.symbol].append(bars)
    several = {symbol: in_order(series) for symbol, series in kept.items()}
    start_us, end_us = np.array([window.start_us]), np.array([window.end_us])
    whole = {
        symbol: series[int(covering(series, start_us, end_us)[0])]
        for symbol, series in several.items()
    }
    return Market(whole, {symbol: series for symbol, series in several.items() if len(series) > 1})
