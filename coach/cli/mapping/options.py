"""`--map FIELD=COLUMN,...` and `--say WHAT=ANSWER`, as a person types them."""

import re
from collections.abc import Sequence

from coach.errors import UsageError

_NEXT = re.compile(r",(?=\s*[a-zA-Z_]+\s*=)")
"""A comma before another field; one within a header's name is none."""


def fields_of(typed: Sequence[str]) -> dict[str, str]:
    """Return columns by field; UsageError where a part names none."""
    parts = [part for one in typed for part in _NEXT.split(one) if part.strip()]
    return dict(_pair(part, "--map", 'timestamp="Date(UTC)",symbol=Pair') for part in parts)


def answers_of(typed: Sequence[str]) -> dict[str, str]:
    """Return answers by what they are about; UsageError where one answers nothing."""
    return dict(_pair(part, "--say", "date_order=dmy") for part in typed)


def _pair(part: str, option: str, example: str) -> tuple[str, str]:
    name, sign, value = part.partition("=")
    text = value.strip()
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    if not sign or not name.strip() or not text:
        raise UsageError(f"as in {option} {example}", what=f"{option}: {part!r} says nothing")
    return name.strip(), text
