"""Calibrating each rule once a week: whether the trader's answers support another threshold.

A calibration depends on the labels, the history and the state alone. Its case and its decision are
stored byte for byte, so that anybody can compute it again. Most calibrations change nothing.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from coach._version import VERSION
from coach.engine.digest.week import week_at
from coach.engine.promises import judge
from coach.engine.promises.proposals import accept, facts, read_state, repeats
from coach.engine.rules.calibration.calibrate import calibrate
from coach.engine.rules.calibration.monitor import monitor
from coach.engine.rules.calibration.sample import windowed
from coach.engine.rules.calibration.states import applied, edited, observed
from coach.engine.rules.calibration.stored import (
    case_bytes,
    decision_bytes,
    read_case,
    read_decision,
)
from coach.engine.rules.calibration.values import CalibrationCase
from coach.engine.rules.calibration.words import sentence
from coach.engine.rules.ground import Ground
from coach.engine.rules.judged import TradeAnswer, judged
from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.scores import begin, scale_of, why_not
from coach.engine.store.promises import labels, revisions, rules
from coach.engine.store.promises import proposals as store
from coach.model.promises.proposal_events import RuleProposed
from coach.model.proposals import CalibrationState, Proposal
from coach.model.times import microseconds
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.promises.proposals import Seat
    from coach.engine.rules.calibration.values import Decision, LabelledEvent, State
    from coach.model.events import Json, NewEvent
    from coach.model.rules import Revision, Rule, RuleId

LETTERS = 10


@dataclass(frozen=True, slots=True)
class CalibrationLook:
    """A rule, the state after its last calibration, and the `proposal` that came of it."""

    rule: Rule
    kept: CalibrationState
    proposal: Proposal | None = None

    @property
    def decision(self) -> Decision:
        """Return the decision of the calibration."""
        return read_decision(self.kept.answered.encode())

    @property
    def case(self) -> CalibrationCase:
        """Return the case that it decided."""
        return read_case(self.kept.asked.encode())


def weekly(seat: Seat) -> list[NewEvent]:
    """Calibrate every active rule that was not calibrated this week; return the events.

    The caller holds a transaction. A rule is calibrated once per ISO week of the trader's zone.
    """
    if not rules_due(seat):
        return []
    revisions.hold(seat.connection, seat.user.id)
    due = rules_due(seat)
    return look_at_rules(seat, due)[1] if due else []


def rules_due(seat: Seat) -> list[Rule]:
    """Return the active rules that were not calibrated this week."""
    promised = [one for one in rules.rules(seat.connection, seat.user.id) if can_be(one, seat)]
    if not promised:
        return []
    week = week_at(seat.now, seat.user.zone)
    known = store.calibration_states(seat.connection, seat.user.id)
    return [one for one in promised if one.id not in known or known[one.id].week != week]


def weekly_where_automatic(seat: Seat) -> tuple[list[CalibrationLook], list[NewEvent]]:
    """Calibrate the active rules that may move by themselves and were not calibrated this week.

    The caller holds a transaction. Returns the results and the events.
    """
    revisions.hold(seat.connection, seat.user.id)
    week = week_at(seat.now, seat.user.zone)
    known = store.calibration_states(seat.connection, seat.user.id)
    due = [
        one
        for one in rules.rules(seat.connection, seat.user.id)
        if can_be(one, seat)
        and one.id in known
        and known[one.id].auto
        and known[one.id].week != week
    ]
    return look_at_rules(seat, due) if due else ([], [])


def can_be(rule: Rule, seat: Seat) -> bool:
    """Say whether a rule is in force and has a threshold that can be learned."""
    over = rule.expires_at is not None and rule.expires_at <= seat.now
    return rule.active and not over and not why_not(rule)


def look_at_rules(
    seat: Seat, promised: Sequence[Rule]
) -> tuple[list[CalibrationLook], list[NewEvent]]:
    """Calibrate these rules within the caller's transaction; return the results and the events.

    A rule that was calibrated this week is skipped unless the trader answered or changed
    something since, or a pin or a pause has ended.
    """
    revisions.hold(seat.connection, seat.user.id)
    past = judge.whole(seat.connection, seat.user, promised, seat.read_market)
    ground = Ground(past, seat.user.zone)
    known = store.calibration_states(seat.connection, seat.user.id)
    given = labels.labels(seat.connection, seat.user.id)
    found: list[CalibrationLook] = []
    news: list[NewEvent] = []
    for rule in promised:
        scale = scale_of(rule.kind)
        answers = {
            one.trade_id: TradeAnswer(
                microseconds(one.labelled_at), one.answer == "yes", one.inclusion
            )
            for one in given
            if one.bias == scale.bias and one.answer != "unsure"
        }
        events = judged(past, scale.score(rule.params, ground), answers, seat.now_us)
        kept = known.get(rule.id, CalibrationState(rule.id))
        result, events_of_rule = _look_at(seat, rule, kept, events)
        found.append(result)
        news += events_of_rule
    return found, news


def _look_at(
    seat: Seat, rule: Rule, kept: CalibrationState, events: Sequence[LabelledEvent]
) -> tuple[CalibrationLook, list[NewEvent]]:
    connection, user = seat.connection, seat.user
    week = week_at(seat.now, user.zone)
    earlier = store.proposals(connection, user.id, rule.id)
    changes = revisions.revisions(connection, user.id, rule.id)
    if any(one.state == "removed" and one.rule.revision > kept.revision for one in changes):
        kept = CalibrationState(rule.id)
    state = state_after(kept, changes, earlier)
    if kept.week == week and _same(kept, state, events, seat.now_us):
        return CalibrationLook(rule, kept, _of_look(kept, earlier)), []
    case, decision = _ask(rule.id, events, seat.now_us, state)
    remembered = CalibrationState(
        rule_id=rule.id,
        auto=kept.auto,
        state=asdict(observed(state, decision)),
        revision=rule.revision,
        week=week,
        asked=case_bytes(case).decode(),
        answered=decision_bytes(decision).decode(),
    )
    store.expire(connection, user.id, rule.id, seat.now)
    store.keep(connection, user.id, remembered)
    if decision.kind == "keep" or store.waits(connection, user.id, rule.id):
        return CalibrationLook(rule, remembered), []
    made = _proposed(seat, rule, remembered, earlier)
    store.put(connection, user.id, made)
    moves = decision.kind == "rollback" or (decision.kind == "move" and kept.auto)
    if moves and not repeats(seat, rule, made):
        made, news = accept(seat, made, "system")
        now = store.calibration_states(connection, user.id)[rule.id]
        return CalibrationLook(rule, now, made), news
    return CalibrationLook(rule, remembered, made), [RuleProposed(**facts(made))]


def set_auto(seat: Seat, rule: Rule, *, on: bool) -> None:
    """Switch automatic moves of a rule on or off, within the caller's transaction."""
    connection, user_id = seat.connection, seat.user.id
    revisions.hold(connection, user_id)
    kept = store.calibration_states(connection, user_id).get(rule.id, CalibrationState(rule.id))
    changes = revisions.revisions(connection, user_id, rule.id)
    state = state_after(kept, changes, store.proposals(connection, user_id, rule.id))
    kept_state = replace(kept, auto=on, state=asdict(state), revision=rule.revision)
    store.keep(connection, user_id, kept_state)


