"""Notes: what a trader writes down about a trade or a day.

A note on a trade keeps the trade's book and opening beside its id: fills that arrive later, or an
import that is taken back, can end the trade, and the note stays. A removed note is kept, so that
the removal can be undone.
"""

import re
from datetime import date, datetime
from typing import NewType

from coach.model.trades import Direction, TradeId
from coach.values import dataclass

NoteId = NewType("NoteId", int)
"""1, 2, 3… of each user; a number is never given again."""

LONGEST_NOTE = 10_000
"""Characters."""
ACCENTS = re.compile("[\u0300-\u036f]")
LINE_ENDS = re.compile("\r\n?|\u2028|\u2029")


@dataclass(frozen=True, slots=True)
class NotedTrade:
    """The trade that a note is about, as it was when the note was written.

    `now` is the id of the trade that stands for it today: its own, else that of the trade of the
    same book, on the same side, that was open at its opening; None where there is no such trade.
    """

    id: TradeId
    account: str
    symbol: str
    side: Direction
    opened_at: datetime
    now: TradeId | None = None


@dataclass(frozen=True, slots=True)
class JournalNote:
    """A note; `about` is a trade or a day in the user's zone.

    A language model may read it from `shared_at` on, never where that is None.
    """

    id: NoteId
    about: NotedTrade | date
    text: str
    written_at: datetime
    edited_at: datetime | None = None
    removed_at: datetime | None = None
    shared_at: datetime | None = None


def tidy(text: str) -> str:
    """Return a note's text as it is kept: line feeds end lines, and no blank stands around it."""
    lines = LINE_ENDS.sub("\n", text).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()


def search_form(text: str) -> str:
    """Return a text as it is searched: without case, accents, and the length of blanks.

    Compatibility forms are the plain ones (`ﬁ` is `fi`, a full-width letter is the letter).
    """
    from unicodedata import normalize

    plain = ACCENTS.sub("", normalize("NFKD", text.casefold()))
    return " ".join(normalize("NFC", plain.casefold()).split())
