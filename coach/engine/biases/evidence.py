"""What a finding rests on, named so that anyone can tell whether it is the same.

The id covers every column that a number was computed from. The seed covers times and outcomes
alone, so the same trading in other units or another currency draws the same shuffles.
"""

import hashlib

import numpy as np

from coach.engine.biases.detector import Measurement, Window
from coach.engine.biases.event import moment
from coach.engine.features.context import Context
from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.draws import seed_of
from coach.model.insights import Evidence

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
    history, newest = context.history, measured.affected[-NEWEST:].tolist()
    fills = [
        key
        for row in newest
        for key in (*history.exit_fills[context.preceding[row]], *history.entry_fills[row])
    ]
    return Evidence(
        id=f"{formula}:{_digest(formula, context, window)[:ID_DIGITS]}",
        formula=formula,
        sample={
            **measured.sample,
            "affected": len(measured.affected),
            "window_start": _text(window.start_us),
            "window_end": _text(window.end_us),
            "seed": drawn_by,
        },
        trade_ids=tuple(history.ids[row] for row in newest),
        fill_keys=tuple(dict.fromkeys(fills)),
    )


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
    return digest.hexdigest()


def _bytes(column: Integers | Floats) -> bytes:
    return np.nan_to_num(column).astype(column.dtype.newbyteorder("<")).tobytes()


def _text(us: int) -> str:
    return moment(us).isoformat().replace("+00:00", "Z")
