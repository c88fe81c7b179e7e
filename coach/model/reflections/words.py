"""How the Rational Future Self speaks, and who wrote an answer."""

from typing import Final, Literal, get_args

Tone = Literal["supportive", "strict"]
TONES: Final[tuple[Tone, ...]] = get_args(Tone)
ReflectionSource = Literal["template", "model"]
"""Who wrote the sentences: coach's own templates, or the language model of the settings."""
