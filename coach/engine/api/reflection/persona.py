"""Who speaks to a user: the Rational Future Self, by the principles that the user chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.api.people import features
from coach.engine.reflection.persona import future_self, persona_of
from coach.engine.store import users as store
from coach.errors import Invalid, Refused
from coach.model.reflections.words import PERSONAS, PRINCIPLES

if TYPE_CHECKING:
    from coach.engine.api.session import Session
    from coach.engine.reflection.persona import Persona
    from coach.model.reflections.words import PersonaId


def set_persona(session: Session, name: str) -> PersonaId:
    """Let this persona speak from now on.

    Invalid for one unknown, Refused for a preset where the feature is off for the user.
    """
    for known in PERSONAS:
        if name == known:
            features.require(session, PRINCIPLES if known != PERSONAS[0] else "")
            store.set_persona(session.connection, session.user.id, known)
            return known
    raise Invalid("persona", f"not {name!r}", " or ".join(PERSONAS), example=PERSONAS[0])


def voice(session: Session) -> Persona:
    """Return who speaks: the user's persona, or the first where the feature is off by now."""
    user = session.user
    if user.persona != PERSONAS[0]:
        try:
            features.require(session, PRINCIPLES)
        except Refused:
            return future_self(user.tone)
    return persona_of(user.persona, user.tone)
