"""Notes: what the trader wrote down about trades and days."""

from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.model.journal.notes import JournalNote, NotedTrade
from coach.model.trades import Direction
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.notes import NoteChange

NOTES = (
    Column("id"),
    Column("about"),
    Column("day"),
    Column("trade_id"),
    Column("current_trade_id"),
    Column("trade_gone"),
    Column("account"),
    Column("symbol"),
    Column("side"),
    Column("opened_at"),
    Column("text"),
    Column("written_at"),
    Column("edited_at"),
    Column("removed_at"),
    Column("shared_at"),
)

UNCHANGED = MappingProxyType(
    {
        "note add": "it is there already, nothing was added",
        "note edit": "it says so already, nothing was changed",
        "note remove": "it was removed already",
        "note restore": "it was not removed",
        "note share": "a language model may read it already",
        "note unshare": "no language model may read it",
    }
)
"""Why a request changed nothing."""


class NoteRow(TypedDict):
    """A note on a day or a trade.

    `trade_id`, `account`, `symbol`, `side` and `opened_at` are those of the trade when the note was
    written. `current_trade_id` is the trade that stands for it now, null where there is none.
    A language model may be sent a note from `shared_at` on, and never where that is null.
    """

    id: int
    about: Literal["trade", "day"]
    day: date | None
    trade_id: str | None
    current_trade_id: str | None
    trade_gone: bool
    account: str | None
    symbol: str | None
    side: Direction | None
    opened_at: datetime | None
    text: str
    written_at: datetime
    edited_at: datetime | None
    removed_at: datetime | None
    shared_at: datetime | None


def written_note(note: JournalNote) -> NoteRow:
    """Return a note."""
    trade = note.about if isinstance(note.about, NotedTrade) else None
    return {
        "id": note.id,
        "about": "day" if trade is None else "trade",
        "day": None if isinstance(note.about, NotedTrade) else note.about,
        "trade_id": None if trade is None else trade.id,
        "current_trade_id": None if trade is None else trade.now,
        "trade_gone": trade is not None and trade.now is None,
        "account": None if trade is None else trade.account,
        "symbol": None if trade is None else trade.symbol,
        "side": None if trade is None else trade.side,
        "opened_at": None if trade is None else trade.opened_at,
        "text": note.text,
        "written_at": note.written_at,
        "edited_at": note.edited_at,
        "removed_at": note.removed_at,
        "shared_at": note.shared_at,
    }


def unchanged_sentences(command: str, change: "NoteChange") -> tuple[str, ...]:
    """Return why a request changed nothing, nothing where it did change the note."""
    return () if change.changed else (f"note {change.note.id}: {UNCHANGED[command]}",)
