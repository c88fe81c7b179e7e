"""The tone of the Rational Future Self, as a setting of the user."""

from typing import Literal, TypedDict

from coach.model.reflections.words import Tone


class ToneSettingRow(TypedDict):
    """How a user's Rational Future Self speaks from now on."""

    name: Literal["tone"]
    value: Tone
    user: str


def tone_setting(user: str, tone: Tone) -> ToneSettingRow:
    """Return the tone of a user."""
    return {"name": "tone", "value": tone, "user": user}
