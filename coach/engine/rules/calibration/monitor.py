"""Was the last move a mistake? Asked of the labels that came after it.

The move is taken back when those labels alone are more than 80 % sure that the threshold
before it was better, with an effective sample of at least ten.
"""

from collections.abc import Iterable
from math import ceil

from coach.engine.rules.calibration.look import CalibrationVerdict, Look, decision, weigh
from coach.engine.rules.calibration.sample import windowed
from coach.engine.rules.calibration.values import CalibrationCase, Decision, LabelledEvent, State

FEWEST_EFFECTIVE = 10.0
SURE = 0.8


def monitor(
    rule_id: str, events: Iterable[LabelledEvent], now_us: int, state: State, engine_version: str
) -> Decision:
    """Return whether to roll the last move back: kind "rollback", or "keep" with the reason.

    Without a move to watch the reason is "holds"; "pinned" after the trader's own word.
    """
    moved = now_us if state.last_move_us is None else state.last_move_us
    since = tuple(event for event in windowed(events, now_us) if event.at_us > moved)
    this = weigh(CalibrationCase("monitor", rule_id, since, now_us, state, engine_version))
    return decision(this, _verdict(this))


def _verdict(this: Look) -> CalibrationVerdict:
    state = this.case.state
    if state.pinned_at(this.case.now_us):
        return CalibrationVerdict("keep", "pinned")
    if state.previous is None:
        return CalibrationVerdict("keep", "holds")
    effective = this.sample.n_eff
    if this.belief is None or effective < FEWEST_EFFECTIVE:
        return CalibrationVerdict("keep", "insufficient", ceil(FEWEST_EFFECTIVE - effective))
    if this.belief.better(state.place(state.previous), this.here, 0.0) > SURE:
        return CalibrationVerdict("rollback", "worse_since", to=state.previous)
    return CalibrationVerdict("keep", "holds")
