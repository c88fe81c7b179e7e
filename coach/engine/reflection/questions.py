"""What a question is about: its words, as they are compared."""

import re
from typing import Final

WORD: Final = re.compile(r"[a-z]+")
STEM: Final = 5
"""Letters by which words are compared: `fatigue` and `fatigued` are the same."""
SAME: Final = {
    "losing": "loss",
    "losses": "loss",
    "losers": "loss",
    "lost": "loss",
    "lose": "loss",
    "wins": "win",
    "won": "win",
    "winning": "win",
    "winners": "win",
    "gains": "win",
    "bigger": "large",
    "larger": "large",
    "size": "large",
    "sizes": "large",
    "sized": "large",
    "tired": "late",
    "night": "late",
    "tilt": "revenge",
    "angry": "revenge",
    "fear": "panic",
    "early": "sooner",
    "soon": "sooner",
}
IDLE: Final = (
    "a an and are after as at be been did do does for from have how i in is it me my of on or"
    " own than that the they this to was what when why with you your one more so too am can"
    " should would could trade trades trading"
)
"""Words that choose nothing."""
NO_CHOICE: Final = frozenset(WORD.findall(IDLE))


def words_of(text: str) -> set[str]:
    """Return the words of a text that say something, as they are compared."""
    found = WORD.findall(text.lower())
    return {SAME.get(word, word)[:STEM] for word in found if word not in NO_CHOICE}
