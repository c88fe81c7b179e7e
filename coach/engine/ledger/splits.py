"""What a split does to a quantity, and which split an entry tells.

A split takes effect before the fills of its own moment, and after what else moved then. The
quantity of what is open changes, what it cost does not: so nothing of the money is divided, and a
ratio such as 1:7 leaves no cent behind.

The ratio is the one that the entry names (`split 3:2`, `SPLIT 10 FOR 1`). Without one it is what
the balance became by the entry over what it was before.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from coach.engine.ledger.exact import ZERO, add, multiply, plain, scaled, subtract
from coach.model.entries.kinds import entry_kind
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, base_of
from coach.model.movements import AccountMovement
from coach.model.trades import UnknownBasis

_RATIO = re.compile(r"(\d+(?:\.\d+)?)[ -]*(?::|/|\bfor\b)[ -]*(\d+(?:\.\d+)?)", re.IGNORECASE)
ROUNDED_BY_SOURCE = Decimal("1E-4")
"""The part of a quantity by which a source's rounding may make it differ from the ratio's."""
WHOLE = Decimal(1)


def ratio_in(text: str) -> tuple[int, int] | None:
    """Return the units after a split and before it that a text names, in lowest terms."""
    found = _RATIO.search(text)
    return None if found is None else lowest(Fraction(found[1]), Fraction(found[2]))


def lowest(after: Fraction, before: Fraction) -> tuple[int, int] | None:
    """Return two amounts as whole numbers in lowest terms; None where they are no split."""
    if after <= 0 or before <= 0 or after == before:
        return None
    ratio = after / before
    return ratio.numerator, ratio.denominator


def split_of(at: datetime, word: str, change: Decimal | None, held: Decimal) -> Split | None:
    """Return the split that an entry tells: its word, what it changed, what was held before.

    None where neither its word nor its quantity says the ratio.
    """
    left = ZERO if change is None else add(held, change)
    named = ratio_in(word)
    known = change is not None and bool(held) and left * held > 0
    if named is None:
        ratio = lowest(Fraction(left), Fraction(held)) if known and held > 0 else None
        ratio = ratio or (lowest(-Fraction(left), -Fraction(held)) if known else None)
        return None if ratio is None else Split(at, *ratio, plain(held), plain(left))
    if known and _agrees(left, scaled(held, Decimal(named[0]), Decimal(named[1]))):
        return Split(at, *named, plain(held), plain(left))
    return Split(at, *named, ZERO, ZERO)


def _agrees(left: Decimal, by_ratio: Decimal) -> bool:
    """Return whether a quantity is the ratio's, rounded, or without a fraction of a unit."""
    off = subtract(left, by_ratio).copy_abs()
    if off <= multiply(by_ratio.copy_abs(), ROUNDED_BY_SOURCE):
        return True
    return left == left.to_integral_value() and off < WHOLE


def after_split(quantity: Decimal, split: Split) -> Decimal:
    """Return what a signed quantity becomes by a split, to 18 decimals where it is not exact."""
    if split.held and quantity == split.held:
        return split.left
    return scaled(quantity, Decimal(split.after), Decimal(split.before))


def words_of_split(split: Split) -> list[str]:
    """Return a split as text, each of its parts by itself."""
    at, after, before, held, left = split
    return [at.isoformat(), str(after), str(before), f"{held:f}", f"{left:f}"]


def before(splits: Iterable[Split], moment: datetime) -> tuple[Split, ...]:
    """Return those before a moment."""
    return tuple(one for one in splits if one.at < moment)


def in_units_of_today(fills: Iterable[BookFill], splits: Sequence[Split]) -> Iterator[BookFill]:
    """Yield fills with quantity and price in the units after all splits, the price rounded."""
    for fill in fills:
        quantity, price = fill.quantity, fill.price
        for split in splits:
            if split.at > fill.at:
                after, before = Decimal(split.after), Decimal(split.before)
                quantity, price = scaled(quantity, after, before), scaled(price, before, after)
        yield fill if quantity is fill.quantity else fill._replace(quantity=quantity, price=price)


def quantity_since(moves: Iterable[tuple[datetime, Decimal]], splits: Iterable[Split]) -> Decimal:
    """Return what signed quantities, by time, come to when each split takes effect in its turn."""
    held, due = ZERO, DueSplits(splits)
    for at, quantity in moves:
        for split in due.until(at):
            held = after_split(held, split)
        held = add(held, quantity)
    for split in due.until(None):
        held = after_split(held, split)
    return held


def restated(
    movements: Iterable[AccountMovement], splits: Mapping[tuple[str, str], Sequence[Split]]
) -> list[AccountMovement]:
    """Return movements in the units after the splits, which are no movements themselves.

    `splits` are by the name of an account and a coin.
    """
    found = []
    for one in movements:
        own = splits.get((one.account, one.coin), ())
        if own and entry_kind(one.kind, one.quantity) == "split":
            continue
        if own and one.quantity is not None:
            later = [split for split in own if split.at >= one.at]
            one = one._replace(quantity=_through(one.quantity, later))  # noqa: PLW2901 - restated
        found.append(one)
    return found


def restated_sales(
    unknown: Iterable[UnknownBasis], splits: Mapping[tuple[str, str], Sequence[Split]]
) -> list[UnknownBasis]:
    """Return sales without a purchase with their quantity in the units after the splits."""
    found = []
    for line in unknown:
        own = splits.get((line.account, base_of(line.symbol)), ())
        quantity = _through(line.quantity, [split for split in own if split.at > line.at])
        found.append(replace(line, quantity=quantity) if own else line)
    return found


def _through(quantity: Decimal, splits: Iterable[Split]) -> Decimal:
    for split in splits:
        quantity = scaled(quantity, Decimal(split.after), Decimal(split.before))
    return quantity


class DueSplits:
    """The splits of a book in order of time, handed out as its fills reach them."""

    __slots__ = ("_next", "every")

    def __init__(self, splits: Iterable[Split]) -> None:
        self.every = tuple(splits)
        self._next = 0

    def until(self, at: datetime | None) -> tuple[Split, ...]:
        """Return the splits up to a moment (None: all) that were not handed out before."""
        first = self._next
        while self._next < len(self.every) and (at is None or self.every[self._next].at <= at):
            self._next += 1
        return self.every[first : self._next]

    def skip(self) -> None:
        """Count all of them as handed out."""
        self._next = len(self.every)
