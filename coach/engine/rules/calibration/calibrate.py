"""Should a rule's threshold move? One weekly look at the labels, and mostly the answer is no.

A move needs enough labels, quiet since the last one, near certainty that it helps, and is one
step of the grid. Nothing here changes anything: a Decision is a proposal with its evidence.
"""

from collections.abc import Iterable
from math import ceil

import numpy as np

from coach.engine.rules.calibration.look import (
    FEWEST_EFFECTIVE,
    GAIN,
    CalibrationVerdict,
    Look,
    decision,
    weigh,
)
from coach.engine.rules.calibration.sample import windowed
from coach.engine.rules.calibration.values import CalibrationCase, Decision, LabelledEvent, State
from coach.engine.statistics.arrays import Flags
from coach.model.times import DAY_US

FEWEST_YES = 5
FEWEST_NEW = 10
FEWEST_TO_MUTE = 40
FEWEST_DENIED, DENIED = 40, 0.95
USELESS_DAYS = 56
SURE, SURE_OF_A_TURN = 0.90, 0.95
STEP_IS_SAFE = 0.7
SURE_TO_LOOSEN = 0.99  # why not .8: docs/calibration.md
NEWEST_SHARE = 0.2
WORSE_LATELY = 0.05
RECALL_SHARE = 0.25


def calibrate(
    rule_id: str, events: Iterable[LabelledEvent], now_us: int, state: State, engine_version: str
) -> Decision:
    """Return what to do about a rule's threshold: keep it, move it one step, or mute the rule.

    Events outside the 120 days before `now_us` are ignored, and the order of the rest says
    nothing. The same input gives the same decision, to the byte.
    """
    case = CalibrationCase(
        "calibrate", rule_id, windowed(events, now_us), now_us, state, engine_version
    )
    this = weigh(case)
    return decision(this, _verdict(this))


def _verdict(this: Look) -> CalibrationVerdict:
    case, state = this.case, this.case.state
    if state.pinned_at(case.now_us):
        return CalibrationVerdict("keep", "pinned")
    yes = sum(event.answer for event in case.events)
    effective = this.sample.n_eff
    if effective < FEWEST_EFFECTIVE:
        return CalibrationVerdict(
            "keep", "insufficient", max(ceil(FEWEST_EFFECTIVE - effective), FEWEST_YES - yes)
        )
    if case.now_us < (state.cooling_until_us or 0):
        return CalibrationVerdict("keep", "cooling")
    if _to_be_muted(this):
        return CalibrationVerdict("mute", "useless")
    missing = FEWEST_NEW - _new_since_the_move(this)
    if missing > 0:
        return CalibrationVerdict("keep", "cooling", missing)
    return _with_few_yes(this, yes) if yes < FEWEST_YES else _by_the_labels(this)


def _to_be_muted(this: Look) -> bool:
    since, mix = this.useless_since_us, this.sample.mix
    long_enough = since is not None and this.case.now_us - since >= USELESS_DAYS * DAY_US
    return long_enough and mix.yes + mix.no >= FEWEST_TO_MUTE


def _new_since_the_move(this: Look) -> int:
    moved = this.case.state.last_move_us
    return sum(moved is None or event.at_us > moved for event in this.case.events)


def _with_few_yes(this: Look, yes: int) -> CalibrationVerdict:
    """Say nothing of recall with fewer than five yes, but tighten what the trader denies."""
    state, belief = this.case.state, this.belief
    to = state.beyond(state.theta, upwards=True)
    mix = this.sample.mix
    denied = mix.yes + mix.no >= FEWEST_DENIED and mix.no >= DENIED * (mix.yes + mix.no)
    fires = bool(np.any(this.sample.scores >= state.grid[this.here]))
    assert belief is not None
    sure = SURE_OF_A_TURN if state.last_direction < 0 else SURE
    if denied and fires and 1.0 - belief.right(this.here) > sure and to != state.theta:
        return CalibrationVerdict("move", "false_alarms", to=to)
    return CalibrationVerdict("keep", "insufficient", FEWEST_YES - yes)


def _by_the_labels(this: Look) -> CalibrationVerdict:
    state, belief = this.case.state, this.belief
    assert belief is not None
    assert this.best is not None
    to = state.beyond(state.theta, this.upwards)
    if this.direction == 0 or to == state.theta:
        return CalibrationVerdict("keep", "steady")
    turns = this.direction == -state.last_direction
    if belief.better(this.best, this.here, GAIN) <= (SURE_OF_A_TURN if turns else SURE):
        return CalibrationVerdict("keep", "not_sure")
    there = state.place(to)
    if belief.better(there, this.here, -GAIN) <= STEP_IS_SAFE:
        return CalibrationVerdict("keep", "step_may_hurt")
    if not this.upwards and belief.right(there) <= SURE_TO_LOOSEN:
        return CalibrationVerdict("keep", "imprecise")
    if _worse_lately(this, there):
        return CalibrationVerdict("keep", "worse_lately")
    return _unless_proxies_alone(this, CalibrationVerdict("move", "better", to=to))


def _unless_proxies_alone(this: Look, move: CalibrationVerdict) -> CalibrationVerdict:
    """Let no move end further than one step from the default unless the trader spoke enough."""
    state = this.case.state
    assert move.to is not None
    default = state.place(state.default)
    away = abs(state.place(move.to) - default)
    outwards = away > abs(this.here - default)
    if away > 1 and outwards and this.sample.n_eff_of_trader < FEWEST_EFFECTIVE:
        return CalibrationVerdict(
            "keep", "proxies_alone", ceil(FEWEST_EFFECTIVE - this.sample.n_eff_of_trader)
        )
    return move


def _worse_lately(this: Look, there: int) -> bool:
    """Tell whether the newest fifth of the labels speaks against the step, as it stands."""
    newest = ceil(NEWEST_SHARE * len(this.case.events))
    scores = this.sample.scores[-newest:]
    grid = this.case.state.grid
    now = _point_f(this, scores >= grid[this.here], newest)
    return _point_f(this, scores >= grid[there], newest) < now - WORSE_LATELY


def _point_f(this: Look, fired: Flags, newest: int) -> float:
    """Return F_0.5 as counted; 0 where nothing fired rightly."""
    weight, real = this.sample.weight[-newest:], this.sample.answers[-newest:]
    hits = float(np.sum(weight[fired & real]))
    whole = float(np.sum(weight[fired]) + RECALL_SHARE * np.sum(weight[real]))
    return (1.0 + RECALL_SHARE) * hits / whole if hits else 0.0
