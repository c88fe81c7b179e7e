"""Numbers as people type them: a sign, digits from 0 to 9, a point and an exponent, no more.

Python's own reader takes `1_0` for ten, and digits of every script; whoever typed those meant
something else.
"""

import re
from decimal import Decimal

LONGEST = 400
_TYPED = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,9})?")


def typed_number(text: str) -> Decimal | None:
    """Return the number that a text says, None where it says none."""
    text = text.strip()
    if len(text) > LONGEST or not _TYPED.fullmatch(text):
        return None
    return Decimal(text)
