"""Revisions of a rule: its history, differences between two, and rolling back."""

from dataclasses import dataclass, replace

from coach.engine.api.promises import rules as api
from coach.engine.api.promises.clocks import latest_time
from coach.engine.api.session import Session
from coach.engine.promises import revise
from coach.engine.rules.refusals import refuse_past_expiry
from coach.engine.store.promises import revisions as store
from coach.engine.store.promises import rules as store_rules
from coach.errors import Conflict, NotFound
from coach.model.events import Json
from coach.model.rules import Revision, RuleId


@dataclass(frozen=True, slots=True)
class Difference:
    """One field that two revisions of a rule say differently; None where one says nothing."""

    field: str
    was: Json
    now: Json


def history(session: Session, rule_id: str | None = None) -> list[Revision]:
    """Return the revisions of a rule, also of one that is removed, oldest first."""
    found = store.revisions(
        session.connection, session.user.id, None if not rule_id else RuleId(rule_id)
    )
    if rule_id and not found:
        raise NotFound(remedy="list_history", kind="rule", name=rule_id)
    return found


def diff(
    session: Session, rule_id: str, before: int | None = None, after: int | None = None
) -> list[Difference]:
    """Return the differences between two revisions, by default the last one and its parent."""
    found = history(session, rule_id)
    later = _numbered(found, after) if after is not None else found[-1]
    number = later.parent if before is None else before
    if number is None:
        return _differences({}, _content(later))
    return _differences(_content(_numbered(found, number)), _content(later))


def rollback(session: Session, rule_id: str, to: int | None = None) -> api.RuleView:
    """Restore a rule to an earlier revision, by default the one before its last change.

    That is a revision too: nothing is deleted. What loosens a locked rule waits here as well.
    """
    found = history(session, rule_id)
    number = found[-1].parent if to is None else to
    if number is None:
        raise Conflict(("rule", rule_id), f"{rule_id} never changed", remedy="remove_rule")
    target = _numbered(found, number)
    if target.state == "removed":
        what = f"at revision {number} there was no such rule"
        raise Conflict(("revision", str(number)), what, remedy="show_history")
    now = store_rules.find(session.connection, session.user.id, RuleId(rule_id))
    rule = replace(target.rule, revision=now.revision if now else 0)
    if now is not None:
        refuse_past_expiry(rule, latest_time(session), now, session.user.zone)
    api.refuse_what_is_no_promise(session, replace(rule, active=target.state == "active"))
    change = revise.Change(rule, target.state, f"back to revision {number}")
    return api.change(session, change, "changed")


def _numbered(found: list[Revision], number: int) -> Revision:
    for one in found:
        if one.rule.revision == number:
            return one
    raise NotFound(kind="revision", name=str(number))


def _content(revision: Revision) -> dict[str, Json]:
    rule = revision.rule
    return {
        "kind": rule.kind,
        "state": revision.state,
        "note": rule.note or None,
        "expires": None if rule.expires_at is None else rule.expires_at.isoformat(),
        "lock_hours": rule.lock_s / 3_600 or None,
        **{f"params.{name}": value for name, value in rule.params.items()},
    }


def _differences(was: dict[str, Json], now: dict[str, Json]) -> list[Difference]:
    names = dict.fromkeys([*was, *now])
    return [
        Difference(name, was.get(name), now.get(name))
        for name in names
        if was.get(name) != now.get(name)
    ]
