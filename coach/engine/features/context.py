"""What stood behind every entry: the close before it, the run of luck, the usual size.

Everything is causal: the row of an entry depends on nothing that happened after it, so the
first rows of a longer history have the same context.
"""

import numpy as np

from coach.engine.features.history import OPEN, History
from coach.engine.statistics.arrays import Floats, Integers
from coach.values import dataclass

NONE = -1
USUAL_WINDOW = 20
FEWEST_BEFORE = 5
CHUNK = 50_000  # windows laid out at once: 8 MB at twenty entries each


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """One row per entry of `history`, every column (n,).

    `preceding` is the row of the trade that closed last before the entry (-1: none yet) and
    `gap_us` the microseconds since (-1: none). `outcome` is how it ended (+1, 0, -1; 0 also
    when there is none), `streak` the run of equal outcomes up to it (+3: third win in a row,
    0: break-even or none). `usual` is the trailing median notional, `log_size` the natural
    logarithm of notional / usual; both nan with fewer than five entries before.
    """

    history: History
    preceding: Integers
    gap_us: Integers
    outcome: Integers
    streak: Integers
    usual: Floats
    log_size: Floats


def context(history: History) -> Context:
    """Look back from every entry."""
    closes, before = closes_before(history)
    known = before >= 0
    usual = trailing_median(history)
    if len(closes) == 0:
        nothing = np.zeros(len(history), np.int64)
        return Context(
            history, nothing + NONE, nothing + NONE, nothing, nothing, usual, _log(history, usual)
        )
    row = closes[before]
    return Context(
        history=history,
        preceding=np.where(known, row, NONE),
        gap_us=np.where(known, history.opened_us - history.closed_us[row], NONE),
        outcome=np.where(known, history.outcome[row], 0),
        streak=np.where(known, _streaks(history.outcome[closes])[before], 0),
        usual=usual,
        log_size=_log(history, usual),
    )


def closes_before(history: History) -> tuple[Integers, Integers]:
    """Return the closed rows in order of closing, and per entry how far into them it lies.

    The second is (n,): the place of the last close before the entry, -1 when there is none. A
    close at the very instant of the entry comes before it (a flip), unless that trade was also
    opened at that instant: then nobody knows which came first, and it does not count.
    """
    closes = np.flatnonzero(history.closed_us != OPEN)
    instant = history.closed_us[closes] == history.opened_us[closes]
    moment = 2 * history.closed_us[closes] + instant
    order = np.argsort(moment, kind="stable")
    before = np.searchsorted(moment[order], 2 * history.opened_us, side="right") - 1
    return closes[order], before.astype(np.int64)


def trailing_median(
    history: History, window: int = USUAL_WINDOW, fewest: int = FEWEST_BEFORE
) -> Floats:
    """Return the median notional of the last `window` entries before each, in the same quote.

    Shape (n,), in the quote currency; nan with fewer than `fewest` entries before.
    """
    usual = np.full(len(history), np.nan)
    for quote in range(len(history.quotes)):
        rows = np.flatnonzero(history.quote == quote)
        usual[rows] = _medians(history.notional[rows], window, fewest)
    return usual


def _medians(sizes: Floats, window: int, fewest: int) -> Floats:
    medians = np.full(len(sizes), np.nan)
    for place in range(fewest, min(window, len(sizes))):
        medians[place] = np.median(sizes[:place])
    for place in range(window, len(sizes), CHUNK):
        until = min(place + CHUNK, len(sizes))
        before = np.lib.stride_tricks.sliding_window_view(sizes[place - window : until - 1], window)
        medians[place:until] = np.median(before, axis=1)
    return medians


def _log(history: History, usual: Floats) -> Floats:
    known = (usual > 0) & (history.notional > 0)
    ratio = np.divide(history.notional, usual, out=np.ones(len(usual)), where=known)
    return np.where(known, np.log(ratio), np.nan)


def _streaks(outcomes: Integers) -> Integers:
    first = np.flatnonzero(np.diff(outcomes, prepend=outcomes[0] - 1))
    length = np.diff(first, append=len(outcomes))
    place = np.arange(len(outcomes)) - np.repeat(first, length) + 1
    return outcomes * place
