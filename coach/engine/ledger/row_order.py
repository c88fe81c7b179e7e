"""The order of a source's rows, kept where it may decide: between fills of one instant.

The times of a source, of its fills and of its other rows, tell whether it runs from old to new.
Kept are the rows of instants in which a symbol has both sides, and those of the source's oldest and
newest instant: there one file may go on where another ended. Rows of a source without a direction
tell nothing.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, NamedTuple

from coach.engine.ledger.direction import Direction, direction_of_steps
from coach.engine.ledger.identity import NamedFill

if TYPE_CHECKING:
    from coach.model.fills import Side

Edge = Literal[-1, 0, 1]
"""A row of the source's oldest instant, of its newest, or (0) of any that has both sides."""

OLDEST: Edge = -1
NEWEST: Edge = 1

MOST_IN_INSTANT = 10_000
"""An instant of more fills is not put in order: such a source has no times to speak of."""

EARLIEST = datetime.min.replace(tzinfo=UTC)
LATEST = datetime.max.replace(tzinfo=UTC)


class PlacedRow(NamedTuple):
    """What a row says of its fill, and the row's place, counted from the source's first row."""

    place: int
    words: str
    native_id: str


Group = tuple[int, list[NamedFill]]
"""Neighbouring rows of one time, and the place of the first of them."""


class _Steps:
    """How often times rose and fell from one row to the next."""

    __slots__ = ("_falling", "_rising")

    def __init__(self) -> None:
        self._rising = self._falling = 0

    def count(self, before: datetime, after: datetime) -> None:
        if after > before:
            self._rising += 1
        elif after < before:
            self._falling += 1

    def direction(self) -> Direction:
        return direction_of_steps(self._rising, self._falling)


class RowOrder:
    """Watches the fills of a source go by, in the order of its rows.

    `tied` has the rows of instants with both sides, whichever way the source runs.
    """

    __slots__ = (
        "_at",
        "_count",
        "_first",
        "_newest",
        "_newest_at",
        "_of_symbol",
        "_oldest",
        "_oldest_at",
        "_rows",
        "_steps",
        "_steps_of_symbols",
        "tied",
    )

    def __init__(self) -> None:
        self.tied: list[PlacedRow] = []
        self._rows: list[NamedFill] = []
        self._count = self._first = 0
        self._at: datetime | None = None
        self._of_symbol: dict[str, datetime] = {}
        self._steps = _Steps()
        self._steps_of_symbols = _Steps()
        self._oldest_at, self._newest_at = LATEST, EARLIEST
        self._oldest: list[Group] = []
        self._newest: list[Group] = []

    def take(self, named: NamedFill) -> None:
        """Take the next row."""
        self._count += 1
        fill = named.fill
        at = fill.at
        if at == self._at:
            if len(self._rows) <= MOST_IN_INSTANT:
                self._rows.append(named)
        else:
            self._go_to(at)
            self._rows, self._first = [named], self._count
        self._steps_of_symbols.count(self._of_symbol.get(fill.symbol, at), at)
        self._of_symbol[fill.symbol] = at

    def pass_by(self, at: datetime) -> None:
        """Take the time of a row that is no fill: it tells the direction, too."""
        if at != self._at:
            self._go_to(at)
            self._rows = []

    def end(self) -> Direction:
        """End the source and return which way it ran, as a whole or else within each symbol."""
        self._end_instant()
        self._at, self._rows = None, []
        return self._steps.direction() or self._steps_of_symbols.direction()

    def edges(self) -> Iterator[tuple[Edge, PlacedRow]]:
        """Yield the rows of the oldest and of the newest instant of a source that ended."""
        for edge, groups in ((OLDEST, self._oldest), (NEWEST, self._newest)):
            for group in groups:
                yield from ((edge, row) for row in _placed(group))

    def _go_to(self, at: datetime) -> None:
        self._end_instant()
        if self._at is not None:
            self._steps.count(self._at, at)
        self._at = at

    def _end_instant(self) -> None:
        at = self._at
        if at is None:
            return
        group = (self._first, self._rows)
        if len(self._rows) > 1:
            self._keep_tied(group)
        if at < self._oldest_at:
            self._oldest, self._oldest_at = [group], at
        elif at == self._oldest_at:
            self._oldest.append(group)
        if at > self._newest_at:
            self._newest, self._newest_at = [group], at
        elif at == self._newest_at:
            self._newest.append(group)

    def _keep_tied(self, group: Group) -> None:
        _, rows = group
        if len(rows) > MOST_IN_INSTANT:
            return
        sides: dict[tuple[str, int], set[Side]] = defaultdict(set)
        for _, _, fill in rows:
            sides[fill.symbol, fill.nanos].add(fill.side)
        self.tied += [
            row
            for row, (_, _, fill) in zip(_placed(group), rows, strict=True)
            if len(sides[fill.symbol, fill.nanos]) > 1
        ]


def _placed(group: Group) -> Iterator[PlacedRow]:
    first, rows = group
    for place, (_, words, fill) in enumerate(rows, first):
        yield PlacedRow(place, words, fill.native_id)
