"""Notes that the trader lets a language model read, one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from coach.engine.store import notes as store

if TYPE_CHECKING:
    from coach.engine.api.session import Session

MOST_NOTES: Final = 5
"""The newest; more would crowd the evidence out of a small model's view."""
LONGEST: Final = 400
"""Characters of each."""


def shared_notes(session: Session) -> tuple[str, ...]:
    """Return the newest notes that were shared and not removed, oldest first, each on one line."""
    found = store.shared(session.connection, session.user.id, MOST_NOTES)
    return tuple(" ".join(text.split())[:LONGEST] for text in found)
