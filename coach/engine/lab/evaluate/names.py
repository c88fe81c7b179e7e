"""What others call the habits, in our names: each habit brings the names that others give it."""

import re

from coach.engine.biases.habits.catalogue import HABITS

NOBODY = frozenset({"", "none", "rational", "null", "nan", "na", "-", "0", "no_bias"})


def split(text: str) -> list[str]:
    """Return the parts of a list joined by +, ; , or |, as they stand."""
    return [part.strip() for part in re.split(r"[+;,|]", text)]


def habit(text: str) -> str:
    """Return our name of a habit, another's name in plain form, or nothing for no habit."""
    plain = re.sub(r"[^a-z0-9]+", "_", text.strip().lower()).strip("_")
    if plain in NOBODY or text.strip() in NOBODY:
        return ""
    if plain in HABITS:
        return plain
    return next((name for name, one in HABITS.items() if plain in one.words.also), plain)
