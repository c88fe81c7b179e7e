"""Who speaks: a persona has an id, a name, principles and a tone.

There is one for everyone. Presets add principles to it, which frame behaviour and never assets.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from coach.model.reflections.words import PersonaId, Tone


@dataclass(frozen=True, slots=True)
class Persona:
    """The voice of a reflection. Principles frame behaviour, never assets."""

    id: PersonaId
    name: str
    principles: tuple[str, ...]
    tone: Tone = "supportive"


FUTURE_SELF: Final = Persona(
    id="future-self",
    name="Rational Future Self",
    principles=(
        "Judge the decision by what was known then, not by how it ended.",
        "A rule that was made in calm counts more than a wish that comes in a hurry.",
        "Say what the evidence shows, how sure it is, and when it is not enough.",
        "Speak of behaviour alone. What to trade, and when, is not yours to say.",
    ),
)


def _preset(id_: PersonaId, principles: tuple[str, ...]) -> Persona:
    """Return the Rational Future Self with further principles."""
    return replace(FUTURE_SELF, id=id_, principles=(*FUTURE_SELF.principles, *principles))


OF_VALUE: Final = (
    "Patience is part of the plan: ask what a decision is worth when nobody watches.",
    "A wide margin for being wrong comes before being right.",
    "What one does not understand is a reason to do nothing yet.",
)
OF_GROWTH: Final = (
    "Learning counts more than winning: ask what the last decision taught.",
    "Conviction is earned by evidence, and given up when the evidence changes.",
    "A setback is looked at with curiosity, not with haste.",
)
OF_MACRO: Final = (
    "Look at the whole before the part: one decision is one of a series.",
    "Say beforehand what would prove a view wrong, and stand by that.",
    "Risk is agreed in calm, and never raised to make up for something.",
)
PRESETS: Final[Mapping[PersonaId, Persona]] = {
    "future-self": FUTURE_SELF,
    "value": _preset("value", OF_VALUE),
    "growth": _preset("growth", OF_GROWTH),
    "macro": _preset("macro", OF_MACRO),
}
"""Principles of how one decides; none of them names anything that could be traded."""


def persona_of(id_: PersonaId, tone: Tone) -> Persona:
    """Return a persona in a tone."""
    return replace(PRESETS[id_], tone=tone)


def future_self(tone: Tone) -> Persona:
    """Return the Rational Future Self in a tone."""
    return persona_of("future-self", tone)
