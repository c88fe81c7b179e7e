"""The usual fixed cut-offs, as trading journals have them: what the detectors are compared with.

Each rule is one number and a line drawn through it, the same for everybody: five entries within
half an hour of a loss, 1.2 times the size after losses, losers held 1.2 times longer, and so on.
They know neither how often that happens to a trader without the habit nor how large a sample is.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from coach.engine.features.context import Context, context
from coach.engine.features.history import OPEN
from coach.engine.features.moves import prices_at
from coach.engine.features.orders import ADD, ENTRY
from coach.engine.lab.judge import EventTag, Past
from coach.engine.statistics.arrays import Flags, Floats
from coach.model.insights import Bias
from coach.model.times import DAY_US, HOUR_US

SOON_US = HOUR_US // 2
FEWEST = 10


class CutoffResult(NamedTuple):
    """What a rule says: its number, and whether that lies beyond the line."""

    score: float
    flagged: bool


class _WindowView(NamedTuple):
    """A window as a rule sees it: which entries, closed trades and orders lie inside."""

    past: Past
    context: Context
    entered: Flags
    closed: Flags
    ordered: Flags


def answers(past: Past, days: int) -> dict[Bias, CutoffResult]:
    """Apply every rule to the last `days`."""
    history = past.history
    start_us = past.end_us - days * DAY_US
    seen = _WindowView(
        past,
        context(history),
        history.opened_us >= start_us,
        (history.closed_us >= start_us) & (history.closed_us != OPEN),
        history.orders.at_us >= start_us,
    )
    return {
        bias: CutoffResult(score, score > line)
        for bias, (number, line) in RULES.items()
        for score in [number(seen)]
    }


def tags(past: Past) -> tuple[EventTag, ...]:
    """Tag the single orders that the rules for events mean."""
    known, orders = context(past.history), past.history.orders
    entry = orders.kind == ENTRY
    soon = (known.outcome < 0) & (known.gap_us >= 0) & (known.gap_us <= SOON_US)
    marked: dict[Bias, Flags] = {
        "revenge": entry & soon[orders.trip],
        "averaging_down": _adds_at_a_loss(past),
        "fomo": (entry | (orders.kind == ADD)) & (_hour(past) > 0.01),  # noqa: PLR2004 -- 1 %
    }
    return tuple(
        EventTag(
            bias,
            tuple(dict.fromkeys(past.names[key] for key in orders.keys[row])),
            int(orders.at_us[row]),
        )
        for bias, flags in marked.items()
        for row in np.flatnonzero(flags).tolist()
    )


def _after_losses(seen: _WindowView) -> float:
    known = seen.context
    soon = (known.gap_us >= 0) & (known.gap_us <= SOON_US)
    return float(np.sum(seen.entered & soon & (known.outcome < 0)))


def _larger_after(seen: _WindowView, outcome: int) -> float:
    sizes, before = seen.past.history.notional, seen.context.outcome
    return _ratio(
        sizes[seen.entered & (before == outcome)], sizes[seen.entered & (before == -outcome)]
    )


def _losers_held(seen: _WindowView) -> float:
    history = seen.past.history
    held = (history.closed_us - history.opened_us).astype(np.float64)
    return _ratio(
        held[seen.closed & (history.outcome < 0)], held[seen.closed & (history.outcome > 0)]
    )


def _added_at_a_loss(seen: _WindowView) -> float:
    return float(np.sum(seen.ordered & _adds_at_a_loss(seen.past)))


def _chased(seen: _WindowView) -> float:
    entry = seen.ordered & (seen.past.history.orders.kind == ENTRY)
    moves = _hour(seen.past)[entry]
    return float(np.mean(moves > 0.01)) if len(moves) >= FEWEST else 0.0  # noqa: PLR2004 -- 1 %


def _losing_weeks(seen: _WindowView) -> float:
    """Return the most trades of a week that won less than 40 % of them.

    Of all trades, as those journals count, and not of the decided ones: this is their number.
    """
    history = seen.past.history
    week = history.closed_us[seen.closed] // (7 * DAY_US)
    won = history.outcome[seen.closed] > 0
    _, place, trades = np.unique(week, return_inverse=True, return_counts=True)
    wins = np.bincount(place, weights=won, minlength=len(trades))
    return float(np.max(trades[wins < 0.4 * trades], initial=0))


RULES: dict[Bias, tuple[Callable[[_WindowView], float], float]] = {
    "disposition": (_losers_held, 1.2),
    "revenge": (_after_losses, 4),
    "size_after_loss": (lambda seen: _larger_after(seen, -1), 1.2),
    "size_after_win": (lambda seen: _larger_after(seen, 1), 1.2),
    "fomo": (_chased, 0.2),
    "overtrading": (_losing_weeks, 19),
    "averaging_down": (_added_at_a_loss, 2),
}


def _adds_at_a_loss(past: Past) -> Flags:
    orders = past.history.orders
    below: Flags = (orders.kind == ADD) & (_sign(past) * (orders.price - orders.average) < 0)
    return below


def _hour(past: Past) -> Floats:
    """Return how far the last hour had gone the way of each order's trade (m,), nan unknown."""
    history, orders = past.history, past.history.orders
    before = np.full(len(orders), np.nan)
    for code, name in enumerate(history.symbols):
        bars = history.market.of(name)
        if bars is not None:
            rows = np.flatnonzero(history.symbol[orders.trip] == code)
            before[rows] = prices_at(bars, orders.at_us[rows] - HOUR_US)
    moved: Floats = _sign(past) * (orders.price / before - 1.0)
    return moved


def _sign(past: Past) -> Floats:
    sides = np.array([1.0 if trip.side == "long" else -1.0 for trip in past.history.trips])
    return sides[past.history.orders.trip]


def _ratio(first: Floats, second: Floats) -> float:
    """Return how many times the second mean the first is; 0 with fewer than ten of both."""
    if min(len(first), len(second)) == 0 or len(first) + len(second) < FEWEST:
        return 0.0
    return float(first.mean() / max(second.mean(), 1e-12))
