"""How the promises of a trader were kept: rules, stops and targets."""

import numpy as np

from coach.engine.features.bars import Bars
from coach.engine.features.history import OPEN, History
from coach.engine.features.orders import ADD, CLOSE
from coach.engine.features.series import covering
from coach.engine.statistics.arrays import Floats, Integers
from coach.model.insights import Fact
from coach.model.plans import PlanKind
from coach.values import dataclass

TOLERANCE = 0.1
PERCENT = 100.0


@dataclass(frozen=True, slots=True, eq=False)
class PromiseRecord:
    """How a promise was kept: the rows that came to it, and which of those broke it."""

    reached: Integers
    broken: Integers


def count_each(promised: dict[str, PromiseRecord]) -> dict[str, Fact]:
    """Return the opportunities and the breaches of each kind of promise."""
    opportunities = {f"{name}_opportunities": len(one.reached) for name, one in promised.items()}
    return {**opportunities, **{f"{name}_broken": len(k.broken) for name, k in promised.items()}}


def promises_kept(history: History, entries: Integers) -> dict[str, PromiseRecord]:
    """Return how each kind of promise was kept."""
    promised = {}
    if history.trader.rules:
        promised["rule"] = _rules(history, entries)
    closed = entries[history.closed_us[entries] != OPEN]
    kinds: tuple[PlanKind, PlanKind] = ("stop", "target")
    for kind in kinds:
        limits = _limits(history, closed, kind)
        rows = closed[~np.isnan(limits)]
        if len(rows) or history.trader.plan(kind):
            promised[kind] = _exits(history, rows, limits[~np.isnan(limits)], kind)
    return promised


def _rules(history: History, entries: Integers) -> PromiseRecord:
    """One opportunity per entry and rule; a breach names its entry."""
    places = {history.ids[row]: row for row in entries.tolist()}
    pairs = {(one.rule_id, one.trade_id) for one in history.trader.breaches}
    broken = sorted(places[trade] for _, trade in pairs if trade in places)
    return PromiseRecord(np.repeat(entries, history.trader.rules), np.array(broken, np.int64))


def _limits(history: History, rows: Integers, kind: PlanKind) -> Floats:
    """Return the declared move of each trade as a share of its price, nan where none is."""
    by_symbol = np.full(len(history.symbols), np.nan)
    for code, symbol in enumerate(history.symbols):
        plan = history.trader.plan(kind, symbol)
        percent = None if plan is None else plan.params.get("percent")
        if isinstance(percent, int | float) and percent > 0:
            by_symbol[code] = percent / PERCENT
    return by_symbol[history.symbol[rows]]


def _exits(history: History, rows: Integers, limits: Floats, kind: PlanKind) -> PromiseRecord:
    """Compare the result, and with candles the worst or best price before the end."""
    sign = -1.0 if kind == "stop" else 1.0
    ended = sign * _results(history, rows)
    moved = np.maximum(ended, _furthest(history, rows, sign))
    reached = moved >= limits * (1 - 1e-9)
    broken = moved > limits * (1 + TOLERANCE)
    return PromiseRecord(rows[reached], rows[broken])


def _results(history: History, rows: Integers) -> Floats:
    """Return each trade's result as a share of the price: of its last order where known."""
    known = history.notional > 0
    shares = np.divide(history.gross, history.notional, out=np.zeros(len(history)), where=known)
    orders = history.orders
    last = np.flatnonzero((orders.kind == CLOSE) & (orders.average > 0))
    move = orders.price[last] / orders.average[last] - 1.0
    shares[orders.trip[last]] = move * _signs(history)[orders.trip[last]]
    return shares[rows]


def _signs(history: History) -> Floats:
    return np.array([-1.0 if trip.side == "short" else 1.0 for trip in history.trips], np.float64)


def _furthest(history: History, rows: Integers, sign: float) -> Floats:
    """Return how far the price went that way before the last bar of each trade, -inf if unknown.

    Bars that began after the entry and ended a whole bar before the close: a stop that was
    filled inside its bar is not taken for one that was passed over. Each trade is read from the
    series that covers it best; where that has no such bar, from the first that has.
    """
    far = np.full(len(rows), -np.inf)
    entry, signs = _entries(history), _signs(history)
    for code in np.unique(history.symbol[rows]).tolist():
        series = history.market.series(history.symbols[code])
        places = np.flatnonzero((history.symbol[rows] == code) & ~np.isnan(entry[rows]))
        own = rows[places]
        by = covering(series, history.opened_us[own], history.closed_us[own])
        for place, row, best in zip(places.tolist(), own.tolist(), by.tolist(), strict=True):
            extremes = (
                _extreme(history, row, bars, sign * signs[row], entry[row])
                for bars in (*series[best : best + 1], *series)
            )
            far[place] = next((one for one in extremes if np.isfinite(one)), -np.inf)
    return far


def _extreme(history: History, row: int, bars: Bars, way: float, entry: float) -> float:
    first = int(np.searchsorted(bars.start_us, history.opened_us[row], side="left"))
    latest = history.closed_us[row] - 2 * bars.step_us
    last = int(np.searchsorted(bars.start_us, latest, side="right"))
    if last <= first:
        return -np.inf
    if way > 0:
        return float(bars.high[first:last].max()) / entry - 1.0
    return 1.0 - float(bars.low[first:last].min()) / entry


def _entries(history: History) -> Floats:
    """Return the average entry price of trades that were never added to, nan for others."""
    average = np.full(len(history), np.nan)
    orders = history.orders
    last = orders.kind == CLOSE
    average[orders.trip[last]] = orders.average[last]
    added = np.bincount(orders.trip[orders.kind == ADD], minlength=len(history)) > 0
    average[added] = np.nan
    return average
