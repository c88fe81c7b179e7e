"""Synthetic traders who judge what a rule says, and whose best threshold is known.

A candidate's score is 1.4 + .86 E, E exponential with mean 1. The trader says yes with
probability .1 + .8 sigmoid(5.9 (score - middle)): one answer in ten is noise at either end. With
middles of 1.31, 2.02 and 3.02 the threshold with the highest F_0.5 on the grid around 2.0 is 1.5,
2.25 and 3.0; in between the middle is interpolated. The curve is straight in the score where the
calibration's own is straight in its logarithm: the model is wrong on purpose.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from coach.engine.rules.calibration.calibrate import calibrate
from coach.engine.rules.calibration.monitor import monitor
from coach.engine.rules.calibration.states import applied
from coach.engine.rules.calibration.values import Decision, LabelledEvent, State
from coach.engine.statistics.arrays import Flags, Floats
from coach.engine.statistics.draws import seed_of, uniforms
from coach.model.times import WEEK_US

LOWEST_SCORE, MEAN_ABOVE = 1.4, 0.86
STEEPNESS, NOISE = 5.9, 0.1
OPTIMA, MIDDLES = (1.5, 2.25, 3.0), (1.31, 2.02, 3.02)
RECALL_SHARE = 0.25
ASKED_BESIDES = 2
NODES = 20_000

Asking = Literal["any", "fired"]


@dataclass(frozen=True, slots=True)
class Labeller:
    """A trader who judges `labels` candidates a week.

    `optimum` None answers yes with probability `rate`, whatever the score. From week `turns_at`
    on the optimum is `turned`. Asked about "any", the candidates are random; about "fired", they
    are up to `labels` - 2 of those that the rule fired on and two of the others, out of
    `candidates` a week. `proxies` more are judged by their outcome.
    """

    name: str
    labels: int = 10
    optimum: float | None = 2.25
    rate: float = 0.5
    turns_at: int | None = None
    turned: float = 2.8
    asking: Asking = "any"
    candidates: int = 30
    proxies: int = 0


@dataclass(frozen=True, slots=True)
class WeeklyStep:
    """One weekly run: what was decided, and the state after it."""

    week: int
    decision: Decision
    state: State
    taken_back: bool = False


def says_yes(scores: Floats, optimum: float) -> Floats:
    """Return the probability that the trader says yes to candidates with these scores."""
    middle = np.interp(optimum, OPTIMA, MIDDLES)
    curve = 1.0 / (1.0 + np.exp(-STEEPNESS * (scores - middle)))
    return np.asarray(NOISE + (1.0 - 2.0 * NOISE) * curve, np.float64)


def true_f(theta: float, optimum: float) -> float:
    """Return F_0.5 of a threshold on all candidates, right being what the trader says of them."""
    scores = _scores((np.arange(NODES) + 0.5) / NODES)
    yes, fires = says_yes(scores, optimum), scores >= theta
    whole = np.count_nonzero(fires) + RECALL_SHARE * yes.sum()
    return float((1.0 + RECALL_SHARE) * yes[fires].sum() / whole)


def week_of(who: Labeller, week: int, theta: float) -> list[LabelledEvent]:
    """Return what is judged in one week while the threshold is `theta`."""
    count = who.candidates if who.asking == "fired" else who.labels
    chance = uniforms(seed_of(who.name.encode(), str(week).encode()), (4, count + who.proxies))
    scores = _scores(chance[0])
    answers = chance[1] < _yes(who, week, scores)
    times = week * WEEK_US + 1 + (chance[2] * (WEEK_US - 2)).astype(np.int64)
    proxy = np.arange(count + who.proxies) >= count
    inclusion = np.ones(len(scores))
    if who.asking == "fired":
        inclusion[:count] = _inclusion(who, scores[:count] >= theta)
    chosen = proxy | _drawn(inclusion, scores >= theta, chance[3])
    return [
        LabelledEvent(int(at), float(score), bool(answer), float(share), bool(by_outcome))
        for at, score, answer, share, by_outcome, kept in zip(
            times, scores, answers, inclusion, proxy, chosen, strict=True
        )
        if kept
    ]


def walk(who: Labeller, start: State, weeks: int, watched: bool = False) -> Iterator[WeeklyStep]:
    """Yield a run a week; every proposal is accepted at once, and `watched` asks the monitor."""
    events: list[LabelledEvent] = []
    state = start
    for week in range(weeks):
        events += week_of(who, week, state.theta)
        now_us = (week + 1) * WEEK_US
        if watched:
            check = monitor(who.name, events, now_us, state, "lab")
            state = applied(state, check, now_us)
        decision = calibrate(who.name, events, now_us, state, "lab")
        state = applied(state, decision, now_us)
        yield WeeklyStep(week + 1, decision, state, watched and check.kind == "rollback")


def _scores(chance: Floats) -> Floats:
    return np.asarray(LOWEST_SCORE - MEAN_ABOVE * np.log1p(-chance), np.float64)


def _yes(who: Labeller, week: int, scores: Floats) -> Floats:
    if who.optimum is None:
        return np.full(len(scores), who.rate)
    turned = who.turns_at is not None and week >= who.turns_at
    return says_yes(scores, who.turned if turned else who.optimum)


def _inclusion(who: Labeller, fired: Flags) -> Floats:
    asked_of_fired = min(1.0, (who.labels - ASKED_BESIDES) / max(1, fired.sum()))
    asked_of_others = min(1.0, ASKED_BESIDES / max(1, (~fired).sum()))
    shares: Floats = np.where(fired, asked_of_fired, asked_of_others)
    return shares


def _drawn(inclusion: Floats, fired: Flags, chance: Floats) -> Flags:
    """Draw without replacement, in either group as many as its inclusion says."""
    chosen = np.zeros(len(fired), np.bool_)
    for group in (fired, ~fired):
        rows = np.flatnonzero(group)
        if rows.size:
            many = round(float(inclusion[rows].sum()))
            chosen[rows[np.argsort(chance[rows], kind="stable")[:many]]] = True
    return chosen
