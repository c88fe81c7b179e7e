"""What happens to notes and may be told; `model/event_types` lists these with all others."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from coach.model.events import EventType, NewEvent, Stale
from coach.model.journal.notes import NoteId
from coach.model.trades import TradeId


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEvent(NewEvent):
    """Something became of a note; its text is told by nobody but the note."""

    note_id: NoteId
    trade_id: TradeId | None
    day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteAdded(NoteEvent):
    """You wrote a note on a trade or a day; its text is not told."""

    type: ClassVar[EventType] = "note.added"
    stale: ClassVar[tuple[Stale, ...]] = ("notes", "trades")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteEdited(NoteEvent):
    """You changed the text of a note."""

    type: ClassVar[EventType] = "note.edited"
    stale: ClassVar[tuple[Stale, ...]] = ("notes", "trades")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRemoved(NoteEvent):
    """You removed a note; it can be restored."""

    type: ClassVar[EventType] = "note.removed"
    stale: ClassVar[tuple[Stale, ...]] = ("notes", "trades")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRestored(NoteEvent):
    """You brought a removed note back."""

    type: ClassVar[EventType] = "note.restored"
    stale: ClassVar[tuple[Stale, ...]] = ("notes", "trades")
