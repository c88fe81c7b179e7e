"""Calibration: compute where a threshold should be, and accept or dismiss the proposals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.promises import rules as api
from coach.engine.rules.calibration.values import CredibleMean
from coach.engine.store.promises import proposals as store
from coach.engine.store.promises import revisions as store_revisions
from coach.engine.store.promises import rules as store_rules
from coach.errors import AmbiguousId, Conflict, Invalid, NotFound
from coach.model.promises.proposal_events import RuleDismissed, RuleProposed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from coach.engine.api.session import Session
    from coach.engine.promises.calibrate import CalibrationLook
    from coach.engine.promises.proposals import Seat
    from coach.engine.rules.calibration.values import Decision, GridRow
    from coach.model.events import Json
    from coach.model.proposals import Proposal
    from coach.model.rules import Rule, RuleKind

__all__ = ["CredibleMean"]

FEWEST_LETTERS = 4


@dataclass(frozen=True, slots=True)
class GridStep:
    """One row of the grid: what the rule would promise, and how right it would be there."""

    value: Json
    row: GridRow


@dataclass(frozen=True, slots=True)
class DecisionEvidence:
    """A decision, and its grid in the unit of the rule."""

    decision: Decision
    steps: tuple[GridStep, ...]


@dataclass(frozen=True, slots=True)
class Calibration:
    """What a look at a rule said; `why_not` says why there is none, empty where there is.

    `value` is the threshold now and `better` the one with the highest mean F.
    """

    rule: Rule
    sentence: str
    why_not: str = ""
    auto: bool = False
    param: str = ""
    value: Json = None
    better: Json = None
    evidence: DecisionEvidence | None = None
    proposal: Proposal | None = None
    bias: str = ""


def calibrate(
    session: Session, rule_id: str | None = None, *, auto: bool | None = None
) -> list[Calibration]:
    """Calibrate one rule or all active ones; a second time in a week needs new evidence.

    That of all rules is one run a week. `auto` says whether the rule may move by itself from now
    on.
    """
    from coach.engine.digest.week import week_at
    from coach.engine.jobs.run import JobOrder, job_run
    from coach.engine.periodic.orders import calibration_order
    from coach.engine.promises.calibrate import can_be, look_at_rules, set_auto

    views = [api.view(session, rule_id)] if rule_id else api.rules(session)
    seat = _seat(session)
    wanted = [view.rule for view in views if rule_id or view.rule.active]
    if rule_id:
        _refuse(wanted[0], seat)
    may = [rule for rule in wanted if can_be(rule, seat)]
    found: list[CalibrationLook] = []
    names = [rule.id for rule in wanted]
    job = calibration_order(week_at(session.clock(), session.user.zone))
    if rule_id:
        job = JobOrder("calibrate.rules", {"rules": [*names], "auto": auto}, rule_id)
    with (
        job_run(session.connection, session.user.id, job, session.clock) as running,
        sight.change(session) as events,
    ):
        if auto is not None:
            set_auto(seat, may[0], on=auto)
        if may:
            found, news = look_at_rules(seat, may)
            events.extend(news)
        running.finish(
            {"rules": len(may), "proposals": sum(one.proposal is not None for one in found)}
        )
    known = {one.rule.id: one for one in found}
    return [_calibration(rule, known.get(rule.id)) for rule in wanted]


def calibrate_automatic(session: Session, week: str) -> Mapping[str, Json]:
    """Calibrate the rules that may move by themselves and were not calibrated this week.

    Returns what the run of that week keeps as its result.
    """
    from coach.engine.jobs.run import job_run
    from coach.engine.periodic.orders import calibration_order
    from coach.engine.promises.calibrate import weekly_where_automatic

    seat, job = _seat(session), calibration_order(week)
    with (
        job_run(session.connection, session.user.id, job, session.clock) as running,
        sight.change(session) as events,
    ):
        found, news = weekly_where_automatic(seat)
        events.extend(news)
        result = _counted(found)
        running.finish(result)
    return result


def _counted(found: Sequence[CalibrationLook]) -> dict[str, Json]:
    proposals = sum(one.proposal is not None for one in found)
    return {"rules": len(found), "proposals": proposals}


def _refuse(rule: Rule, seat: Seat) -> None:
    from coach.engine.promises.calibrate import can_be
    from coach.engine.rules.scores import why_not

    reason = why_not(rule)
    if reason:
        hint = "docs/calibration.md says which kinds can be"
        what = f"rule {rule.id} cannot be calibrated: {reason}"
        raise Conflict(("rule", rule.id), what, hint=hint)
    if not can_be(rule, seat):
        what = f"rule {rule.id} is not in force"
        raise Conflict(("rule", rule.id), what, remedy="resume_rule")


def proposals(session: Session, *, every: bool = False) -> list[Proposal]:
    """Return the open proposals, or all of them with `every`."""
    found = store.proposals(session.connection, session.user.id)
    return [one for one in found if every or one.state == "open"]


def accept(session: Session, beginning: str) -> Proposal:
    """Change the rule as proposed; where its lock holds that back, the proposal `waits`.

    UsageError where it was decided before, or where the rule says something else by now.
    """
    from coach.engine.promises.proposals import accept as accept_proposal
    from coach.engine.promises.proposals import proposed, still_fits

    seat = _seat(session)
    with sight.change(session) as events:
        store_revisions.hold(session.connection, session.user.id)
        proposal = _open(session, beginning)
        rule = store_rules.find(session.connection, session.user.id, proposal.rule_id)
        fits = still_fits(rule, proposal)
        if fits and rule is not None:
            api.refuse_what_is_no_promise(session, proposed(rule, proposal))
            proposal, news = accept_proposal(seat, proposal, "user")
            events.extend(news)
        else:
            store.expire(session.connection, session.user.id, proposal.rule_id, session.clock())
    if not fits:
        what = f"rule {proposal.rule_id} has changed since proposal {proposal.id} was made"
        raise Conflict(("proposal", proposal.id), what, remedy="calibrate_again")
    return proposal


def dismiss(session: Session, beginning: str) -> Proposal:
    """Leave the rule unchanged; it is calibrated again after fourteen days at the earliest."""
    from coach.engine.promises.proposals import dismiss as dismiss_proposal
    from coach.engine.promises.proposals import facts

    seat = _seat(session)
    with sight.change(session) as events:
        store_revisions.hold(session.connection, session.user.id)
        left = dismiss_proposal(seat, _open(session, beginning))
        events.append(RuleDismissed(**facts(left)))
    return left


def reopen(session: Session, proposal_id: str) -> Proposal:
    """Take back that a proposal was dismissed.

    NotFound for an id of none; Conflict where it was decided otherwise, where the rule says
    something else by now, or where something newer is proposed for it.
    """
    from coach.engine.promises.proposals import facts, still_fits
    from coach.engine.promises.proposals import reopen as reopen_proposal

    seat = _seat(session)
    with sight.change(session) as events:
        store_revisions.hold(session.connection, session.user.id)
        found = store.proposals(session.connection, session.user.id)
        proposal = next((one for one in found if one.id == proposal_id), None)
        if proposal is None:
            raise NotFound(kind="proposal", name=proposal_id)
        rule = store_rules.find(session.connection, session.user.id, proposal.rule_id)
        newer = any(one.state == "open" for one in found if one.rule_id == proposal.rule_id)
        if proposal.state != "dismissed" or newer or not still_fits(rule, proposal):
            what = f"rule {proposal.rule_id} has changed since proposal {proposal.id} was dismissed"
            raise Conflict(("proposal", proposal.id), what, remedy="calibrate_again")
        again = reopen_proposal(seat, proposal)
        events.append(RuleProposed(**facts(again)))
    return again


def waits_until(session: Session, proposal: Proposal) -> datetime | None:
    """Return until when a lock holds a proposal back, None where none does."""
    view = api.view(session, proposal.rule_id)
    return None if view.waiting is None else view.waiting.due_at


def evidence(proposal: Proposal) -> DecisionEvidence:
    """Return the evidence for a proposal."""
    from coach.engine.rules.calibration.stored import read_decision

    decision = read_decision(proposal.answered.encode())
    return DecisionEvidence(decision, _steps(proposal.rule_kind, decision))


def _steps(kind: RuleKind, decision: Decision) -> tuple[GridStep, ...]:
    from coach.engine.rules.scores import scale_of

    return tuple(GridStep(scale_of(kind).value(row.theta), row) for row in decision.grid)


def _calibration(rule: Rule, looked: CalibrationLook | None) -> Calibration:
    from coach.engine.promises.calibrate import read_aloud
    from coach.engine.rules.kinds.catalogue import KINDS
    from coach.engine.rules.scores import scale_of, why_not

    if looked is None:
        reason = why_not(rule) or "it is no longer in force"
        return Calibration(rule, f"cannot be calibrated: {reason}", reason)
    decision, scale = looked.decision, scale_of(rule.kind)
    param = KINDS[rule.kind].threshold
    return Calibration(
        rule=rule,
        sentence=read_aloud(rule, decision),
        auto=looked.kept.auto,
        param=param,
        value=rule.params[param],
        better=None if decision.best is None else scale.value(decision.best),
        evidence=DecisionEvidence(decision, _steps(rule.kind, decision)),
        proposal=looked.proposal,
        bias=scale.bias,
    )


def _open(session: Session, beginning: str) -> Proposal:
    if len(beginning) < FEWEST_LETTERS:
        allowed = f"the first {FEWEST_LETTERS} letters of its id or more"
        raise Invalid("proposal", f"not {beginning!r}", allowed, remedy="list_proposals")
    every = store.proposals(session.connection, session.user.id)
    found = [one for one in every if one.id.startswith(beginning)]
    if not found:
        raise NotFound(kind="proposal", name=beginning)
    if len(found) > 1:
        raise AmbiguousId("proposal", beginning)
    if found[0].state != "open":
        what = f"proposal {found[0].id} is {found[0].state}"
        raise Conflict(("proposal", found[0].id), what, remedy="list_every_proposal")
    return found[0]


def _seat(session: Session) -> Seat:
    from coach.engine.promises.proposals import Seat

    return Seat(session.connection, session.user, api.read_clocks(session), sight.reader(session))
