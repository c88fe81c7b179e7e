"""Which entries say that a coin has a new name, and which books go on under it.

A rename takes effect before the fills of its own moment and before splits of it, after what else
moved then. What is open under the old name goes on under the new one, in the same quote currency,
at the same cost. Only a coin of which no more than a hundredth stays behind has a new name: what
takes less (a part that was wrapped) leaves the trades where they are.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.engine.ledger.exact import ZERO, add, multiply, plain, subtract
from coach.engine.ledger.splits import ROUNDED_BY_SOURCE, split_of, words_of_split
from coach.model.entries.renames import Rename
from coach.model.entries.splits import Split
from coach.model.fills import Symbol, base_of

WHOLE_SHARE = Decimal("0.99")
"""The part of what is held that a rename takes at least."""


class RenameLeg(NamedTuple):
    """What entries of one moment and word changed of a coin, and what was held of it before."""

    coin: str
    change: Decimal
    held: Decimal


class RenamePair(NamedTuple):
    """The two sides of a rename, and the source's word for it."""

    at: datetime
    word: str
    old: RenameLeg
    new: RenameLeg

    @property
    def is_whole(self) -> bool:
        """Return whether it takes all that was held."""
        least = multiply(self.old.held.copy_abs(), WHOLE_SHARE)
        return self.old.change.copy_abs() >= least

    def rename(self) -> Rename:
        """Return the rename, with its ratio; a book that had all of it has what came."""
        moved, came = self.old.change.copy_negate(), self.new.change
        split = split_of(self.at, self.word, subtract(came, moved), moved)
        off = subtract(came, moved).copy_abs()
        after, before = (1, 1) if split is None else (split.after, split.before)
        if off <= multiply(moved.copy_abs(), ROUNDED_BY_SOURCE):
            after, before = 1, 1
        split = Split(self.at, after, before, plain(moved), plain(came))
        return Rename(self.old.coin, self.new.coin, split)


def pairs_of(at: datetime, word: str, legs: Sequence[RenameLeg]) -> list[RenamePair]:
    """Return the renames that the entries of one moment and import tell, by their old names.

    Of several those with equal amounts belong together; what has no other side is no rename.
    """
    left = [leg for leg in legs if leg.change < ZERO]
    came = [leg for leg in legs if leg.change > ZERO]
    if len(left) == len(came) == 1:
        return [_pair(at, word, left[0], came[0])]
    found = []
    for leg in left:
        sides = [one for one in came if add(one.change, leg.change) == ZERO]
        twins = [one for one in left if one.change == leg.change]
        if len(sides) == len(twins) == 1:
            found.append(_pair(at, word, leg, sides[0]))
    return sorted(found, key=lambda one: one.old.coin)


def _pair(at: datetime, word: str, left: RenameLeg, came: RenameLeg) -> RenamePair:
    """Return a rename of what left; where the coin that came was owed, of the debt in it."""
    owed = came.held < ZERO and left.held <= ZERO
    return RenamePair(at, word, came, left) if owed else RenamePair(at, word, left, came)


def words_of_rename(rename: Rename) -> list[str]:
    """Return a rename as text, each of its parts by itself."""
    return [rename.old, rename.new, *words_of_split(rename.split)]


def concerning(renames: Iterable[Rename], coin: str) -> tuple[Rename, ...]:
    """Return the renames that a coin's name is connected with, over other names too, in order."""
    every = tuple(renames)
    names = {coin}
    while further := {
        name
        for one in every
        if one.old in names or one.new in names
        for name in (one.old, one.new)
        if name not in names
    }:
        names |= further
    return tuple(one for one in every if one.old in names)


def family_of(renames: Iterable[Rename], symbol: Symbol) -> tuple[Symbol, ...]:
    """Return the symbols among which a position of this one may go on; none without a rename."""
    quote = symbol.rpartition("-")[2]
    names = {name for one in concerning(renames, base_of(symbol)) for name in (one.old, one.new)}
    return tuple(Symbol(f"{name}-{quote}") for name in sorted(names))


class DueRenames:
    """Renames in order of time, handed out as fills reach them."""

    __slots__ = ("_next", "every")

    def __init__(self, renames: Iterable[Rename]) -> None:
        self.every = tuple(renames)
        self._next = 0

    def until(self, at: datetime | None) -> Iterator[Rename]:
        """Yield the renames up to a moment (None: all) that were not handed out before."""
        while self._next < len(self.every) and (at is None or self.every[self._next].at <= at):
            self._next += 1
            yield self.every[self._next - 1]
