"""Experiments: weeks with a rule and weeks without it, drawn and registered in advance."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from coach._version import VERSION
from coach.engine.api import sight
from coach.engine.api.promises import rules
from coach.engine.experiments.overlaps import ExperimentSpan, Overlap, overlaps
from coach.engine.store.promises import experiments as store
from coach.engine.store.promises import revisions as store_revisions
from coach.errors import AmbiguousId, Conflict, Invalid, Missing, NotFound, NotTaken
from coach.model.promises.rule_events import ExperimentChanged

__all__ = ["Overlap"]

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from coach.engine.api.session import Session
    from coach.engine.experiments.outcomes import CountedWeek, ExperimentWeek
    from coach.engine.experiments.registered import RegistrationRecord
    from coach.engine.history.inputs import MarketReader
    from coach.model.events import Json
    from coach.model.experiments import Experiment, Measure
    from coach.model.promises.rule_events import ExperimentChange
    from coach.model.rules import Rule

MONEY = ("net", "return")


@dataclass(frozen=True, slots=True)
class ExperimentRequest:
    """A request for an experiment: its weeks, its outcome, and the currency of money."""

    weeks: int
    outcome: str = "net"
    quote: str | None = None


@dataclass(frozen=True, slots=True)
class WeekView:
    """A week of an experiment that has begun."""

    week: str
    on: bool
    since: datetime
    until: datetime
    counted: bool


@dataclass(frozen=True, slots=True)
class ExperimentView:
    """An experiment, what it registered, and its weeks so far.

    `on_now` is None before the first week, after the last, and at the end. `intact` says whether
    the registration still has the hash it was kept under. `overlaps` are other experiments on the
    same outcome at the same time.
    """

    experiment: Experiment
    registered: RegistrationRecord
    weeks: tuple[WeekView, ...]
    on_now: bool | None
    intact: bool
    overlaps: tuple[Overlap, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """A result card as JSON, final or of the weeks so far, and what went otherwise than registered.

    `deviations` are sentences; `early` says that the trader stopped it by hand.
    """

    view: ExperimentView
    card: dict[str, Json]
    final: bool
    early: bool
    deviations: tuple[str, ...]


def start(session: Session, rule_id: str, wanted: ExperimentRequest) -> ExperimentView:
    """Register an experiment that begins with the next ISO week of the trader's zone.

    UsageError for weeks, an outcome or a currency that make no sense, and for a rule that cannot
    rest: a locked one, one that expires meanwhile, one under an experiment already.
    """
    from coach.engine.experiments.registration import (
        ExperimentPlan,
        check_weeks,
        measure_named,
        register,
    )

    measure = measure_named(wanted.outcome)
    check_weeks(wanted.weeks)
    rule = rules.view(session, rule_id).rule
    advance(session)
    _may_rest(session, rule)
    names = _weeks_from(session, wanted.weeks)
    quote = _quote(session, measure, wanted.quote)
    plan = ExperimentPlan(rule, session.user.id, names, session.user.zone, measure, quote, VERSION)
    made = register(plan, session.clock())
    found = _view(session, made)
    if rule.expires_at is not None and rule.expires_at < _spans(found.registered)[-1].until:
        what = f"rule {rule_id} expires before the last week, {names[-1]}, is over"
        raise Conflict(("rule", rule_id), what, remedy="extend_rule", rule=rule_id)
    with sight.change(session) as events:
        store_revisions.hold(session.connection, session.user.id)
        _alone(session, rule)
        store.add(session.connection, session.user.id, made)
        events.append(_changed(made, "started"))
    return found


def _may_rest(session: Session, rule: Rule) -> None:
    _alone(session, rule)
    if rule.lock_s:
        what = f"rule {rule.id} is locked, so it cannot rest in off weeks"
        hint = "an experiment needs a rule without a lock"
        raise Conflict(("rule", rule.id), what, hint=hint)


def _alone(session: Session, rule: Rule) -> None:
    for one in store.running(session.connection, session.user.id):
        if one.rule_id == rule.id:
            what = f"rule {rule.id} is in experiment {one.id} already"
            thing = ("rule", rule.id)
            raise Conflict(thing, what, remedy="stop_experiment", experiment=one.id)


def _weeks_from(session: Session, count: int) -> tuple[str, ...]:
    from coach.engine.digest.week import monday, week_at, week_on

    this = monday(week_at(session.clock(), session.user.zone))
    return tuple(week_on(this + timedelta(weeks=number)) for number in range(1, count + 1))


def _quote(session: Session, measure: Measure, given: str | None) -> str | None:
    if measure not in MONEY:
        if given is not None:
            raise NotTaken(f"the outcome {measure}, which counts no money,", "quote")
        return None
    known = store.quotes(session.connection, session.user.id)
    wanted = given.upper() if given else None
    if wanted in known or (wanted is None and len(known) == 1):
        return wanted or known[0]
    traded = ", ".join(known) or "none yet"
    if wanted is None:
        raise Missing(f"the outcome {measure}", "quote", remedy="name_quote", known=traded)
    allowed = "a currency that you traded in"
    raise Invalid("quote", f"not {wanted}", allowed, remedy="name_quote", known=traded)


def experiments(session: Session) -> list[ExperimentView]:
    """Return the experiments, oldest first."""
    return [_view(session, one) for one in store.experiments(session.connection, session.user.id)]


def view(session: Session, name: str) -> ExperimentView:
    """Return the experiment whose id begins so; NotFound, or UsageError when several do."""
    return _view(session, _named(session, name))


def stop(session: Session, name: str) -> Result:
    """Stop a running experiment early; its card records that. UsageError when it is over."""
    from coach.engine.promises.experiments import ended

    advance(session)
    one = _named(session, name)
    if one.state != "running":
        what = f"experiment {one.id} is over: {one.state}"
        thing = ("experiment", one.id)
        raise Conflict(thing, what, remedy="show_result", experiment=one.id)
    done = ended(one, _counted(session, one), "stopped", session.clock())
    with sight.change(session) as events:
        over = store.end(session.connection, session.user.id, done)
        events.append(_changed(over, "stopped"))
        _hand_back(session, over)
    return _result(session, over)


def result(session: Session, name: str) -> Result:
    """Return the card: the final one, or that of the weeks so far."""
    return _result(session, _named(session, name))


def advance(session: Session) -> None:
    """Bring running experiments up to date: look, end, and switch rules on and off.

    A rule is switched once a week. What the trader does to it by hand within the week stands.
    """
    if not store.running(session.connection, session.user.id):
        return
    reader = sight.reader(session)
    with sight.change(session) as events:
        store_revisions.hold(session.connection, session.user.id)
        before = store.running(session.connection, session.user.id)
        for one in before:
            _advance(session, one, reader)
        now = {one.id: one for one in store.experiments(session.connection, session.user.id)}
        moved = [now[one.id] for one in before if now[one.id] != one]
        events.extend(_changed(one, "week" if one.state == "running" else "ended") for one in moved)


def _changed(one: Experiment, what: ExperimentChange) -> ExperimentChanged:
    return ExperimentChanged(experiment_id=one.id, rule_id=one.rule_id, what=what)


def _advance(session: Session, one: Experiment, reader: MarketReader) -> None:
    from coach.engine.promises.experiments import count_weeks

    seen = count_weeks(session.connection, session.user, one, session.clock(), reader)
    if seen.state == "running" and (week := _this_week(session, one)):
        _switch(session, one, week)
    else:
        _hand_back(session, seen)


def _switch(session: Session, one: Experiment, week: ExperimentWeek) -> None:
    if one.switched != week.week:
        store.note(session.connection, session.user.id, one, {"switched": week.week})
        _set_active(session, one, week.on, f"{week.week} is {'on' if week.on else 'off'}")


def _hand_back(session: Session, one: Experiment) -> None:
    """Leave the rule as it was before the experiment, where that ever switched it."""
    from coach.engine.experiments.registered import was_active

    if one.switched:
        store.note(session.connection, session.user.id, one, {"switched": ""})
        _set_active(session, one, was_active(one), "its end")


def _set_active(session: Session, one: Experiment, active: bool, why: str) -> None:
    """Switch the rule by the schedule; the revision is coach's own and names the experiment."""
    from coach.engine.experiments.deviations import SWITCHED_BY
    from coach.engine.promises.revise import SwitchReason

    found = (view.rule for view in rules.rules(session) if view.rule.id == one.rule_id)
    rule = next(found, None)
    if rule is not None and (active or not rule.lock_s):
        reason, evidence = f"experiment {one.id}: {why}", {SWITCHED_BY: str(one.id)}
        rules.switch(session, rule.id, active, SwitchReason(reason, "system", evidence))


