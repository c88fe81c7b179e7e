"""The entries at which a rule could fire, and what is known of whether it should.

An answer of the trader's is as old as the day it was given: only then could it say whether a move
was right. Where there is none, the outcome may stand in: a net return more than 25 bp below the
trader's own median is a yes. Never "the trade lost": half of all good trades do.
"""

from collections.abc import Iterable, Mapping
from hashlib import sha256
from statistics import median

import numpy as np

from coach.engine.features.history import OPEN, History
from coach.engine.rules.calibration.values import WINDOW_DAYS, LabelledEvent
from coach.engine.statistics.arrays import Floats
from coach.model.times import DAY_US
from coach.model.trades import TradeId
from coach.values import dataclass

FAR_BELOW = 0.0025
MOST_OUTCOMES = 60
"""Outcomes that stand in, at .3 each; more would say more than the twenty answers asked for."""


@dataclass(frozen=True, slots=True)
class TradeAnswer:
    """What the trader said of a trade, when, and how probable it was that it was asked about."""

    at_us: int
    yes: bool
    inclusion: float = 1.0


def judged(
    past: History, scores: Floats, answers: Mapping[TradeId, TradeAnswer], now_us: int
) -> list[LabelledEvent]:
    """Return the candidates that were answered for, and by lot some whose outcome stands in.

    `scores` (n,) is nan where the rule could not fire.
    """
    answered = []
    for row in np.flatnonzero(~np.isnan(scores)).tolist():
        one = answers.get(past.ids[row])
        if one is not None:
            answered.append(LabelledEvent(one.at_us, float(scores[row]), one.yes, one.inclusion))
    return [*answered, *_outcomes(past, scores, answers, now_us)]


def _outcomes(
    past: History, scores: Floats, answers: Iterable[TradeId], now_us: int
) -> list[LabelledEvent]:
    begin = now_us - WINDOW_DAYS * DAY_US
    lately = (past.closed_us != OPEN) & (past.closed_us > begin) & (past.closed_us <= now_us)
    lately &= past.notional > 0
    rows = np.flatnonzero(lately)
    if len(rows) == 0:
        return []
    returns = past.net / np.where(past.notional > 0, past.notional, 1.0)
    middle = median(returns[rows].tolist())
    known = frozenset(answers)
    silent = [row for row in rows[~np.isnan(scores[rows])].tolist() if past.ids[row] not in known]
    drawn = sorted(silent, key=lambda row: sha256(past.ids[row].encode()).digest())[:MOST_OUTCOMES]
    inclusion = len(drawn) / max(1, len(silent))
    return [
        LabelledEvent(
            int(past.closed_us[row]),
            float(scores[row]),
            bool(returns[row] < middle - FAR_BELOW),
            inclusion,
            proxy=True,
        )
        for row in drawn
    ]
