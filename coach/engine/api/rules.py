"""The trader's promises: make, pause, drop them, and see where they were broken."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from coach.engine.api.desk import Desk
from coach.engine.jobs import telling
from coach.engine.outbox.write import emit, wake
from coach.engine.rules.schema import SCHEMA, read_rule, sentence
from coach.engine.store import accounts as store_accounts
from coach.engine.store import rules as store
from coach.errors import NotFound
from coach.model.events import Json, NewEvent
from coach.model.rules import Breach, Rule, RuleId, RuleKind


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule, read aloud, and how often it was broken."""

    rule: Rule
    sentence: str
    breaches: int
    last_breach: datetime | None


def schema() -> dict[str, Json]:
    """Return the JSON Schema of a rule."""
    return SCHEMA


def rules(desk: Desk) -> list[RuleView]:
    """Return the rules, oldest first."""
    counts = store.breach_counts(desk.connection, desk.user.id)
    return [
        RuleView(rule, sentence(rule), *counts.get(rule.id, (0, None)))
        for rule in store.rules(desk.connection, desk.user.id)
    ]


def settle_zone(desk: Desk) -> None:
    """Draw all conclusions anew where days are cut elsewhere than before, and tell what is new.

    Rules count days, and what is late at night hangs on the clock of the zone.
    """
    if store_accounts.stored_zone(desk.connection, desk.user.id) == desk.user.zone:
        return
    from coach.engine.api import sight
    from coach.engine.jobs.deriving import conclude_anew

    with desk.connection.transaction():
        store_accounts.set_zone(desk.connection, desk.user.id, desk.user.zone)
        scored = conclude_anew(desk.connection, desk.user, sight.looking(desk))
        emit(desk.connection, {desk.user.id: telling.of_scoring(scored)}, desk.clock())
    wake(desk.connection, [desk.user.id])


def add(desk: Desk, kind: str, params: Mapping[str, object]) -> RuleView:
    """Make a promise and hold the whole history against it."""
    checked = read_rule(kind, params)
    chosen: RuleKind = kind  # type: ignore[assignment] # read_rule refused any other
    with desk.connection.transaction():
        taken = {rule.id for rule in store.rules(desk.connection, desk.user.id)}
        rule = Rule(_free_id(chosen, taken), chosen, checked, active=True)
        store.add(desk.connection, desk.user.id, rule, desk.clock())
        _hold(desk, rule.id, "added")
    wake(desk.connection, [desk.user.id])
    return view(desk, rule.id)


def view(desk: Desk, rule_id: str) -> RuleView:
    """Return one rule."""
    for found in rules(desk):
        if found.rule.id == rule_id:
            return found
    raise NotFound("coach rules list shows them", kind="rule", name=rule_id)


def set_active(desk: Desk, rule_id: str, active: bool) -> RuleView:
    """Pause or resume a rule; a resumed rule is held against what it missed."""
    with desk.connection.transaction():
        if not store.set_active(desk.connection, desk.user.id, RuleId(rule_id), active):
            raise NotFound("coach rules list shows them", kind="rule", name=rule_id)
        _hold(desk, RuleId(rule_id), "resumed" if active else "paused")
    wake(desk.connection, [desk.user.id])
    return view(desk, rule_id)


def remove(desk: Desk, rule_id: str) -> RuleView:
    """Drop a rule and its breaches; return what it was."""
    gone = view(desk, rule_id)
    with desk.connection.transaction():
        store.remove(desk.connection, desk.user.id, RuleId(rule_id))
        _tell(desk, RuleId(rule_id), "removed", [])
    wake(desk.connection, [desk.user.id])
    return gone


def breaches(desk: Desk) -> list[Breach]:
    """Return where the rules were broken, oldest first."""
    return store.breaches(desk.connection, desk.user.id)


def _hold(desk: Desk, rule_id: RuleId, what: str) -> None:
    from coach.engine.jobs.concluding import keep_promises
    from coach.engine.jobs.deriving import known_history

    broken: list[Breach] = []
    if what != "paused":
        past = known_history(desk.connection, desk.user.id)
        broken = keep_promises(desk.connection, desk.user, past)
    _tell(desk, rule_id, what, broken)


def _tell(desk: Desk, rule_id: RuleId, what: str, broken: list[Breach]) -> None:
    changed = NewEvent("rule.changed", {"rule_id": rule_id, "what": what})
    events: list[NewEvent] = [changed, *telling.of_breaches(broken)]
    emit(desk.connection, {desk.user.id: events}, desk.clock())


def _free_id(kind: RuleKind, taken: set[RuleId]) -> RuleId:
    names: list[Any] = [kind, *(f"{kind}-{n}" for n in range(2, len(taken) + 3))]
    return next(RuleId(name) for name in names if name not in taken)