def state_after(
    kept: CalibrationState, changes: Sequence[Revision], earlier: Sequence[Proposal]
) -> State:
    """Return the state after the revisions since the last calibration: edits and applied moves.

    `changes` are all revisions of the rule, oldest first.
    """
    state = None if kept.state is None else read_state(kept.state)
    before: Revision | None = None
    for one in changes:
        gone = one.state == "removed"
        if one.rule.revision > kept.revision:
            if gone or state is None:
                state = None if gone else begin(one.rule)
            elif before is not None and _value(before.rule) != _value(one.rule):
                state = _changed(state, one, earlier)
        before = None if gone else one
    assert state is not None
    return state


def _changed(state: State, change: Revision, earlier: Sequence[Proposal]) -> State:
    at_us, value = microseconds(change.at), _value(change.rule)
    for one in earlier:
        if one.id == change.evidence.get("proposal"):
            return applied(state, read_decision(one.answered.encode()), at_us)
    assert isinstance(value, int | float)
    theta = scale_of(change.rule.kind).theta(value)
    inside = state.grid[0] <= theta <= state.grid[-1]
    around = state if inside else begin(change.rule) or state
    return edited(around, theta, at_us)


def _value(rule: Rule) -> Json:
    return rule.params[KINDS[rule.kind].threshold]


