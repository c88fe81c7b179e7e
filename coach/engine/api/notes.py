"""Notes on trades and days: written, found, changed, removed and brought back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from coach.engine.api import sight
from coach.engine.api.pages import WHOLE_LIST, part_of
from coach.engine.api.promises import labels
from coach.engine.digest.week import span
from coach.engine.store import accounts
from coach.engine.store import notes as store
from coach.engine.store.notes import NoteQuery
from coach.errors import Conflict, Invalid, NotFound
from coach.model.journal.note_events import NoteAdded, NoteEdited, NoteRemoved, NoteRestored
from coach.model.journal.notes import LONGEST_NOTE, NotedTrade, NoteId, tidy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.engine.api.pages import ListPage
    from coach.engine.api.session import Session
    from coach.model.journal.note_events import NoteEvent
    from coach.model.journal.notes import JournalNote

INSTANT = timedelta(microseconds=1)
LARGEST_NUMBER = 2**31 - 1
"""Of a note: what its column holds."""


@dataclass(frozen=True, slots=True)
class NoteFilter:
    """Which notes: with every phrase, about [since, until), of one symbol, and which of them.

    Phrases are found anywhere in a note, whatever their case and accents. `removed` chooses the
    removed ones instead.
    """

    phrases: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    symbol: str | None = None
    removed: bool = False
    page: ListPage = WHOLE_LIST


@dataclass(frozen=True, slots=True)
class NoteChange:
    """A note as it stands after a request; `changed` is False where it stood so already."""

    note: JournalNote
    changed: bool


def notes(session: Session, wanted: NoteFilter, zone: str) -> list[JournalNote]:
    """Return the notes that fit, by what they are about, oldest first; days are those of `zone`.

    A note on a trade is about the trade's opening, a note on a day about all of that day.
    NotFound where none of them has the number that the page begins after.
    """
    place = ZoneInfo(zone)
    query = NoteQuery(
        phrases=wanted.phrases,
        since=wanted.since,
        until=wanted.until,
        first_day=_local_day(wanted.since, place),
        last_day=_local_day(wanted.until, place, -INSTANT),
        symbol=wanted.symbol,
        removed=wanted.removed,
    )
    found = store.notes(session.connection, session.user.id, query)
    found.sort(key=lambda note: (_begins(note, place), note.id))
    return list(part_of(found, wanted.page, lambda note: str(note.id)))


def _local_day(moment: datetime | None, zone: ZoneInfo, shift: timedelta = timedelta()) -> date:
    """Return the day of a moment in the zone; the last there is for none, which nobody asks."""
    if moment is None:
        return date.max
    try:
        return (moment + shift).astimezone(zone).date()
    except OverflowError:
        return moment.date()


def _begins(note: JournalNote, zone: ZoneInfo) -> datetime:
    if isinstance(note.about, NotedTrade):
        return note.about.opened_at
    try:
        return datetime.combine(note.about, time(), zone).astimezone(UTC)
    except OverflowError:
        return datetime.combine(note.about, time(), UTC)


def note_named(session: Session, number: int) -> JournalNote:
    """Return the note of that number, removed or not; NotFound where there is none."""
    found = None
    if 0 < number <= LARGEST_NUMBER:
        found = store.find(session.connection, session.user.id, NoteId(number))
    if found is None:
        raise NotFound(kind="note", name=str(number))
    return found


def subject(session: Session, name: str) -> NotedTrade:
    """Return the trade whose id begins so, as a note keeps it."""
    trip = labels.trade_named(session, name)
    names = {one.id: one.name for one in accounts.accounts(session.connection, session.user.id)}
    account = names[trip.account_id]
    return NotedTrade(trip.id, account, trip.symbol, trip.side, trip.opened_at, trip.id)


def add(session: Session, about: NotedTrade | date, text: str) -> NoteChange:
    """Write a note on a trade or a day; one that says the same already is left as it is."""
    kept = checked(text)
    connection, user_id = session.connection, session.user.id
    with sight.change(session) as events:
        store.take_turn(connection, user_id)
        known = store.same(connection, user_id, about, kept)
        number = known or store.add(connection, user_id, about, kept, session.clock())
        note = note_named(session, number)
        if known is None:
            events.append(_event(NoteAdded, note))
    return NoteChange(note, known is None)


def edit(session: Session, number: int, text: str) -> NoteChange:
    """Put another text in the place of a note's; the earlier one is not kept."""
    kept = checked(text)
    with sight.change(session) as events:
        store.take_turn(session.connection, session.user.id)
        note = standing_note(session, number)
        if note.text == kept:
            return NoteChange(note, changed=False)
        now = session.clock()
        store.change_text(session.connection, session.user.id, note.id, kept, now)
        events.append(_event(NoteEdited, note))
        return NoteChange(note_named(session, number), changed=True)


