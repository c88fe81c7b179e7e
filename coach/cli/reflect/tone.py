"""Settings that are kept with the user: the tone, the persona, and the base currency."""

from typing import TYPE_CHECKING

from coach.cli.show.answers import Answer
from coach.errors import CoachError
from coach.model.bookkeeping.base_currency import NO_BASE
from coach.model.reflections.words import PERSONAS, TONES
from coach.settings.values import Setting

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.engine.api.session import Session
    from coach.model.events import Json

TONE = "tone"
PERSONA = "persona"
BASE_CURRENCY = "base_currency"
USUAL = {TONE: TONES[0], PERSONA: PERSONAS[0], BASE_CURRENCY: NO_BASE}
"""What everybody begins with."""


def write_own(frame: "Frame", name: str, value: str) -> Answer:
    """Set a setting of the user."""
    with frame.session() as session:
        kept = _set(session, name, value)
    data: dict[str, Json] = {"name": name, "value": kept, "user": session.user.name}
    return Answer("config set", data, text=f"{name} = {kept} for user {session.user.name}")


def drop_own(frame: "Frame", name: str) -> Answer:
    """Set a setting of the user back to what everybody begins with."""
    usual = USUAL[name]
    with frame.session() as session:
        was_set = _of(session, name) != usual
        _set(session, name, usual)
    data: dict[str, Json] = {"name": name, "was_set": was_set, "user": session.user.name}
    sentence = f"{name} is unset" if was_set else f"{name} was not set"
    return Answer("config unset", data, text=f"{sentence}; it is {usual or 'none'}")


def own_settings(frame: "Frame") -> list[Setting]:
    """Return the settings of the user; what everybody begins with where no database says."""
    from coach.wiring import open_session

    try:
        with open_session(frame.settings) as session:
            origin = f"user {session.user.name}"
            return [Setting(name, _of(session, name), origin) for name in USUAL]
    except CoachError:
        return [Setting(name, usual, "default") for name, usual in USUAL.items()]


def _of(session: "Session", name: str) -> str:
    user = session.user
    return {TONE: user.tone, PERSONA: user.persona, BASE_CURRENCY: user.base_currency}[name]


def _set(session: "Session", name: str, value: str) -> str:
    from coach.engine.api.money.base_currency import set_base_currency
    from coach.engine.api.reflection.persona import set_persona
    from coach.engine.api.reflection.tone import set_tone

    setters = {TONE: set_tone, PERSONA: set_persona, BASE_CURRENCY: set_base_currency}
    return setters[name](session, value)
