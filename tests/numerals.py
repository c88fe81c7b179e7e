"""The second law, checked: every numeral that is read stands in the evidence pack.

A numeral is a run of digits with its sign and its inner points, colons and hyphens, that is
not glued to letters: `-4.10`, `17:31` and `2026-04-05` are numerals, `W14`, `e3` and `ab12cd`
are names.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

NUMERAL = re.compile(r"(?<![\w.+-])(?<!\d[,:])(?=([-+]?\d+(?:[.,:-]\d+)*))\1(?!\w)")
# The look-ahead and its reference make the run atomic; possessive quantifiers would say the
# same, but Python 3.11.2 gets them wrong.


def numerals(text: str) -> set[str]:
    """Return the numerals of a text."""
    return set(NUMERAL.findall(text))


def unsupported(text: str, pack: object) -> list[str]:
    """Return the numerals of a text that stand nowhere in the pack, sorted."""
    supported = {numeral for string in _strings(pack) for numeral in numerals(string)}
    return sorted(numerals(text) - supported)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for part in value.values():
            yield from _strings(part)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for part in value:
            yield from _strings(part)
    else:
        yield str(value)
