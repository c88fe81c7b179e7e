"""The text of a note as lines of a terminal."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from coach.model.journal.notes import JournalNote

TAB_STOPS = 4


def text_lines(note: "JournalNote") -> list[str]:
    """Return the lines of a note, with blanks for tabs."""
    return note.text.expandtabs(TAB_STOPS).split("\n")