def _this_week(session: Session, one: Experiment) -> ExperimentWeek | None:
    from coach.engine.experiments.registered import read

    now = session.clock()
    return next((week for week in _spans(read(one)) if week.since <= now < week.until), None)


def _spans(registered: RegistrationRecord) -> list[ExperimentWeek]:
    from coach.engine.promises.experiments import spans

    return spans(registered)


def _view(session: Session, one: Experiment) -> ExperimentView:
    from coach.engine.experiments.registered import hashed, read

    registered, now = read(one), session.clock()
    counted = sum(registered.blocks[: one.looked])
    begun = tuple(
        WeekView(week.week, week.on, week.since, week.until, place < counted)
        for place, week in enumerate(_spans(registered))
        if week.since <= now and (one.ended_at is None or week.since <= one.ended_at)
    )
    current = begun[-1] if begun and one.state == "running" else None
    on_now = current.on if current and now < current.until else None
    intact = hashed(one.registration) == one.sha256
    return ExperimentView(one, registered, begun, on_now, intact, tuple(_overlaps(session, one)))


def _overlaps(session: Session, one: Experiment) -> Iterator[Overlap]:
    every = store.experiments(session.connection, session.user.id)
    yield from overlaps(_time_of(one), map(_time_of, every))


def _time_of(one: Experiment) -> ExperimentSpan:
    from coach.engine.experiments.registered import read

    registered = read(one)
    weeks = _spans(registered)
    until = weeks[-1].until if one.ended_at is None else min(one.ended_at, weeks[-1].until)
    return ExperimentSpan(one.id, one.rule_id, registered, weeks[0].since, until)


