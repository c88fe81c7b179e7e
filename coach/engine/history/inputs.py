"""What a history is read with: which candles, whose detectors, and which closes for fees."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.engine.features.bars import NO_MARKET, Market
from coach.engine.history.known_findings import AnalysisScope
from coach.model.accounts import SCORED_AT_ONCE
from coach.model.fees import CandleClose
from coach.model.fills import Symbol

if TYPE_CHECKING:
    from coach.engine.biases.detector import Detector
    from coach.engine.features.history import History


class CandleReach(NamedTuple):
    """Which candles are wanted: of these symbols, in [start_us, end_us).

    Questions about a whole window are about one that begins at `judged_us` or later (None:
    `start_us`); the series that answers them is the one that covers the candles from there on best.
    """

    symbols: tuple[str, ...]
    start_us: int
    end_us: int
    judged_us: int | None = None


MarketReader = Callable[[CandleReach], Market]
"""How candles are seen; raises a CoachError where they cannot be."""


def no_market(_reach: CandleReach) -> Market:
    """Know no candles."""
    return NO_MARKET


CloseReader = Callable[[Symbol, Collection[int]], dict[int, CandleClose]]
"""How the exact close of a symbol is read at some moments; one without a candle is left out."""


def no_closes(_symbol: Symbol, _moments_us: Collection[int]) -> dict[int, CandleClose]:
    """Know no candles."""
    return {}


Concluder = Callable[["History", Any], Any]
"""Draws conclusions from a history as `conclude` does, to the byte, wherever that is done."""


class AnalysisInputs(NamedTuple):
    """With what conclusions are drawn: how candles are seen, which detectors are asked after ours.

    `read_closes` tells the exact close at a moment, for fees in third coins. `warnings` say what a
    reader should know of them. `versions` are those of the packages that take part. An import into
    a history of more than `scored_at_once` fills leaves the conclusions due. `concluder` draws
    them, None for this process.
    """

    read_market: MarketReader = no_market
    extra: tuple[Detector, ...] = ()
    warnings: tuple[str, ...] = ()
    read_closes: CloseReader = no_closes
    versions: tuple[str, ...] = ()
    scored_at_once: int = SCORED_AT_ONCE
    concluder: Concluder | None = None

    @property
    def scope(self) -> AnalysisScope:
        """What of this counts among the inputs of a result."""
        return AnalysisScope(self.extra, self.versions, self.read_market is not no_market)


DEFAULT_INPUTS = AnalysisInputs()
