"""The setting `tone`, which is kept with the user in the database."""

from typing import TYPE_CHECKING

from coach.cli.show.answers import Answer
from coach.errors import CoachError
from coach.model.reflections.words import TONES
from coach.settings.values import Setting
from coach.views.reflections.tone import tone_setting
from coach.views.table import json_row

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.model.events import Json

TONE = "tone"


def write_tone(frame: "Frame", value: str) -> Answer:
    """Set the tone of the user."""
    from coach.engine.api.reflection.tone import set_tone

    with frame.session() as session:
        tone = set_tone(session, value)
    data = json_row(tone_setting(session.user.name, tone))
    return Answer("config set", data, text=f"tone = {tone} for user {session.user.name}")


def drop_tone(frame: "Frame") -> Answer:
    """Set the tone back to the one that everybody begins with."""
    from coach.engine.api.reflection.tone import set_tone

    with frame.session() as session:
        was_set = session.user.tone != TONES[0]
        set_tone(session, TONES[0])
    data: dict[str, Json] = {"name": TONE, "was_set": was_set, "user": session.user.name}
    sentence = "tone is unset" if was_set else "tone was not set"
    return Answer("config unset", data, text=f"{sentence}; it is {TONES[0]}")


def users_tone(frame: "Frame") -> Setting:
    """Return the tone of the user; the one that everybody begins with where no database says."""
    from coach.wiring import open_session

    try:
        with open_session(frame.settings) as session:
            return Setting(TONE, session.user.tone, f"user {session.user.name}")
    except CoachError:
        return Setting(TONE, TONES[0], "default")
