"""Which passwords are too easy: zxcvbn says after how many guesses a program would have one.

It knows the passwords and words that are used most, names, dates, rows of keys and repetitions, and
what people make of them (Wheeler, USENIX Security 2016).
"""

import re
import unicodedata
from functools import reduce
from typing import TYPE_CHECKING

from coach.errors import Invalid

if TYPE_CHECKING:
    from coach.model.machine.secrets import Secret

SHORTEST = 12
LONGEST = 256
FEWEST_GUESSES = 10**8
"""Fewer are made of a stolen hash within days, whatever each of them costs."""
LOOKED_AT = 40
"""Characters: more are not needed to tell, and the time grows with their square."""
OURS = "coach"
SHORTEST_WORD = 3
NO_LETTERS = re.compile(r"[\W\d_]+")
ALLOWED = f"{SHORTEST} to {LONGEST} characters that are hard to guess"
NAMED = "not one made of its user's name or of coach's"
ADVICE = "four words or more that do not belong together are hard to guess and easy to remember"


def check_password(password: "Secret", name: str) -> None:
    """Raise Invalid for a password of this user that is too short, too long, or easy to guess."""
    text = normal_form(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise Invalid("password", f"not {len(text)}", ALLOWED)
    words = _words_of(name)
    reason = NAMED if _says_nothing_else(text, words) else _weakness(text[:LOOKED_AT], words)
    if reason is not None:
        raise Invalid("password", reason, ALLOWED, hint=ADVICE)


def normal_form(password: "Secret") -> str:
    """Return a password as every keyboard and system writes it."""
    return unicodedata.normalize("NFC", password.reveal())


def _words_of(name: str) -> list[str]:
    """Return what a password must not be made of: a name, its parts, and what it is for."""
    plain = unicodedata.normalize("NFC", name).lower()
    parts = (part for part in NO_LETTERS.split(plain) if len(part) >= SHORTEST_WORD)
    return sorted({plain, *parts, OURS}, key=len, reverse=True)


def _says_nothing_else(text: str, words: list[str]) -> bool:
    """Say whether a text has no letters but those of the words, with digits and signs around."""
    letters = NO_LETTERS.sub("", text.lower())
    left = reduce(lambda rest, word: rest.replace(NO_LETTERS.sub("", word), ""), words, letters)
    return bool(letters) and not left


def _weakness(text: str, words: list[str]) -> str | None:
    """Return why a text is easy to guess, None for one that is not.

    zxcvbn's own entry keeps the words for whoever asks next, in any thread; its parts do not.
    """
    from zxcvbn import matching, scoring

    own = {"user_inputs": matching.build_ranked_dict(words)}
    known = {**matching.RANKED_DICTIONARIES, **own}
    found = scoring.most_guessable_match_sequence(text, matching.omnimatch(text, known))
    if found["guesses"] >= FEWEST_GUESSES:
        return None
    parts = found["sequence"]
    if any(part.get("dictionary_name") in own for part in parts):
        return NAMED
    if any(part["pattern"] == "repeat" for part in parts):
        return "not one that repeats itself"
    if any(part.get("dictionary_name") == "passwords" for part in parts):
        return "not one like those that many people use"
    return "not one that a program guesses among its first"
