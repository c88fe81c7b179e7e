"""Privacy: no amount of money and no size on the screen.

What a line says by number is hidden unless it is certain to be something else: a date, a time, a
share, a span, a count of trades. A number too many is hidden rather than one too few.
"""

import re

from coach.wording.numbers import SIGMA

HIDDEN = "•••"
HARMLESS = (
    "trades?|entr(?:y|ies)|fills?|times?|days?|weeks?|months?|answers?|rules?|loss(?:es)?|wins?"
    "|min|h|d|s|habits?|events?|rows?|in a row|rounds?|notes?|questions?|probes?|minutes?|hours?"
)
AMOUNT = re.compile(
    rf"""(?<![\w.:\-/#])                # no part of a date, a time, an id
         [+-]?\d[\d,]*(?:\.\d+)?(?:e[+-]?\d+)?
         (?![\w:\-/.]*\w)               # nor followed by more of one
         (?!\s?%|\s?{SIGMA.strip()}|\s+(?:{HARMLESS})\b)""",
    re.VERBOSE,
)


def hide_amounts(line: str) -> str:
    """Return a line with dots in place of every amount."""
    return AMOUNT.sub(HIDDEN, line)
