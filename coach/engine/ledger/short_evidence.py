"""Whether an account of which nobody said so can be short, as its fills look.

A sale from flat can be read in two ways: it opened a short, or it sold coins whose purchase is
missing. Traders mostly leave a position whole, so the right reading brings a book back to exactly
flat more often. Each book with such a sale is read both ways, and the returns to flat after the
first one are counted:

    sell 10, buy 10           as a short flat once; as spot 10 coins stay: a short
    sell 1, buy 1, sell 1     as a short flat once, then short; as spot flat once: a tie
    sell 2, buy 1, sell 1     as a short never flat; as spot flat once: spot

A tie is spot. Where neither reading is ever flat, a short that was bought back in part counts
against one that was bought back by more than was sold.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from coach.engine.ledger.dust import LARGEST_SHARE, is_rounding
from coach.engine.ledger.exact import ZERO, add, multiply
from coach.engine.ledger.restate import in_quote
from coach.engine.ledger.splits import DueSplits, after_split
from coach.model.entries.splits import Split
from coach.model.fills import BookFill, Symbol


@dataclass(frozen=True, slots=True)
class ShortEvidence:
    """What one book with a sale from flat says; `at` is that sale, `is_first_row` if it came first.

    `flat_as_short` and `flat_as_spot` count the returns to flat by each reading. `left` is bought
    less sold at the end, `held_as_spot` whether coins are left when it is read as spot.
    """

    at: datetime
    is_first_row: bool
    flat_as_short: int
    flat_as_spot: int
    left: Decimal
    held_as_spot: bool


def looks_short(books: Iterable[ShortEvidence]) -> bool:
    """Return whether the fills of an account's books look like those of one that can be short."""
    short = spot = partly = beyond = 0
    for book in books:
        short += book.flat_as_short
        spot += book.flat_as_spot
        partly += book.left < ZERO and book.held_as_spot
        beyond += book.left > ZERO
    if short or spot:
        return short > spot
    return partly > beyond


def weigh(
    fills: Iterable[BookFill], symbol: Symbol, splits: Iterable[Split] = ()
) -> ShortEvidence | None:
    """Return what the fills of a book say, in book order; None where nothing was sold from flat.

    `splits` are those of its coin, oldest first. Trades on margin say nothing: they move no owned
    coin.
    """
    base, _, quote = symbol.rpartition("-")
    both, due = _TwoReadings(), DueSplits(splits)
    for place, fill in enumerate(one for one in fills if not one.margin):
        for split in due.until(fill.at):
            both.split(split)
        moved = in_quote(fill, base, quote)
        in_coin = bool(fill.fee) and fill.fee_currency == base
        if moved.quantity:
            both.take(moved, first=place == 0, coin_fee=in_coin)
    return both.evidence()


class _Position:
    """A position by one reading, signed, and the largest it was since it was last flat."""

    __slots__ = ("held", "largest")

    def __init__(self) -> None:
        self.held = self.largest = ZERO

    def move(self, quantity: Decimal) -> bool:
        """Move it; return whether it crossed flat."""
        before = self.held
        self.held = add(before, quantity)
        crossed = before.is_signed() != self.held.is_signed() and bool(before and self.held)
        self.largest = max(ZERO if crossed else self.largest, self.held.copy_abs())
        return crossed

    def split(self, split: Split) -> None:
        """Let a split take effect on it."""
        self.held = after_split(self.held, split)
        self.largest = after_split(self.largest, split)

    def is_flat(self, *, dusty: bool) -> bool:
        """Return whether nothing but rounding, or dust of fees in the coin, is left."""
        left = self.held.copy_abs()
        if not left or is_rounding(left, self.largest):
            return True
        return dusty and left <= multiply(self.largest, LARGEST_SHARE)


class _TwoReadings:
    """A book read as one that can be short, and as spot."""

    def __init__(self) -> None:
        self._short, self._spot = _Position(), _Position()
        self._first: tuple[datetime, bool] | None = None
        self._flat_as_short = self._flat_as_spot = 0
        self._dusty = False

    def take(self, fill: BookFill, *, first: bool, coin_fee: bool) -> None:
        """Take a fill whose fee in the coin is in its quantity."""
        self._dusty = self._dusty or coin_fee
        signed = fill.quantity if fill.side == "buy" else fill.quantity.copy_negate()
        known = self._first is not None
        self._flat_as_spot += self._move_spot(signed, fill, first=first) and known
        self._short.move(signed)
        if self._short.is_flat(dusty=self._dusty):
            self._flat_as_short += known
            self._short.largest = ZERO

    def split(self, split: Split) -> None:
        """Let a split take effect on both."""
        self._short.split(split)
        self._spot.split(split)

    def _move_spot(self, signed: Decimal, fill: BookFill, *, first: bool) -> bool:
        """Move the position by spot; return whether a sale that was covered made it flat."""
        spot = self._spot
        largest = spot.largest
        spot.move(signed)
        if spot.held < ZERO:
            beyond = spot.held.copy_abs()
            spot.held = spot.largest = ZERO
            if not is_rounding(beyond, largest):
                self._first = self._first or (fill.at, first)
                return False
            return True
        if fill.side == "sell" and spot.is_flat(dusty=self._dusty):
            spot.largest = ZERO
            return True
        return False

    def evidence(self) -> ShortEvidence | None:
        """Return what was counted."""
        if self._first is None:
            return None
        left = self._short.held
        return ShortEvidence(
            *self._first,
            self._flat_as_short,
            self._flat_as_spot,
            ZERO if self._short.is_flat(dusty=self._dusty) else left,
            not self._spot.is_flat(dusty=self._dusty),
        )
