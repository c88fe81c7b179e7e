"""Broken where any of its rules is, as soon as the first of them is."""

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from coach.engine.rules.ground import Hit

if TYPE_CHECKING:
    from coach.model.insights import Fact

Named = tuple[str, Hit]


def joined(parts: Sequence[tuple[str, Iterable[Hit]]]) -> Iterator[Hit]:
    """Yield a hit for each trade that broke one of the rules at least."""
    for found in by_row(parts).values():
        first = min(hit.at_us for _, hit in found)
        yield together([one for one in found if one[1].at_us == first], len(parts))


def by_row(parts: Sequence[tuple[str, Iterable[Hit]]]) -> dict[int, list[Named]]:
    """Return the hits of each trade with the names of their rules."""
    found: dict[int, list[Named]] = {}
    for name, hits in parts:
        for hit in hits:
            found.setdefault(hit.row, []).append((name, hit))
    return found


def together(found: Sequence[Named], parts: int) -> Hit:
    """Return one hit for several of one trade."""
    facts: dict[str, Fact] = {
        "broken": ", ".join(name for name, _ in found),
        "rules": parts,
        "margin": len(found),
    }
    for name, hit in found:
        facts |= {f"{name}.{fact}": value for fact, value in hit.facts.items()}
    fills = dict.fromkeys(key for _, hit in found for key in hit.fills)
    last = max(hit.at_us for _, hit in found)
    return Hit(found[0][1].row, last, facts, tuple(fills))
