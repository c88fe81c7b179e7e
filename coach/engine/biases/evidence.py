"""What a finding rests on, named so that anyone can tell whether it is the same.

The id covers every column that a number was computed from. The seed covers times and outcomes
alone, so the same trading in other units or another currency draws the same shuffles.
"""

import hashlib

import numpy as np

from coach.engine.biases.detector import Measurement, Window
from coach.engine.features.context import Context
from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.draws import seed_of
from coach.model.fills import FillKey
from coach.model.insights import Evidence, Fact
from coach.model.times import instant
from coach.model.trades import TradeId

NEWEST = 50
ID_DIGITS = 12


def seed(formula: str, context: Context, window: Window) -> int:
    """Derive the seed from the formula, the times and the outcomes inside the window."""
    inside = window.holds(context.history.opened_us)
    columns = (context.history.opened_us, context.gap_us, context.outcome)
    return seed_of(formula.encode(), *(_bytes(column[inside]) for column in columns))


def evidence(
    formula: str, context: Context, window: Window, measured: Measurement, drawn_by: int
) -> Evidence:
    """Name the newest fifty affected trades with the fills of each and of the close before."""
    trades, fills = _named(context, measured.affected, measured.orders)
    return Evidence(
        id=f"{formula}:{_digest(formula, context, window)[:ID_DIGITS]}",
        formula=formula,
        sample={
            **measured.sample,
            "affected": len(measured.affected if measured.orders is None else measured.orders),
            "window_start": _text(window.start_us),
            "window_end": _text(window.end_us),
            "seed": drawn_by,
            **_sources(context),
        },
        trade_ids=trades,
        fill_keys=fills,
    )


def counter_evidence(
    formula: str, context: Context, window: Window, measured: Measurement
) -> tuple[Evidence, ...]:
    """Name the newest fifty trades that speak against the habit; nothing where none do."""
    orders = measured.orders_against
    trades, fills = _named(context, measured.against, orders)
    if not trades:
        return ()
    count = len(measured.against if orders is None else orders)
    return (
        Evidence(
            id=f"{formula}:against:{_digest(formula, context, window)[:ID_DIGITS]}",
            formula=formula,
            sample={"against": count},
            trade_ids=trades,
            fill_keys=fills,
        ),
    )


def _named(
    context: Context, rows: Integers, orders: Integers | None
) -> tuple[tuple[TradeId, ...], tuple[FillKey, ...]]:
    history = context.history
    if orders is not None:
        newest = orders[-NEWEST:].tolist()
        trades = [history.ids[history.orders.trip[order]] for order in newest]
        fills = [key for order in newest for key in history.orders.keys[order]]
    else:
        newest = rows[-NEWEST:].tolist()
        trades = [history.ids[row] for row in newest]
        fills = [key for row in newest for key in _entry_and_cause(context, row)]
    return tuple(dict.fromkeys(trades)), tuple(dict.fromkeys(fills))


def _entry_and_cause(context: Context, row: int) -> tuple[FillKey, ...]:
    before = int(context.preceding[row])
    cause = context.history.exit_fills[before] if before >= 0 else ()
    return (*cause, *context.history.entry_fills[row])


def _sources(context: Context) -> dict[str, Fact]:
    """Return where the candles came from, and the weeks they were read from."""
    market = context.history.market
    if not len(market):
        return {}
    weeks = market.snapshots()
    every = (one for symbol in market.bars for one in market.series(symbol))
    return {
        "candles": ",".join(sorted({one.source for one in every})),
        "candle_weeks": len(weeks),
        "candle_sha256": hashlib.sha256(",".join(weeks).encode()).hexdigest(),
    }


def _digest(formula: str, context: Context, window: Window) -> str:
    history = context.history
    inside = window.holds(history.opened_us)
    named = [history.ids[row] for row in np.flatnonzero(inside).tolist()]
    numbers = (
        history.opened_us,
        history.closed_us,
        history.gross,
        history.fees,
        history.notional,
        context.usual,
        context.gap_us,
        context.outcome,
        context.streak,
    )
    digest = hashlib.sha256(f"{formula}|{window.start_us}|{window.end_us}|".encode())
    digest.update(",".join(named).encode())
    for column in numbers:
        digest.update(_bytes(column[inside]))
    for symbol in sorted(history.market.bars):
        for bars in history.market.series(symbol):
            digest.update(f"|{symbol}|{bars.source}|{bars.step_us}|".encode())
            digest.update("".join(bars.snapshots).encode() or _bytes(bars.close))
    _add_orders(digest, context, window)
    if history.trader.plans or history.trader.equity is not None:
        digest.update(repr((history.trader.plans, history.trader.equity)).encode())
    return digest.hexdigest()


def _add_orders(digest: "hashlib._Hash", context: Context, window: Window) -> None:
    orders = context.history.orders
    inside = window.holds(orders.at_us)
    for column in (orders.at_us, orders.kind, orders.quantity, orders.price, orders.average):
        digest.update(_bytes(column[inside]))


def _bytes(column: Integers | Floats) -> bytes:
    return np.nan_to_num(column).astype(column.dtype.newbyteorder("<")).tobytes()


def _text(us: int) -> str:
    return instant(us).isoformat().replace("+00:00", "Z")
