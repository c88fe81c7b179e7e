"""Changing a rule: a revision at once, or, where a lock holds it back, when that ends."""

from __future__ import annotations

from dataclasses import field, replace
from datetime import timedelta
from hashlib import sha256
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from coach._version import VERSION
from coach.engine.promises.clocks import look_and_note
from coach.engine.rules.loosening import loosens
from coach.engine.store.promises import revisions, rules
from coach.model.canonical import canonical_json
from coach.model.rules import PendingChange, Revision
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.rules.steady import ClockReading
    from coach.model.accounts import User
    from coach.model.events import Json
    from coach.model.promises.words import RuleState
    from coach.model.rules import Actor, Rule

LOCK_ENDED = "; its lock has ended"


@dataclass(frozen=True, slots=True)
class Change:
    """A change of a rule and its reason. `input_sha256` is empty except for calibrations."""

    rule: Rule
    state: RuleState
    reason: str
    actor: Actor = "user"
    evidence: Mapping[str, Json] = field(default_factory=dict)
    input_sha256: str = ""


class SwitchReason(NamedTuple):
    """Why a rule is paused or resumed, who does it, and what that rests on."""

    reason: str
    actor: Actor = "user"
    evidence: Mapping[str, Json] = MappingProxyType({})


def revise(
    connection: Connection[Any], user: User, change: Change, moment: ClockReading
) -> Revision | PendingChange:
    """Change a rule within the caller's transaction; a change that loosens a locked one waits.

    A change that waited before is dropped: the newest one counts. Breaches are not
    touched: see `judge`.
    """
    revisions.hold(connection, user.id)
    before = rules.find(connection, user.id, change.rule.id)
    if before is not None and before.lock_s and loosens(before, change.rule, change.state):
        return _wait(connection, user, change, before, moment)
    if change.rule.lock_s:
        look_and_note(connection, user.id, moment)
    revisions.forget_waiting(connection, user.id, change.rule.id)
    return _append(connection, user, change, moment)


def apply_due(
    connection: Connection[Any], user: User, moment: ClockReading, steady: datetime
) -> list[Revision]:
    """Make the changes whose lock has ended by the steady time, in the caller's transaction."""
    revisions.hold(connection, user.id)
    made = []
    for one in revisions.waiting(connection, user.id):
        if one.due_at <= steady:
            change = Change(
                one.rule,
                one.state,
                one.reason + LOCK_ENDED,
                one.actor,
                one.evidence,
                one.input_sha256,
            )
            revisions.forget_waiting(connection, user.id, one.rule.id)
            made.append(_append(connection, user, change, moment))
    return made


def _wait(
    connection: Connection[Any], user: User, change: Change, before: Rule, moment: ClockReading
) -> PendingChange:
    now = look_and_note(connection, user.id, moment).steady
    due = now + timedelta(seconds=before.lock_s)
    waiting = PendingChange(
        change.rule,
        change.state,
        change.reason,
        now,
        due,
        change.actor,
        change.evidence,
        change.input_sha256,
    )
    revisions.wait(connection, user.id, waiting)
    return waiting


def _append(
    connection: Connection[Any], user: User, change: Change, moment: ClockReading
) -> Revision:
    earlier = revisions.revisions(connection, user.id, change.rule.id)
    parent = earlier[-1] if earlier else None
    number = 1 if parent is None else parent.rule.revision + 1
    rule = replace(change.rule, active=change.state == "active", revision=number)
    revision = Revision(
        rule=rule,
        state=change.state,
        reason=change.reason,
        actor=change.actor,
        at=moment.wall,
        engine_version=VERSION,
        input_sha256=change.input_sha256 or _hash(change, rule, parent),
        parent=None if parent is None else parent.rule.revision,
        evidence=change.evidence,
    )
    revisions.append(connection, user.id, revision)
    if change.state == "removed":
        rules.remove(connection, user.id, rule.id)
    else:
        rules.put(connection, user.id, rule, moment.wall)
    return revision


def _hash(change: Change, rule: Rule, parent: Revision | None) -> str:
    content = {
        "rule_id": rule.id,
        "kind": rule.kind,
        "params": dict(rule.params),
        "state": change.state,
        "note": rule.note,
        "expires_at": None if rule.expires_at is None else rule.expires_at.isoformat(),
        "lock_s": rule.lock_s,
        "reason": change.reason,
        "actor": change.actor,
        "evidence": dict(change.evidence),
        "parent": "" if parent is None else parent.input_sha256,
    }
    return sha256(canonical_json(content, "ascii")).hexdigest()