def _same(
    kept: CalibrationState, state: State, events: Sequence[LabelledEvent], now_us: int
) -> bool:
    """Say whether nothing changed since the last calibration: no label, no edit, no ended pause."""
    case = read_case(kept.asked.encode())
    if case.question == "monitor" or _held(state, case.now_us) != _held(state, now_us):
        return False
    own = [one for one in windowed(events, case.now_us) if not one.proxy]
    later = any(one.at_us > case.now_us and not one.proxy for one in events)
    asked = [one for one in case.events if not one.proxy]
    there = replace(case.state, useless_since_us=state.useless_since_us)
    return own == asked and there == state and not later


def _held(state: State, now_us: int) -> tuple[bool, bool]:
    return state.pinned_at(now_us), now_us < (state.cooling_until_us or 0)


def _ask(
    rule_id: RuleId, events: Sequence[LabelledEvent], now_us: int, state: State
) -> tuple[CalibrationCase, Decision]:
    """Decide whether to roll the last move back, and if not, whether another move is due."""
    inside = windowed(events, now_us)
    watched = monitor(rule_id, inside, now_us, state, VERSION)
    if watched.kind == "rollback":
        moved = now_us if state.last_move_us is None else state.last_move_us
        since = tuple(one for one in inside if one.at_us > moved)
        return CalibrationCase("monitor", rule_id, since, now_us, state, VERSION), watched
    case = CalibrationCase("calibrate", rule_id, inside, now_us, state, VERSION)
    return case, calibrate(rule_id, inside, now_us, state, VERSION)


def _proposed(
    seat: Seat, rule: Rule, kept: CalibrationState, earlier: Sequence[Proposal]
) -> Proposal:
    decision = read_decision(kept.answered.encode())
    if decision.kind == "keep":
        raise ValueError("a decision to keep the threshold proposes nothing")
    scale, was = scale_of(rule.kind), _value(rule)
    now: Json = None
    if decision.kind == "move":
        now = scale.value(decision.theta_to)
    elif decision.kind == "rollback":
        moved = (one.was for one in reversed(earlier) if one.kind == "move" and one.now == was)
        now = next(moved, scale.value(decision.theta_to))
    return Proposal(
        id=decision.input_sha256[:LETTERS],
        rule_id=rule.id,
        rule_kind=rule.kind,
        revision=rule.revision,
        kind=decision.kind,
        param=KINDS[rule.kind].threshold,
        was=was,
        now=now,
        sentence=read_aloud(rule, decision),
        asked=kept.asked,
        answered=kept.answered,
        state="open",
        made_at=seat.now,
    )


def read_aloud(rule: Rule, decision: Decision) -> str:
    """Return a decision as a sentence, in the unit of the rule."""
    scale = scale_of(rule.kind)
    unit = " min" if scale.unit == "pause" else ""
    return sentence(decision, lambda theta: f"{scale.value(theta):g}{unit}")


def _of_look(kept: CalibrationState, earlier: Sequence[Proposal]) -> Proposal | None:
    return next((one for one in reversed(earlier) if one.asked == kept.asked), None)
