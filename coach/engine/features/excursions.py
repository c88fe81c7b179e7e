"""How far a trade went against its trader and for them while it was held (MAE, MFE).

Sweeney (1996), "Maximum Adverse Excursion": the farthest that the price went the wrong way, and
the right way, between entry and exit. Both are fractions of the entry price, never negative.

A bar that begins before the entry or ends after the exit cannot count whole: its low may have
been before or after. So only bars that lie inside count, and the prices of the trade's own
fills. What a bar at the edge hid is missed: both numbers are floors. Such a bar still covers the
part of the trade that lies in it.

Both are properties of the trade. They come from one series that is chosen for this trade alone
among those that can tell (`ExcursionSearch`): nothing else that is asked or imported changes them.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.features.series import GOOD_ENOUGH, covered, joined_by_week
from coach.engine.ledger.exact import multiply, quotient
from coach.model.candles import CandleWindow, preference, weeks_in
from coach.model.times import SECOND_US
from coach.model.trades import TradeId

FEWEST_COVERED = 0.9
PERCENT = Decimal(100)

Refusal = Literal[
    "candles do not cover the trade",
    "the trade is shorter than one candle",
    "no candle lies wholly inside the trade",
]
NOT_COVERED: Refusal = "candles do not cover the trade"
TOO_SHORT: Refusal = "the trade is shorter than one candle"
NONE_INSIDE: Refusal = "no candle lies wholly inside the trade"
NEARNESS = (NOT_COVERED, TOO_SHORT, NONE_INSIDE)
"""Of the refusals of several series the one nearest to an answer is returned, the last of these."""


class ClosedHolding(NamedTuple):
    """A closed trade: its average entry price, its first and last moment, its fills' prices."""

    long: bool
    entry: float
    opened_us: int
    closed_us: int
    prices: Sequence[float]

    @property
    def window(self) -> CandleWindow:
        """Return the time in which it was held; a trade of one instant has a microsecond."""
        return CandleWindow(self.opened_us, max(self.closed_us, self.opened_us + 1))


class Excursion(NamedTuple):
    """Fractions of the entry price, read from `bars` bars of `source` inside the trade.

    `covered` is the share of the time it was held that lies in bars.
    """

    mae: float
    mfe: float
    bars: int
    covered: float
    source: str
    step_us: int


class ExcursionSearch:
    """Looks for the excursions of trades through the series of one length of bar after another.

    Call `look` with all series of one length, the preferred length first, until nothing is
    `unsettled`. The result is the same as if all series had been looked at.
    """

    def __init__(self, held: Mapping[TradeId, ClosedHolding]) -> None:
        self._held = held
        self._candidates: dict[TradeId, list[Excursion]] = {trade: [] for trade in held}
        self._joined: dict[TradeId, list[Excursion]] = {trade: [] for trade in held}
        self._refused: dict[TradeId, Refusal] = dict.fromkeys(held, NOT_COVERED)

    @property
    def unsettled(self) -> dict[TradeId, ClosedHolding]:
        """Return the trades for which a series of another length could be preferred."""
        return {trade: held for trade, held in self._held.items() if not self._settled(trade)}

    def look(self, series: Sequence[Bars]) -> None:
        """Look at the series of one length of bar."""
        held = self.unsettled
        for bars in series:
            for trade, found in zip(held, excursions(list(held.values()), bars), strict=True):
                self._note(trade, found, self._candidates)
        if len(series) > 1:
            self._look_by_week(held, series)

    def _look_by_week(self, held: Mapping[TradeId, ClosedHolding], series: Sequence[Bars]) -> None:
        """Look at each week's fullest source where a trade lies in several weeks."""
        for trade, one in held.items():
            if not self._candidates[trade] and len(weeks_in(one.window)) > 1:
                [found] = excursions([one], joined_by_week(series, one.window))
                self._note(trade, found, self._joined)

    def found(self) -> dict[TradeId, Excursion | Refusal]:
        """Return how far each trade went, or why that cannot be told."""
        return {
            trade: _preferred(self._candidates[trade] or self._joined[trade])
            or self._refused[trade]
            for trade in self._held
        }

    def _note(
        self,
        trade: TradeId,
        found: Excursion | Refusal,
        into: dict[TradeId, list[Excursion]],
    ) -> None:
        if isinstance(found, Excursion):
            into[trade].append(found)
        else:
            self._refused[trade] = max(self._refused[trade], found, key=NEARNESS.index)

    def _settled(self, trade: TradeId) -> bool:
        """Say whether no fuller series could take the place of the preferred one any more."""
        preferred = _preferred(self._candidates[trade])
        return preferred is not None and preferred.covered >= GOOD_ENOUGH


def excursions(held: Sequence[ClosedHolding], bars: Bars) -> list[Excursion | Refusal]:
    """Return how far the price went each way in each trade by one series, or why not.

    Refused: bars cover less than nine tenths of the time it was held, or none lies inside.
    """
    windows = np.array([one.window for one in held], np.int64).reshape(-1, 2)
    opened_us, closed_us = windows[:, 0], windows[:, 1]
    shares = covered(bars, opened_us, closed_us)
    first = np.searchsorted(bars.start_us, opened_us, side="left")
    last = np.searchsorted(bars.start_us, closed_us - bars.step_us, side="right")
    found: list[Excursion | Refusal] = []
    for place, one in enumerate(held):
        if shares[place] < FEWEST_COVERED:
            found.append(NOT_COVERED)
        elif last[place] <= first[place]:
            shorter = one.closed_us - one.opened_us < bars.step_us
            found.append(TOO_SHORT if shorter else NONE_INSIDE)
        else:
            rows = slice(int(first[place]), int(last[place]))
            found.append(_excursion(one, bars, rows, float(shares[place])))
    return found


def _excursion(held: ClosedHolding, bars: Bars, rows: slice, share: float) -> Excursion:
    low = min(float(bars.low[rows].min()), *held.prices)
    high = max(float(bars.high[rows].max()), *held.prices)
    worst, best = (low, high) if held.long else (high, low)
    sign = 1.0 if held.long else -1.0
    return Excursion(
        mae=max(0.0, sign * (held.entry - worst) / held.entry),
        mfe=max(0.0, sign * (best - held.entry) / held.entry),
        bars=rows.stop - rows.start,
        covered=share,
        source=bars.source,
        step_us=bars.step_us,
    )


def _preferred(candidates: Sequence[Excursion]) -> Excursion | None:
    """Return the one to believe: of those that cover nearly most, the best length of bar.

    Then the fuller, then the first by name.
    """
    most = max((one.covered for one in candidates), default=0.0)
    near = [one for one in candidates if one.covered >= GOOD_ENOUGH * most]
    return min(near, key=_order, default=None)


def _order(one: Excursion) -> tuple[int, float, str]:
    return (preference(one.step_us // SECOND_US), -one.covered, one.source)


def r_multiple(net: Decimal, notional: Decimal, stop_percent: Decimal) -> Decimal:
    """Return the net result as a multiple of what the declared stop risks on the opening order.

    Van Tharp's R: 1 is won when the trade earns what the stop would have lost.
    """
    return quotient(multiply(net, PERCENT), multiply(notional, stop_percent))