def _named(session: Session, name: str) -> Experiment:
    every = store.experiments(session.connection, session.user.id)
    found = [one for one in every if name and one.id.startswith(name.lower())]
    if not found:
        raise NotFound(kind="experiment", name=name)
    if len(found) > 1:
        raise AmbiguousId("experiment", name)
    return found[0]


def _counted(session: Session, one: Experiment) -> list[CountedWeek]:
    from coach.engine.experiments.registered import read
    from coach.engine.promises.experiments import count

    with sight.change(session):
        return count(session.connection, session.user, read(one), one.looked, sight.reader(session))


def _result(session: Session, one: Experiment) -> Result:
    from coach.engine.experiments.card import card
    from coach.engine.experiments.registered import read

    final = one.card is not None
    result = dict(one.card) if one.card else card(read(one), _counted(session, one), one.state)
    found = _view(session, one)
    return Result(found, result, final, one.state == "stopped", tuple(_deviations(session, found)))


def _deviations(session: Session, found: ExperimentView) -> Iterator[str]:
    from coach.engine.experiments.deviations import deviations

    one, promised = found.experiment, found.registered.rule
    if not found.intact:
        yield "the registration does not have the hash it was kept under"
    ended = one.ended_at or session.clock()
    known = store_revisions.revisions(session.connection, session.user.id, promised.id)
    until_then = [revision for revision in known if revision.at <= ended]
    yield from deviations(one, _spans(found.registered), until_then, promised.revision)
