"""Rules: add, change and remove them, and say how each stands."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from coach.engine.api import sight
from coach.engine.api.promises import pending_settings
from coach.engine.api.promises.clocks import (
    latest_time,
    on_the_wall,
    pending_changes,
    read_clocks,
    waits,
)
from coach.engine.api.promises.commitments import standing_for
from coach.engine.api.promises.running_experiments import RunningExperiment, running_by_rule
from coach.engine.api.session import Session
from coach.engine.conclusions import announcements
from coach.engine.promises import revise
from coach.engine.promises.clocks import look_and_note
from coach.engine.rules.draft import Draft, Terms, drafts, hours_of, preset, terms_of
from coach.engine.rules.kinds.catalogue import KINDS
from coach.engine.rules.refusals import (
    in_force,
    refuse_identical,
    refuse_past_expiry,
    refuse_vacuous,
)
from coach.engine.rules.schema import describe_breach, read_rule, rule_schema, sentence
from coach.engine.store.promises import due
from coach.engine.store.promises import experiments as store_experiments
from coach.engine.store.promises import plans as store_plans
from coach.engine.store.promises import revisions as store_revisions
from coach.engine.store.promises import rules as store
from coach.errors import Conflict, NotFound
from coach.model.events import Json, NewEvent
from coach.model.promises.commitments import Commitment
from coach.model.promises.rule_events import RuleChanged
from coach.model.rules import (
    Breach,
    PendingChange,
    PendingSetting,
    Revision,
    Rule,
    RuleChange,
    RuleId,
    RuleKind,
)
from coach.values import dataclass

if TYPE_CHECKING:
    from coach.model.promises.words import RuleState

__all__ = ["Draft", "Terms", "drafts", "hours_of", "preset", "read_clocks", "terms_of"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A threshold that moved last: from what to what, when, by whom and why."""

    was: Mapping[str, Json]
    now: Mapping[str, Json]
    at: datetime
    actor: str
    reason: str
    revision: int


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule, read aloud, and how often it was broken.

    `waiting` is a change that its lock holds back, `waiting_settings` are changes of the zone or of
    an equity that it does; their times are those of the wall clock. `lacks` is what is missing to
    judge the rule, `experiment` the one that runs on it, `commitments` were signed for its breach.
    """

    rule: Rule
    sentence: str
    breaches: int
    last_breach: datetime | None
    badge: Badge | None = None
    waiting: PendingChange | None = None
    lacks: tuple[str, ...] = ()
    expired: bool = False
    waiting_settings: tuple[PendingSetting, ...] = ()
    experiment: RunningExperiment | None = None
    commitments: tuple[Commitment, ...] = ()

    @property
    def state(self) -> Literal["active", "paused", "expired"]:
        """Whether entries are held against the rule now, and if not, why."""
        if self.expired:
            return "expired"
        return "active" if self.rule.active else "paused"


def schema() -> dict[str, Json]:
    """Return the JSON Schema of a rule."""
    return rule_schema()


def rules(session: Session) -> list[RuleView]:
    """Return the rules, oldest first."""
    connection, user_id = session.connection, session.user.id
    kept = store.rules(connection, user_id)
    if not kept:
        return []
    counts = store.breach_counts(connection, user_id)
    badges = _badges(store_revisions.revisions(connection, user_id))
    held = {one.rule.id: one for one in pending_changes(session)}
    settings = pending_settings.waiting(session)
    under_way = running_by_rule(session)
    now = session.clock()
    signed = standing_for(session, [rule.id for rule in kept])
    return [
        RuleView(
            rule=rule,
            sentence=sentence(rule),
            breaches=count,
            last_breach=newest,
            badge=badges.get(rule.id),
            waiting=held.get(rule.id),
            lacks=_lacks(session, rule),
            expired=rule.expires_at is not None and rule.expires_at <= now,
            waiting_settings=tuple(one for one in settings if rule.id in one.rules),
            experiment=under_way.get(rule.id),
            commitments=tuple(one for one in signed if one.is_about(rule.id)),
        )
        for rule in kept
        for count, newest in [counts.get(rule.id, (0, None))]
    ]


def _badges(revisions: list[Revision]) -> dict[RuleId, Badge]:
    """Return the last change of parameters of each rule since it was made."""
    badges: dict[RuleId, Badge] = {}
    before: Revision | None = None
    for one in revisions:
        rule = one.rule
        if before is None or before.rule.id != rule.id or before.state == "removed":
            badges.pop(rule.id, None)
        elif before.rule.params != rule.params:
            badges[rule.id] = Badge(
                before.rule.params, rule.params, one.at, one.actor, one.reason, rule.revision
            )
        before = one
    return badges


def _lacks(session: Session, rule: Rule) -> tuple[str, ...]:
    from coach.engine.rules.kinds.catalogue import needs

    wanted = needs(rule.kind, rule.params)
    blind = "candles" in wanted and not sight.any_candles(session)
    poor = "equity" in wanted and store_plans.equity(session.connection, session.user.id) is None
    return (*(["candles"] if blind else []), *(["equity"] if poor else []))


def apply_ended_locks(session: Session) -> list[Revision]:
    """Look at the clocks, make the changes whose lock has ended, and return them.

    While a rule is locked each start notes what the clocks say: only what was seen lately tells a
    clock that was set from one that stands right.
    """
    connection, user_id = session.connection, session.user.id
    if not due.any_locked(connection, user_id):
        return []
    now = look_and_note(connection, user_id, read_clocks(session)).steady
    if not any(one.due_at <= now for one in store_revisions.waiting(connection, user_id)):
        return []
    with sight.change(session) as events:
        made = revise.apply_due(connection, session.user, read_clocks(session), now)
        for one in made:
            events.extend(hold(session, one, "changed"))
    return made


def add(
    session: Session, kind: str, params: Mapping[str, object], terms: Terms | None = None
) -> RuleView:
    """Add a rule and evaluate the whole history against it."""
    [view] = add_all(session, [Draft(kind, params, terms or Terms())])
    return view


def add_all(session: Session, wanted: list[Draft]) -> list[RuleView]:
    """Add several rules at once; none is added where one is invalid."""
    made: list[RuleId] = []
    with sight.change(session) as events:
        for rule in checked(session, wanted):
            made.append(rule.id)
            change = revise.Change(rule, "active" if rule.active else "paused", "made")
            revise.revise(session.connection, session.user, change, read_clocks(session))
        broken = _judge(session, made)
        for rule_id in made:
            mine = [breach for breach in broken if breach.rule_id == rule_id]
            events.extend(_events(rule_id, "added", mine))
    views = {one.rule.id: one for one in rules(session)}
    return [views[rule_id] for rule_id in made]


def checked(session: Session, wanted: list[Draft]) -> list[Rule]:
    """Return the rules that drafts would become; UsageError where one of them cannot be made."""
    read = [(one, read_rule(one.kind, one.params)) for one in wanted]
    kept = store.rules(session.connection, session.user.id)
    taken, others, now = {rule.id for rule in kept}, _standing(session), session.clock()
    made: list[Rule] = []
    for one, params in read:
        rule = one.terms.of(Rule(_free_id(one.kind, taken), one.kind, params, one.active))
        refuse_past_expiry(rule, now, zone=session.user.zone)
        refuse_vacuous(rule.kind, params)
        refuse_identical(rule, [*others, *made], now)
        taken.add(rule.id)
        made.append(rule)
    return made


def _standing(session: Session, but: RuleId | None = None) -> list[Rule]:
    """Return what other rules promise: now, once their locks have ended, or in an on week."""
    connection, user_id = session.connection, session.user.id
    tried = {one.rule_id for one in store_experiments.running(connection, user_id)}
    now = [
        replace(one, active=one.active or one.id in tried)
        for one in store.rules(connection, user_id)
    ]
    waiting = store_revisions.waiting(connection, user_id)
    later = [replace(one.rule, active=one.state == "active") for one in waiting]
    return [one for one in (*now, *later) if one.id != but]


def refuse_what_is_no_promise(session: Session, rule: Rule) -> None:
    """Raise UsageError where a rule that comes into force is vacuous, or there already.

    What it promises already may stay as it is.
    """
    now = session.clock()
    before = store.find(session.connection, session.user.id, rule.id)
    stands = before is not None and in_force(before, now) and before.params == rule.params
    if stands or not in_force(rule, now):
        return
    refuse_vacuous(rule.kind, rule.params)
    refuse_identical(rule, _standing(session, but=rule.id), now)


def view(session: Session, rule_id: str) -> RuleView:
    """Return one rule."""
    for found in rules(session):
        if found.rule.id == rule_id:
            return found
    raise NotFound(kind="rule", name=rule_id)


def edit(
    session: Session,
    rule_id: str,
    params: Mapping[str, object],
    terms: Terms,
    reason: str = "",
) -> RuleView:
    """Change a rule's parameters (those given; null takes one away) or its terms.

    What loosens a locked rule waits: then the view's `waiting` says until when.
    """
    before = view(session, rule_id).rule
    merged: dict[str, object] = {**before.params, **params}
    kept = {name: value for name, value in merged.items() if value is not None}
    after = terms.of(replace(before, params=read_rule(before.kind, kept)))
    if after == before:
        what = f"rule {rule_id} says that already"
        raise Conflict(("rule", rule_id), what, remedy="show_rule")
    if after.params != before.params:
        refuse_vacuous(after.kind, after.params)
    refuse_past_expiry(after, latest_time(session), before, session.user.zone)
    refuse_what_is_no_promise(session, after)
    state: RuleState = "active" if before.active else "paused"
    return change(session, revise.Change(after, state, reason or "edited"), "changed")


def set_active(session: Session, rule_id: str, active: bool) -> RuleView:
    """Pause or resume a rule; a resumed rule is held against what it missed.

    To resume drops what its lock holds back: a change of the rule, and of settings.
    """
    if active:
        before = view(session, rule_id)
        refuse_what_is_no_promise(session, replace(before.rule, active=True))
        for one in before.waiting_settings:
            pending_settings.drop(session, one.name, one.account)
    return switch(session, rule_id, active)


def switch(
    session: Session, rule_id: str, active: bool, why: revise.SwitchReason | None = None
) -> RuleView:
    """Pause or resume a rule whatever the others promise, as an experiment does by itself."""
    what: RuleChange = "resumed" if active else "paused"
    before = view(session, rule_id)
    if before.rule.active == active and before.waiting is None:
        return before
    rule = replace(before.rule, active=active)
    state: RuleState = "active" if active else "paused"
    reason, actor, evidence = why or revise.SwitchReason(what)
    return change(session, revise.Change(rule, state, reason, actor, evidence), what)


def remove(session: Session, rule_id: str) -> RuleView:
    """Remove a rule and its breaches and return the rule. Its revisions stay.

    A locked rule stays until the lock has ended: then the view's `waiting` says so.
    """
    gone = view(session, rule_id)
    dropped = revise.Change(replace(gone.rule, active=False), "removed", "removed")
    with sight.change(session) as events:
        done = revise.revise(session.connection, session.user, dropped, read_clocks(session))
        if isinstance(done, Revision):
            events.extend(_events(RuleId(rule_id), "removed", []))
        else:
            events.append(waits(session, done))
    if isinstance(done, Revision):
        return gone
    return replace(gone, waiting=on_the_wall(session, [done])[0])


def change(session: Session, wanted: revise.Change, what: RuleChange) -> RuleView:
    """Change a rule, or let the change wait for its lock; return the rule as it is then."""
    with sight.change(session) as events:
        done = revise.revise(session.connection, session.user, wanted, read_clocks(session))
        if isinstance(done, Revision):
            events.extend(hold(session, done, what))
        else:
            events.append(waits(session, done))
    return view(session, wanted.rule.id)


def kinds_help() -> list[tuple[str, tuple[str, ...]]]:
    """Return the name of each kind with its lines on the help page."""
    return [(name, kind.help) for name, kind in KINDS.items()]


def breach_sentence(breach: Breach) -> str:
    """Describe a breach: what happened and the limit, as on every surface."""
    return describe_breach(breach)


def breaches(session: Session) -> list[Breach]:
    """Return where the rules were broken, oldest first."""
    return store.breaches(session.connection, session.user.id)


def standing(
    session: Session, rule_id: str | None = None, since: datetime | None = None
) -> list[RuleView]:
    """Return the rules, or this one, with their breaches from `since` on; each says its state."""
    chosen = [view(session, rule_id)] if rule_id else rules(session)
    if since is None:
        return chosen
    late = [breach for breach in breaches(session) if breach.at >= since]
    return [
        replace(one, breaches=len(mine), last_breach=max(mine, default=None))
        for one in chosen
        for mine in [[breach.at for breach in late if breach.rule_id == one.rule.id]]
    ]


def hold(session: Session, revision: Revision, what: RuleChange) -> list[NewEvent]:
    """Evaluate the history against a changed rule; return the events of the new breaches."""
    broken = _judge(session, [revision.rule.id]) if revision.state == "active" else []
    return _events(revision.rule.id, what, broken)


def _judge(session: Session, rule_ids: Collection[RuleId]) -> list[Breach]:
    from coach.engine.promises import judge

    return judge.hold(session.connection, session.user, sight.reader(session), rule_ids)


def _events(rule_id: RuleId, what: RuleChange, broken: list[Breach]) -> list[NewEvent]:
    changed = RuleChanged(rule_id=rule_id, what=what)
    return [changed, *announcements.of_breaches(broken)]


def _free_id(kind: RuleKind, taken: set[RuleId]) -> RuleId:
    names: list[Any] = [kind, *(f"{kind}-{n}" for n in range(2, len(taken) + 3))]
    return next(RuleId(name) for name in names if name not in taken)
