"""The tone of the Rational Future Self, which is kept with the user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.store import users as store
from coach.errors import Invalid
from coach.model.reflections.words import TONES

if TYPE_CHECKING:
    from coach.engine.api.session import Session
    from coach.model.reflections.words import Tone


def set_tone(session: Session, tone: str) -> Tone:
    """Let the Rational Future Self speak in this tone from now on; Invalid for one unknown."""
    for known in TONES:
        if tone == known:
            store.set_tone(session.connection, session.user.id, known)
            return known
    raise Invalid("tone", f"not {tone!r}", " or ".join(TONES), example=TONES[0])
