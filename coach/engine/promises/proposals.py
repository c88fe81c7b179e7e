"""Accepting a proposal, which makes a revision like any other, and dismissing one.

A move that the trader opted in to, and a rollback, are accepted by coach itself. Locks hold for
everybody: what loosens a locked rule waits.
"""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any, TypedDict

from coach.engine.conclusions import announcements
from coach.engine.promises import clocks, judge, revise
from coach.engine.rules.calibration.states import applied, asked_again, dismissed
from coach.engine.rules.calibration.stored import read_decision
from coach.engine.rules.calibration.values import State
from coach.engine.rules.refusals import identical
from coach.engine.store.promises import proposals as store
from coach.engine.store.promises import rules
from coach.model.promises.proposal_events import RuleMoved, RuleMuted, RuleRolledBack
from coach.model.promises.rule_events import RuleChanged, RuleWaiting
from coach.model.rules import Revision
from coach.model.times import microseconds
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.history.inputs import MarketReader
    from coach.engine.rules.steady import ClockReading
    from coach.model.accounts import User
    from coach.model.events import Json, NewEvent
    from coach.model.promises.words import RuleState
    from coach.model.proposals import Proposal, ProposalKind
    from coach.model.rules import Actor, Rule, RuleChange, RuleId

DONE: dict[ProposalKind, type[RuleMoved | RuleMuted | RuleRolledBack]] = {
    "move": RuleMoved,
    "mute": RuleMuted,
    "rollback": RuleRolledBack,
}


class ProposalFacts(TypedDict):
    """The fields that every event about a proposal has."""

    rule_id: RuleId
    proposal_id: str
    kind: ProposalKind
    param: str
    was: Json
    now: Json
    sentence: str


@dataclass(frozen=True, slots=True)
class Seat:
    """What a calibration works with: connection, user, clocks, and how candles are read."""

    connection: Connection[Any]
    user: User
    moment: ClockReading
    read_market: MarketReader

    @property
    def now(self) -> datetime:
        """Return the wall's time."""
        return self.moment.wall

    @property
    def now_us(self) -> int:
        """Return the same in microseconds since 1970."""
        return microseconds(self.moment.wall)


def still_fits(rule: Rule | None, proposal: Proposal) -> bool:
    """Say whether the rule still says what the proposal would change."""
    return rule is not None and rule.active and rule.params.get(proposal.param) == proposal.was


def accept(seat: Seat, proposal: Proposal, actor: Actor) -> tuple[Proposal, list[NewEvent]]:
    """Change the rule within the caller's transaction; return the new proposal and the events.

    The rule must still fit. Where its lock holds the change back, the proposal waits.
    """
    connection, user = seat.connection, seat.user
    rule = rules.find(connection, user.id, proposal.rule_id)
    assert rule is not None
    done = revise.revise(connection, user, _change(rule, proposal, actor), seat.moment)
    waits = not isinstance(done, Revision)
    decided = replace(proposal, state="accepted", decided_at=seat.now, actor=actor, waits=waits)
    store.put(connection, user.id, decided)
    if not isinstance(done, Revision):
        seen = clocks.look(connection, user.id, seat.moment)
        return decided, [RuleWaiting(rule_id=rule.id, until=seen.on_the_wall(done.due_at))]
    kept = store.calibration_states(connection, user.id)[rule.id]
    assert kept.state is not None
    decision = read_decision(proposal.answered.encode())
    state = applied(read_state(kept.state), decision, seat.now_us)
    store.keep(
        connection,
        user.id,
        replace(kept, state=asdict(state), revision=done.rule.revision),
    )
    return decided, _events_of(seat, decided, done)


def dismiss(seat: Seat, proposal: Proposal) -> Proposal:
    """Leave the rule unchanged; it is not calibrated again for fourteen days."""
    kept = store.calibration_states(seat.connection, seat.user.id)[proposal.rule_id]
    assert kept.state is not None
    state = dismissed(read_state(kept.state), seat.now_us)
    store.keep(seat.connection, seat.user.id, replace(kept, state=asdict(state)))
    decided = replace(proposal, state="dismissed", decided_at=seat.now, actor="user")
    store.put(seat.connection, seat.user.id, decided)
    return decided


def reopen(seat: Seat, proposal: Proposal) -> Proposal:
    """Let a proposal that was dismissed be open, as if nobody had dismissed it."""
    kept = store.calibration_states(seat.connection, seat.user.id)[proposal.rule_id]
    assert kept.state is not None
    state = asked_again(read_state(kept.state), microseconds(proposal.made_at))
    store.keep(seat.connection, seat.user.id, replace(kept, state=asdict(state)))
    again = replace(proposal, state="open", decided_at=None, actor=None)
    store.put(seat.connection, seat.user.id, again)
    return again


def read_state(kept: Mapping[str, Json]) -> State:
    """Return the state that was kept."""
    values: dict[str, Any] = dict(kept)
    return State(**{**values, "grid": tuple(values["grid"])})


def proposed(rule: Rule, proposal: Proposal) -> Rule:
    """Return the rule as the proposal would have it."""
    if proposal.kind == "mute":
        return replace(rule, active=False)
    return replace(rule, params={**rule.params, proposal.param: proposal.now})


def repeats(seat: Seat, rule: Rule, proposal: Proposal) -> bool:
    """Say whether another rule in force promises already what is proposed."""
    others = [one for one in rules.rules(seat.connection, seat.user.id) if one.id != rule.id]
    return identical(proposed(rule, proposal), others, seat.now) is not None


def _change(rule: Rule, proposal: Proposal, actor: Actor) -> revise.Change:
    decision = json.loads(proposal.answered)
    evidence: dict[str, Json] = {
        "proposal": proposal.id,
        "sentence": proposal.sentence,
        "decision": decision,
    }
    state: RuleState = "paused" if proposal.kind == "mute" else "active"
    return revise.Change(
        rule=replace(proposed(rule, proposal), active=rule.active),
        state=state,
        reason=proposal.sentence,
        actor=actor,
        evidence=evidence,
        input_sha256=decision["input_sha256"],
    )


def _events_of(seat: Seat, proposal: Proposal, done: Revision) -> list[NewEvent]:
    broken = []
    if done.state == "active":
        changed = {proposal.rule_id}
        broken = judge.hold(seat.connection, seat.user, seat.read_market, changed)
    what: RuleChange = "changed" if done.state == "active" else "paused"
    return [
        RuleChanged(rule_id=proposal.rule_id, what=what),
        DONE[proposal.kind](**facts(proposal), actor=done.actor, revision=done.rule.revision),
        *announcements.of_breaches(broken),
    ]


def facts(proposal: Proposal) -> ProposalFacts:
    """Return the fields that every event about a proposal has."""
    return {
        "rule_id": proposal.rule_id,
        "proposal_id": proposal.id,
        "kind": proposal.kind,
        "param": proposal.param,
        "was": proposal.was,
        "now": proposal.now,
        "sentence": proposal.sentence,
    }
