"""Which mapping reads a file: one that was named, one that was remembered, one that coach ships.

A remembered mapping fits a file with exactly the columns that it was learnt on. One column more or
fewer is drift: the file is refused with the difference, because a column that moved its meaning
looks the same as one that was added. A shipped mapping fits where the columns that it reads are
there; of several the one with the most columns.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, overload

from coach.brokers.statements.mapping.layout import StatementMapping
from coach.brokers.statements.mapping.toml_text import read_mapping

SHIPPED = Path(__file__).parent / "shipped"
LEAST_LIKENESS = 0.6
"""Share of the columns that two headers have in common, from which they are versions of one."""


class Drift(NamedTuple):
    """How a header differs from the one that a mapping was learnt on."""

    mapping: StatementMapping
    gone: tuple[str, ...]
    new: tuple[str, ...]

    def __str__(self) -> str:
        """Return it as a sentence without its end."""
        parts = []
        if self.gone:
            parts.append(f"without {', '.join(map(repr, self.gone))}")
        if self.new:
            parts.append(f"with {', '.join(map(repr, self.new))}")
        return f"the columns of the mapping {self.mapping.name} {' and '.join(parts)}"


class LazyProducts(Sequence[StatementMapping]):
    """The shipped mappings, read when the first file asks for them."""

    def __init__(self) -> None:
        self._found: tuple[StatementMapping, ...] | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self._all())

    @overload
    def __getitem__(self, at: int) -> StatementMapping: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[StatementMapping]: ...

    def __getitem__(self, at: int | slice) -> StatementMapping | Sequence[StatementMapping]:
        """Return one of them, or some."""
        return self._all()[at]

    def _all(self) -> tuple[StatementMapping, ...]:
        if self._found is None:
            self._found = shipped()
        return self._found


def shipped() -> tuple[StatementMapping, ...]:
    """Return the mappings that coach brings, by name."""
    found = [
        read_mapping(path.read_text(encoding="utf-8"), path.name)
        for path in SHIPPED.rglob("*.toml")
    ]
    return tuple(sorted(found, key=lambda mapping: mapping.name))


def remembered_for(
    names: Sequence[str], mappings: Sequence[StatementMapping]
) -> StatementMapping | None:
    """Return the mapping that was learnt on a file with exactly these columns."""
    columns = fingerprint(names)
    for mapping in mappings:
        if fingerprint(mapping.header) == columns and mapping.places(names) is not None:
            return mapping
    return None


def shipped_for(
    names: Sequence[str], mappings: Sequence[StatementMapping]
) -> StatementMapping | None:
    """Return the mapping of a known product that reads the most of these columns."""
    fits = [mapping for mapping in mappings if mapping.places(names) is not None]
    return max(fits, key=lambda one: _specific(one, names), default=None)


def drift(names: Sequence[str], mappings: Sequence[StatementMapping]) -> Drift | None:
    """Return how a header differs from the nearest remembered one; None where none is near."""
    here = {name for name in names if name}
    found = [
        (len(here & set(mapping.header)) / len(here | set(mapping.header)), mapping)
        for mapping in mappings
        if mapping.header
    ]
    likeness, nearest = max(found, key=lambda one: one[0], default=(0.0, None))
    if nearest is None or likeness < LEAST_LIKENESS:
        return None
    return difference(names, nearest)


def difference(names: Sequence[str], mapping: StatementMapping) -> Drift:
    """Return how a header differs from the columns of a mapping."""
    known = mapping.header or tuple(sorted(mapping.required_names()))
    gone = tuple(name for name in known if name and name not in names)
    extra = (name for name in names if name and name not in known) if mapping.header else ()
    return Drift(mapping, gone, tuple(extra))


def fingerprint(names: Sequence[str]) -> tuple[str, ...]:
    """Return what a header is remembered by: its tidied names, in any order."""
    return tuple(sorted(name for name in names if name))


def _specific(mapping: StatementMapping, names: Sequence[str]) -> tuple[int, int]:
    places = mapping.places(names) or {}
    read = {at for several in places.values() for at in several}
    return len(mapping.requires) + len(read), len(mapping.requires)
