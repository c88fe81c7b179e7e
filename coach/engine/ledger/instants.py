"""Fills of one instant: in which order they happened, when buys and sells carry the same time.

Many exports print whole seconds, so a scalp's buy and sell, or a close and the next entry, may
share one. Their order decides where a trade ends. It follows from the first of these that tells:

1. ids that count: one prefix and a number (`8`, `9`, `10`; `n1`, `n2`), the smaller first;
2. the order of the files that report them, each turned round where it runs from new to old; not
   where it sells what an account that cannot be short does not hold;
3. what is possible: no sale before its purchase in an account that cannot be short, and the
   position returns to flat before it is opened anew. Where another order is possible that may end
   trades differently, this is a guess.

Fills of one side change nothing by their order and stay in the book's.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from heapq import heappop, heappush
from itertools import chain, pairwise
from typing import NamedTuple

from coach.engine.ledger.dust import LARGEST_SHARE
from coach.engine.ledger.exact import ZERO, add, multiply, subtract
from coach.model.fills import Side

MOST_WEIGHED = 200
"""Fills of an instant that are taken one after another by what is possible; of more, all of one
side come before the other.
"""

_COUNTED = re.compile(r"(?P<prefix>.*?)(?P<number>[0-9]{1,19})", re.ASCII | re.DOTALL)


class FillInInstant(NamedTuple):
    """A fill as far as its order among the fills of its instant goes.

    `quantity` is what it moves, its fee in the coin included. `native_id` is the source's own id,
    or empty.
    """

    side: Side
    quantity: Decimal
    native_id: str = ""


class InstantOrder(NamedTuple):
    """The positions of the fills of an instant, in the order in which the ledger takes them."""

    places: list[int]
    guessed: bool


class CountingId(NamedTuple):
    """An id that is one prefix and a number."""

    prefix: str
    number: int


def counting_id(native_id: str) -> CountingId | None:
    """Return an id as a prefix and a number; None where it does not end with one."""
    match = _COUNTED.fullmatch(native_id)
    return match and CountingId(match["prefix"], int(match["number"]))


def order_instant(
    fills: Sequence[FillInInstant],
    held: Decimal,
    *,
    shorts: bool,
    files: Iterable[Sequence[int]] = (),
    ids_count: bool = True,
) -> InstantOrder:
    """Return in which order the fills of one instant and book happened.

    `held` is the signed position before the instant, in the base coin. `fills` come in the book's
    own order, which decides among fills that nothing else tells apart. `files` are the positions
    in `fills` of the rows of a file, the oldest first. `ids_count` is False where the ids
    of this book are known not to rise with time.
    """
    if len({fill.side for fill in fills}) == 1:
        return InstantOrder([*range(len(fills))], guessed=False)
    counted = _by_counting_id(fills) if ids_count else None
    if counted is not None:
        return InstantOrder(counted, guessed=False)
    filed = _by_files(fills, files)
    if filed is not None and (shorts or not _oversells(fills, filed, held)):
        return InstantOrder(filed, guessed=False)
    return _by_what_is_possible(fills, held, shorts=shorts)


def _by_counting_id(fills: Sequence[FillInInstant]) -> list[int] | None:
    ids = [counting_id(fill.native_id) for fill in fills]
    numbers = [one.number for one in ids if one is not None]
    if len(numbers) < len(fills) or len({one.prefix for one in ids if one is not None}) > 1:
        return None
    sides: dict[int, Side] = {}
    for number, fill in zip(numbers, fills, strict=True):
        if sides.setdefault(number, fill.side) != fill.side:
            return None
    return sorted(range(len(fills)), key=numbers.__getitem__)


def _by_files(fills: Sequence[FillInInstant], files: Iterable[Sequence[int]]) -> list[int] | None:
    """Return the one order of the sides that all files agree on, None where there is not one."""
    after: dict[int, set[int]] = defaultdict(set)
    for rows in files:
        for earlier, later in pairwise(rows):
            after[earlier].add(later)
    waits_for = Counter(chain.from_iterable(after.values()))
    free: dict[Side, list[int]] = {"buy": [], "sell": []}
    for place, fill in enumerate(fills):
        if not waits_for[place]:
            free[fill.side].append(place)
    ordered: list[int] = []
    while bool(free["buy"]) != bool(free["sell"]):
        place = heappop(free["buy"] or free["sell"])
        ordered.append(place)
        for later in after[place]:
            waits_for[later] -= 1
            if not waits_for[later]:
                heappush(free[fills[later].side], later)
    return ordered if len(ordered) == len(fills) else None


def _oversells(fills: Sequence[FillInInstant], places: Sequence[int], held: Decimal) -> bool:
    for place in places:
        fill = fills[place]
        if fill.side == "sell" and not _fits(fill.quantity, held):
            return True
        held = _moved(held, fill)
    return False


def _by_what_is_possible(
    fills: Sequence[FillInInstant], held: Decimal, *, shorts: bool
) -> InstantOrder:
    possible = _PossibleOrder(fills, held, shorts=shorts)
    if len(fills) > MOST_WEIGHED:
        return InstantOrder(possible.finish(), guessed=not possible.stays_open())
    while all(possible.waiting.values()) and not possible.stays_open():
        possible.take_next()
    return InstantOrder(possible.finish(), guessed=possible.guessed)


class _PossibleOrder:
    """An order under way that closes the position where it can and opens it where it must."""

    def __init__(self, fills: Sequence[FillInInstant], held: Decimal, *, shorts: bool) -> None:
        self._fills = fills
        self._held = held
        self._shorts = shorts
        self._ordered: list[int] = []
        self.guessed = False
        self.waiting: dict[Side, list[int]] = {"buy": [], "sell": []}
        for place, fill in enumerate(fills):
            self.waiting[fill.side].append(place)

    def _closing_side(self) -> Side:
        return "buy" if self._held < ZERO else "sell"

    def stays_open(self) -> bool:
        """Return whether no order of what waits could bring the position back to flat."""
        closing = self._total(self.waiting[self._closing_side()])
        return bool(self._held) and closing < self._without_dust(self._held.copy_abs())

    def take_next(self) -> None:
        """Take what closes the position exactly, else the next fill that opens or adds."""
        closing = self._closing_side()
        if self._held:
            exact = self._exactly(self.waiting[closing])
            if exact:
                self.guessed = True
                self._take(closing, exact)
                return
        if self._shorts or any(
            _fits(self._fills[place].quantity, self._held) for place in self.waiting["sell"]
        ):
            self.guessed = True
        opening: Side = "sell" if self._held < ZERO else "buy"
        self._take(opening, self.waiting[opening][:1])

    def finish(self) -> list[int]:
        """Return the order; of what waits, what closes the position comes first if it can."""
        closing = self._closing_side()
        total = self._total(self.waiting[closing])
        first: Side = closing if self._held and total <= self._held.copy_abs() else "buy"
        second: Side = "sell" if first == "buy" else "buy"
        return [*self._ordered, *self.waiting[first], *self.waiting[second]]

    def _exactly(self, places: Sequence[int]) -> list[int]:
        """Return the first of these fills that make up the position, or the one that does."""
        total = ZERO
        for count, place in enumerate(places, 1):
            total = add(total, self._fills[place].quantity)
            if self._is_all(total):
                return [*places[:count]]
        return next(([one] for one in places if self._is_all(self._fills[one].quantity)), [])

    def _is_all(self, quantity: Decimal) -> bool:
        held = self._held.copy_abs()
        return self._without_dust(held) <= quantity and _fits(quantity, held)

    @staticmethod
    def _without_dust(quantity: Decimal) -> Decimal:
        return subtract(quantity, multiply(quantity, LARGEST_SHARE))

    def _take(self, side: Side, places: Sequence[int]) -> None:
        for place in places:
            self.waiting[side].remove(place)
            self._ordered.append(place)
            self._held = _moved(self._held, self._fills[place])
        largest = max(self._fills[place].quantity for place in places)
        if self._held.copy_abs() <= multiply(largest, LARGEST_SHARE):
            self._held = ZERO

    def _total(self, places: Sequence[int]) -> Decimal:
        total = ZERO
        for place in places:
            total = add(total, self._fills[place].quantity)
        return total


def _moved(held: Decimal, fill: FillInInstant) -> Decimal:
    move = add if fill.side == "buy" else subtract
    return move(held, fill.quantity)


def _fits(quantity: Decimal, held: Decimal) -> bool:
    """Return whether a sale is covered by what is held, but for dust."""
    return quantity <= add(held, multiply(quantity, LARGEST_SHARE))
