"""Commitments: signed by the calm trader, found again, removed, restored, and shown at a breach."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.pages import WHOLE_LIST, part_of
from coach.engine.store import notes as store_notes
from coach.engine.store.promises import commitments as store
from coach.engine.store.promises import rules as store_rules
from coach.errors import Invalid, NotFound
from coach.model.journal.notes import tidy
from coach.model.promises.commitment_events import (
    CommitmentRemoved,
    CommitmentRestored,
    CommitmentSigned,
)
from coach.model.promises.commitments import LONGEST_COMMITMENT, CommitmentId
from coach.model.rules import RuleId
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from coach.engine.api.pages import ListPage
    from coach.engine.api.session import Session
    from coach.model.promises.commitment_events import CommitmentEvent
    from coach.model.promises.commitments import Commitment

LARGEST_NUMBER = 2**31 - 1
"""Of a commitment: what its column holds."""


@dataclass(frozen=True, slots=True)
class CommitmentFilter:
    """Which commitments: with every phrase, for one rule or for all, and which of them.

    Phrases are found anywhere, whatever their case and accents. With a `rule_id` those that are
    shown at its breach, with `removed` the removed ones instead.
    """

    phrases: tuple[str, ...] = ()
    rule_id: str | None = None
    removed: bool = False
    page: ListPage = WHOLE_LIST


@dataclass(frozen=True, slots=True)
class CommitmentChange:
    """A commitment as it stands after a request; `changed` is False where it stood so already."""

    commitment: Commitment
    changed: bool


def commitments(session: Session, wanted: CommitmentFilter) -> Sequence[Commitment]:
    """Return the commitments that fit, by number; NotFound for a rule that there is not."""
    if wanted.rule_id is not None:
        _require_rule(session, wanted.rule_id)
    found = [
        one
        for one in store.signed(session.connection, session.user.id, wanted.phrases)
        if (one.removed_at is not None) == wanted.removed
        and (wanted.rule_id is None or one.is_about(RuleId(wanted.rule_id)))
    ]
    return part_of(found, wanted.page, lambda one: str(one.id))


def commitment_named(session: Session, number: int) -> Commitment:
    """Return the commitment of that number, removed or not; NotFound where there is none."""
    found = None
    if 0 < number <= LARGEST_NUMBER:
        found = store.find(session.connection, session.user.id, CommitmentId(number))
    if found is None:
        raise NotFound(kind="commitment", name=str(number))
    return found


def standing_for(session: Session, rules: Collection[RuleId]) -> tuple[Commitment, ...]:
    """Return the commitments that are shown when these rules are broken, by number."""
    if not rules:
        return ()
    signed = store.signed(session.connection, session.user.id)
    return tuple(
        one
        for one in signed
        if one.removed_at is None and any(one.is_about(rule_id) for rule_id in rules)
    )


def sign(session: Session, text: str, rule_id: str | None = None) -> CommitmentChange:
    """Sign a commitment, for one rule or for all; one that stands so is left as it is."""
    kept = checked(text)
    connection, user_id = session.connection, session.user.id
    with sight.change(session) as events:
        store_notes.take_turn(connection, user_id)
        rule = None if rule_id is None else _require_rule(session, rule_id)
        for one in store.signed(connection, user_id):
            if (one.text, one.rule_id, one.removed_at) == (kept, rule, None):
                return CommitmentChange(one, changed=False)
        number = store.sign(connection, user_id, kept, rule, session.clock())
        signed = commitment_named(session, number)
        events.append(_event(CommitmentSigned, signed))
    return CommitmentChange(signed, changed=True)


def remove(session: Session, number: int) -> CommitmentChange:
    """Remove a commitment; `restore` brings it back."""
    return _set_removed(session, number, removed=True)


def restore(session: Session, number: int) -> CommitmentChange:
    """Bring a removed commitment back."""
    return _set_removed(session, number, removed=False)


def checked(text: str) -> str:
    """Return a text as it is kept; Invalid where it is empty, too long, or cannot be stored."""
    kept = tidy(text)
    if not kept:
        raise Invalid("text", "which is empty here", "what you want to read at a breach")
    if len(kept) > LONGEST_COMMITMENT:
        allowed = f"at most {LONGEST_COMMITMENT:,} characters"
        raise Invalid("text", f"not {len(kept):,}", allowed, hint="say it shorter")
    if "\0" in kept or any("\ud800" <= sign <= "\udfff" for sign in kept):
        raise Invalid("text", "not bytes that are no text", "text in UTF-8")
    return kept


def _set_removed(session: Session, number: int, *, removed: bool) -> CommitmentChange:
    connection, user_id = session.connection, session.user.id
    with sight.change(session) as events:
        store_notes.take_turn(connection, user_id)
        found = commitment_named(session, number)
        if (found.removed_at is not None) == removed:
            return CommitmentChange(found, changed=False)
        store.change(connection, user_id, found.id, session.clock())
        events.append(_event(CommitmentRemoved if removed else CommitmentRestored, found))
        return CommitmentChange(commitment_named(session, number), changed=True)


def _require_rule(session: Session, rule_id: str) -> RuleId:
    found = store_rules.find(session.connection, session.user.id, RuleId(rule_id))
    if found is None:
        raise NotFound(kind="rule", name=rule_id)
    return found.id


def _event(kind: type[CommitmentEvent], signed: Commitment) -> CommitmentEvent:
    """Return an event about a commitment; the audit keeps the hash of what was signed."""
    digest = sha256(signed.text.encode()).hexdigest()
    return kind(commitment_id=signed.id, rule_id=signed.rule_id, text_sha256=digest)
