"""Writing audit events, in the transaction of what they tell.

A user's head is locked from here to the commit, so that a chain has no gap. Who acts, and from
where, is what whoever opened the connection said.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING

from coach.engine.store.connect import CoachConnection
from coach.engine.store.vault import audit
from coach.model.accounts import UserId
from coach.model.canonical import canonical_json
from coach.model.events import EventType, NewEvent
from coach.model.machine.audit import AuditEntry, AuditEvent, AuditKind, hash_of
from coach.model.plain import plain

if TYPE_CHECKING:
    from coach.model.events import Json

AUDITED: dict[EventType, tuple[AuditKind, str]] = {
    "commitment.signed": ("commitment.signed", "commitment_id"),
    "commitment.removed": ("commitment.removed", "commitment_id"),
    "commitment.restored": ("commitment.restored", "commitment_id"),
    "fill.left_out": ("fill.left_out", "fill_id"),
    "fill.taken_back": ("fill.taken_back", "fill_id"),
    "import.undone": ("import.undone", "run_id"),
    "question.answered": ("question.answered", "question_id"),
    "rule.changed": ("rule.changed", "rule_id"),
    "rule.moved": ("rule.moved", "rule_id"),
    "rule.muted": ("rule.muted", "rule_id"),
    "rule.rolled_back": ("rule.rolled_back", "rule_id"),
    "zone.changed": ("zone.changed", "now"),
}
"""Events that are audited as well, each with the field that names what was changed."""
TOLD = (
    "answer",
    "reason",
    "account",
    "removed",
    "what",
    "param",
    "was",
    "now",
    "actor",
    "revision",
    "text_sha256",
)
"""Fields of those events that stand in the details."""


def record(
    connection: CoachConnection, user_id: UserId, entries: Iterable[AuditEntry], now: datetime
) -> None:
    """Append entries to a user's chain; nothing is locked where there are none."""
    waiting = list(entries)
    if not waiting:
        return
    head = audit.locked_head(connection, user_id)
    n, previous = head.n, head.hash
    for entry in waiting:
        n += 1
        event = _event(connection, user_id, entry, (n, previous), now)
        audit.append(connection, event)
        previous = event.hash


def entries_of(events: Iterable[NewEvent]) -> list[AuditEntry]:
    """Return what of the events of a transaction is audited."""
    return [_entry(event, *AUDITED[event.type]) for event in events if event.type in AUDITED]


def _entry(event: NewEvent, kind: AuditKind, field: str) -> AuditEntry:
    details: dict[str, Json] = {
        name: plain(getattr(event, name)) for name in TOLD if hasattr(event, name)
    }
    return AuditEntry(kind, str(getattr(event, field)), details)


def _event(
    connection: CoachConnection,
    user_id: UserId,
    entry: AuditEntry,
    place: tuple[int, bytes],
    now: datetime,
) -> AuditEvent:
    from dataclasses import replace

    n, previous = place
    event = AuditEvent(
        user_id=user_id,
        n=n,
        at=now,
        actor=connection.actor,
        origin=connection.origin,
        kind=entry.kind,
        subject=entry.subject,
        details=canonical_json(dict(entry.details)).decode(),
        previous=previous,
        hash=b"",
    )
    return replace(event, hash=hash_of(event))
