"""Broken where all of its rules are, as soon as the last of them is."""

from collections.abc import Iterable, Iterator, Sequence

from coach.engine.rules.ground import Hit
from coach.engine.rules.kinds.any_of import by_row, together


def joined(parts: Sequence[tuple[str, Iterable[Hit]]]) -> Iterator[Hit]:
    """Yield a hit for each trade that broke every one of the rules."""
    for found in by_row(parts).values():
        if len(found) == len(parts):
            yield together(found, len(parts))
