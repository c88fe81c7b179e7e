"""How the Rational Future Self speaks, and who wrote an answer."""

from typing import Final, Literal, get_args

Tone = Literal["supportive", "strict"]
TONES: Final[tuple[Tone, ...]] = get_args(Tone)
PersonaId = Literal["future-self", "value", "growth", "macro"]
PERSONAS: Final[tuple[PersonaId, ...]] = get_args(PersonaId)
PRINCIPLES: Final = "principles"
"""The feature that every persona but the first stands behind."""
ModelOutcome = Literal["used", "unusable", "failed"]
"""What came of a request to a model: an answer, words that could not be used, or no words."""
ReflectionSource = Literal["template", "model"]
"""Who wrote the sentences: coach's own templates, or the language model of the settings."""
