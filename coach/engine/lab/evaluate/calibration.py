"""Whether a score means what it says, and whether a habit that went is let go.

The truth about a made-up trader is what the same detector reads over nine hundred other days of
the same person: "the effect exceeds its minimum" is P(effect > minimum) > .5 over those. Habits
that were not tested in the short window are left out.

- Reliability: the slope of that event on the score (least squares; 1: a score of 80 comes true
  in 80 of 100). Its error takes the habits of one trader as one observation.
- Brier score: the mean squared distance of score and event, beside that of the base rate.
- Coverage: how often the 90 % interval holds the long effect. That one has an error of its own,
  of about sqrt(n short / n long) of the interval; `covered` widens the interval by it, `as_told`
  does not.
"""

import math
from collections.abc import Sequence

import numpy as np

from coach.engine.biases.habits.catalogue import HABITS
from coach.engine.lab.evaluate.made import HALF, WEEKS, DetectorBelief, HabitHistory, TraderLife
from coach.engine.lab.evaluate.rows import ALL, Row, rounded, share
from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.distributions.normal import Z_95

BINS = 5
Pair = tuple[int, DetectorBelief, DetectorBelief]


def calibration(people: Sequence[TraderLife]) -> list[Row]:
    """Return slope, Brier score and coverage, for all habits and for each."""
    found = []
    for bias in (ALL, *HABITS):
        pairs = _pairs(people, bias)
        if pairs:
            found.append({"bias": bias, **_scores(pairs), **_covered(pairs)})
    return found


def reliability(people: Sequence[TraderLife]) -> list[Row]:
    """Return how often the event came true, by the score in five equal parts."""
    pairs = _pairs(people, ALL)
    found: list[Row] = []
    for part in range(BINS):
        own = [pair for pair in pairs if min(BINS - 1, int(pair[1].probability * BINS)) == part]
        true = sum(long.probability > HALF for _, _, long in own)
        row: Row = {"from": 100 * part // BINS, "to": 100 * (part + 1) // BINS, "scores": len(own)}
        mean = float(np.mean([short.probability for _, short, _ in own])) if own else math.nan
        found.append({**row, "mean_score": rounded(mean), **share(true, len(own))})
    return found


def withdrawal(people: Sequence[HabitHistory]) -> list[Row]:
    """Count the announced habits withdrawn within eight weeks, where they ended or went on."""
    found = []
    for ended in (True, False):
        for bias in (ALL, *HABITS):
            own = [
                one.weeks
                for one in people
                if one.announced and one.ended == ended and bias in {ALL, one.bias}
            ]
            if own:
                row: Row = {"bias": bias, "ended": ended}
                found.append({**row, **_withdrawn(own)})
    return found


def _withdrawn(weeks: Sequence[int | None]) -> Row:
    gone = sum(week is not None for week in weeks)
    waited = float(np.median([week or WEEKS + 1 for week in weeks]))
    row: Row = {"announced": len(weeks), "withdrawn": gone, "median_weeks": waited}
    return {**row, **share(gone, len(weeks))}


def _pairs(people: Sequence[TraderLife], bias: str) -> list[Pair]:
    return [
        (number, one.short[name], one.long[name])
        for number, one in enumerate(people)
        for name in one.short
        if bias in {ALL, name} and name in one.long
    ]


def _scores(pairs: Sequence[Pair]) -> Row:
    who = np.array([number for number, _, _ in pairs], np.int64)
    score = np.array([short.probability for _, short, _ in pairs])
    event = np.array([float(long.probability > HALF) for _, _, long in pairs])
    slope, error = _slope(score, event, who)
    base = float(event.mean())
    return {
        "scores": len(pairs),
        "base_rate": rounded(base),
        "slope": rounded(slope),
        "slope_low": rounded(slope - Z_95 * error),
        "slope_high": rounded(slope + Z_95 * error),
        "brier": rounded(float(np.mean((score - event) ** 2))),
        "brier_base": rounded(base * (1.0 - base)),
    }


def _slope(score: Floats, event: Floats, who: Integers) -> tuple[float, float]:
    """Return the least-squares slope and its error, clustered by trader."""
    centred = score - score.mean()
    spread = float(centred @ centred)
    if spread == 0.0:
        return math.nan, math.nan
    slope = float(centred @ event) / spread
    left = event - event.mean() - slope * centred
    sums = np.bincount(who, weights=centred * left)
    return slope, math.sqrt(float(sums @ sums)) / spread


def _covered(pairs: Sequence[Pair]) -> Row:
    covered = wide = 0
    for _, short, long in pairs:
        low, high = short.interval
        covered += low <= long.effect <= high
        more = math.sqrt(1.0 + short.n / max(long.n, 1))
        wide += (
            short.effect - (short.effect - low) * more
            <= long.effect
            <= short.effect + (high - short.effect) * more
        )
    found = share(wide, len(pairs))
    return {
        "as_told": rounded(covered / len(pairs)),
        "covered": found["rate"],
        "covered_low": found["low"],
        "covered_high": found["high"],
    }
