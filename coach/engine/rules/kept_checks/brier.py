"""The Brier score of a trader's own confidence (Brier 1950).

The mean over closed trades of (confidence - outcome)², outcome 1 for a profit after fees and 0
otherwise. One confidence counts for a trade: the first that was given. One that was given after
the trade had closed counts nowhere, whatever the books said at that moment.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from math import sqrt
from statistics import fmean, stdev
from typing import NamedTuple

from coach.engine.rules.kept_checks.pairing import CheckIndex, entry_side
from coach.model.promises.confidence import (
    FEWEST_SCORED,
    BrierScore,
    GivenConfidence,
    TradeResult,
)
from coach.model.trades import TradeId

Z90 = 1.6448536269514722
"""Of the standard normal distribution: 90 % lie within so many standard deviations."""


class Forecast(NamedTuple):
    """A confidence in percent, when it was given, and the trade that it is about."""

    given_at: datetime
    percent: int
    trade: TradeResult


def score(
    index: CheckIndex,
    given: Sequence[GivenConfidence],
    trades: Sequence[TradeResult],
) -> BrierScore:
    """Return how right the confidences were; `trades` are those that they may be about."""
    total = sum(check.confidence is not None for check in index.checks) + len(given)
    about = forecasts(index, given, trades).values()
    closed = [(one.percent / 100, one.trade.net) for one in about if one.trade.closed_at]
    pairs = [(percent, float(net > 0)) for percent, net in closed if net is not None]
    right = sum(bool(outcome) for _, outcome in pairs)
    if len(pairs) < FEWEST_SCORED:
        return BrierScore(total, len(pairs), right)
    distances = [(percent - outcome) ** 2 for percent, outcome in pairs]
    middle, half = fmean(distances), Z90 * stdev(distances) / sqrt(len(distances))
    interval = max(0.0, middle - half), min(1.0, middle + half)
    mean = fmean(percent for percent, _ in pairs)
    return BrierScore(total, len(pairs), right, middle, interval, mean)


def forecasts(
    index: CheckIndex,
    given: Iterable[GivenConfidence],
    trades: Sequence[TradeResult],
) -> dict[TradeId, Forecast]:
    """Return the confidence that counts for each trade that has one."""
    found = [*_of_checks(index, trades), *_of_open_trades(given, trades)]
    counted: dict[TradeId, Forecast] = {}
    for one in sorted(found, key=lambda one: (one.given_at, one.percent)):
        closed_at = one.trade.closed_at
        if closed_at is None or one.given_at < closed_at:
            counted.setdefault(one.trade.id, one)
    return counted


def _of_checks(index: CheckIndex, trades: Sequence[TradeResult]) -> Iterable[Forecast]:
    """Yield confidence that was given with a check of what opened a trade, or added to one."""
    for trade in trades:
        check = index.before_trade(trade)
        if check is not None and check.confidence is not None and check.action != "adds":
            yield Forecast(check.asked_at, check.confidence, trade)
    for check in index.checks:
        if check.confidence is None or check.action != "adds":
            continue
        for trade in trades:
            same = (trade.symbol, entry_side(trade.side)) == (check.symbol, check.side)
            if same and _is_open(trade, check.asked_at):
                yield Forecast(check.asked_at, check.confidence, trade)


def _of_open_trades(
    given: Iterable[GivenConfidence], trades: Sequence[TradeResult]
) -> Iterable[Forecast]:
    by_id = {trade.id: trade for trade in trades}
    for one in given:
        trade = by_id.get(one.trade_id) or _standing_for(one, trades)
        if trade is not None:
            yield Forecast(one.given_at, one.percent, trade)


def _standing_for(one: GivenConfidence, trades: Sequence[TradeResult]) -> TradeResult | None:
    """Return the trade of the same symbol and side that was open at the opening of a gone one."""
    for trade in trades:
        if (trade.symbol, trade.side) == (one.symbol, one.side) and _is_open(trade, one.opened_at):
            return trade
    return None


def _is_open(trade: TradeResult, moment: datetime) -> bool:
    return trade.opened_at <= moment and (trade.closed_at is None or moment < trade.closed_at)