def standing_note(session: Session, number: int) -> JournalNote:
    """Return the note of that number; Conflict where it is removed."""
    note = note_named(session, number)
    if note.removed_at is not None:
        what = f"note {number} is removed"
        raise Conflict(("note", str(number)), what, remedy="restore_note", note=number)
    return note


def remove(session: Session, number: int) -> NoteChange:
    """Remove a note; `restore` brings it back."""
    return _set_removed(session, number, removed=True)


def restore(session: Session, number: int) -> NoteChange:
    """Bring a removed note back."""
    return _set_removed(session, number, removed=False)


def _set_removed(session: Session, number: int, *, removed: bool) -> NoteChange:
    with sight.change(session) as events:
        store.take_turn(session.connection, session.user.id)
        note = note_named(session, number)
        if (note.removed_at is not None) == removed:
            return NoteChange(note, changed=False)
        removed_at = session.clock() if removed else None
        store.set_removed(session.connection, session.user.id, note.id, removed_at)
        events.append(_event(NoteRemoved if removed else NoteRestored, note))
        return NoteChange(note_named(session, number), changed=True)


def share(session: Session, number: int) -> NoteChange:
    """Let a language model read a note; another text in its place is not shared."""
    return _set_shared(session, number, shared=True)


def unshare(session: Session, number: int) -> NoteChange:
    """Let no language model read a note any more."""
    return _set_shared(session, number, shared=False)


def _set_shared(session: Session, number: int, *, shared: bool) -> NoteChange:
    with sight.change(session):
        store.take_turn(session.connection, session.user.id)
        note = standing_note(session, number)
        if (note.shared_at is not None) == shared:
            return NoteChange(note, changed=False)
        now = session.clock() if shared else None
        store.set_shared(session.connection, session.user.id, note.id, now)
        return NoteChange(note_named(session, number), changed=True)


def of_week(session: Session, week: str) -> Sequence[JournalNote]:
    """Return the notes about a week: on its days, or on trades that were opened in it."""
    since, until = span(week, session.user.zone)
    return notes(session, NoteFilter(since=since, until=until), session.user.zone)


def checked(text: str) -> str:
    """Return a text as it is kept; Invalid where it is empty, too long, or cannot be stored."""
    kept = tidy(text)
    if not kept:
        raise Invalid("text", "which is empty here", "what you want to remember")
    if len(kept) > LONGEST_NOTE:
        allowed = f"at most {LONGEST_NOTE:,} characters"
        raise Invalid("text", f"not {len(kept):,}", allowed, hint="write several notes")
    if "\0" in kept or any("\ud800" <= sign <= "\udfff" for sign in kept):
        raise Invalid("text", "not bytes that are no text", "text in UTF-8")
    return kept


def _event(kind: type[NoteEvent], note: JournalNote) -> NoteEvent:
    """Return an event about a note, whose text stays out of it."""
    if isinstance(note.about, NotedTrade):
        return kind(note_id=note.id, trade_id=note.about.id, day=None)
    return kind(note_id=note.id, trade_id=None, day=note.about)
