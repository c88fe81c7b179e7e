"""Who speaks: a persona has an id, a name, principles and a tone. There is one for everyone."""

from dataclasses import dataclass, replace
from typing import Final

from coach.model.reflections.words import Tone


@dataclass(frozen=True, slots=True)
class Persona:
    """The voice of a reflection. Principles frame behaviour, never assets."""

    id: str
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


def future_self(tone: Tone) -> Persona:
    """Return the Rational Future Self in a tone."""
    return replace(FUTURE_SELF, tone=tone)
