"""What is still there of open positions, when a coin is followed through its whole account.

A book holds one symbol, a coin does not know under which quote it was bought. So all coins of an
account stand in one row, in the order in which they came: those that positions hold open, and those
that entries brought. What left otherwise than by a sale in the position's own book is taken from
the front. No realised result changes by it: it only says which positions are still open.

Coins may leave while the books hold others that a trade closes later: what that trade sells then is
not what left, so as much is taken from the front when it is closed.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from functools import partial
from heapq import heappop, heappush
from typing import NamedTuple

from coach.engine.ledger.doubts import OpenPosition, is_sale
from coach.engine.ledger.exact import ZERO, add, multiply, negated, subtract
from coach.model.fills import Symbol, base_of
from coach.model.movements import AccountMovement
from coach.model.trades import UnknownBasis

SMALLEST_SHARE = Decimal(100)
"""Of a position of which less than this part is left, nothing is: the rest went as fees."""


class ClosedTrade(NamedTuple):
    """A trade that is over: so many coins of it were there from one moment up to the other."""

    symbol: Symbol
    quantity: Decimal
    since: datetime
    until: datetime


ClosedLater = Callable[[str, str, Sequence[datetime]], Sequence[ClosedTrade]]
"""Returns the trades of an account and coin that were open at one of some moments, and are over."""
_ClosedOfCoin = Callable[[Sequence[datetime]], Sequence[ClosedTrade]]


class SoldElsewhere(NamedTuple):
    """Coins of a position that a trade of another book sold, whose own coins had left before."""

    symbol: Symbol
    quantity: Decimal
    at: datetime


class HeldPart(NamedTuple):
    """How much of a position is left, and since when nothing is; None where something is."""

    left: Decimal
    over_at: datetime | None = None
    sold_elsewhere: tuple[SoldElsewhere, ...] = ()


@dataclass(slots=True)
class _Coins:
    since: datetime
    left: Decimal
    position: tuple[str, Symbol] | None
    size: Decimal
    over_at: datetime | None = None
    sold_elsewhere: tuple[SoldElsewhere, ...] = ()

    def take(self, at: datetime, quantity: Decimal) -> Decimal:
        """Take up to so much and return how much that was; less than a hundredth is nothing."""
        part = min(self.left, quantity)
        self.left = subtract(self.left, part)
        if self.over_at is None and multiply(self.left, SMALLEST_SHARE) < self.size:
            self.over_at = at
        return part


def still_held(
    positions: Iterable[OpenPosition],
    unknown: Iterable[UnknownBasis],
    movements: Iterable[AccountMovement],
    closed_later: ClosedLater,
) -> dict[tuple[str, Symbol], HeldPart]:
    """Return how much of each position is left, by account and symbol, and since when nothing is.

    `unknown` are sales without a known purchase; of `movements` what has no quantity counts as
    nothing. `closed_later` is asked only for coins that left while no open position had them.
    """
    held: dict[tuple[str, str], list[_Coins]] = defaultdict(list)
    taken: dict[tuple[str, str], list[tuple[datetime, Decimal]]] = defaultdict(list)
    for one in positions:
        name = one.account, one.symbol
        coins = _Coins(one.since, one.quantity, name, one.quantity)
        held[one.account, base_of(one.symbol)].append(coins)
    for moved in movements:
        quantity = moved.quantity or ZERO
        if quantity > ZERO:
            held[moved.account, moved.coin].append(_Coins(moved.at, quantity, None, quantity))
        elif quantity < ZERO:
            taken[moved.account, moved.coin].append((moved.at, negated(quantity)))
    for line in filter(is_sale, unknown):
        taken[line.account, base_of(line.symbol)].append((line.at, line.quantity))
    for coin, parts in taken.items():
        row = sorted(held.get(coin, ()), key=lambda each: each.since)
        held[coin] = _after(row, sorted(parts), partial(closed_later, *coin))
    return {
        each.position: HeldPart(
            each.left if each.over_at is None else ZERO, each.over_at, each.sold_elsewhere
        )
        for row in held.values()
        for each in row
        if each.position is not None
    }


def _after(
    row: Sequence[_Coins], parts: Sequence[tuple[datetime, Decimal]], closed_later: _ClosedOfCoin
) -> list[_Coins]:
    """Return the row without what left of it, each part at its time."""
    after = [replace(each) for each in row]
    elsewhere = [at for at, quantity in parts if _take(after, at, quantity)]
    opened = [each.since for each in after if each.left and each.position is not None]
    if not opened or not elsewhere or elsewhere[0] >= max(opened):
        return after
    owed = _Owed(closed_later, max(opened))
    owed.learn(elsewhere)
    if not owed.is_any:
        return after
    after = [replace(each) for each in row]
    for at, quantity in parts:
        owed.settle(after, at)
        owed.put_off(at, _take(after, at, quantity))
    owed.settle(after, None)
    return after


class _Owed:
    """What left of trades that are over by now, and that they sold all the same when they closed.

    Trades of one book stand one after the other. What left after the `newest` position was opened
    can have been of it, and nobody owes that.
    """

    def __init__(self, closed_later: _ClosedOfCoin, newest: datetime) -> None:
        self._closed_later, self._newest = closed_later, newest
        self._known: set[datetime] = set()
        self._books: dict[Symbol, list[ClosedTrade]] = defaultdict(list)
        self._owes: dict[ClosedTrade, Decimal] = {}
        self._due: list[tuple[datetime, Symbol, ClosedTrade]] = []

    @property
    def is_any(self) -> bool:
        """Return whether any trade may owe."""
        return bool(self._owes)

    def learn(self, moments: Iterable[datetime]) -> None:
        """Ask which trades were open at some moments, once for each."""
        new = [at for at in moments if at < self._newest and at not in self._known]
        self._known.update(new)
        for one in self._closed_later(new) if new else ():
            if one not in self._owes:
                self._owes[one] = ZERO
                insort(self._books[one.symbol], one, key=_since)

    def put_off(self, at: datetime, quantity: Decimal) -> None:
        """Let the trades that were open then owe what nobody else had, the oldest first."""
        if not quantity:
            return
        self.learn([at])
        places = ((own, bisect_right(own, at, key=_since) - 1) for own in self._books.values())
        begun = (own[place] for own, place in places if place >= 0)
        for one in sorted((one for one in begun if at < one.until), key=_since):
            part = min(quantity, subtract(one.quantity, self._owes[one]))
            if part and not self._owes[one]:
                heappush(self._due, (one.until, one.symbol, one))
            self._owes[one] = add(self._owes[one], part)
            quantity = subtract(quantity, part)

    def settle(self, row: Sequence[_Coins], before: datetime | None) -> None:
        """Let the trades that were closed before a moment (None: all) sell what others have."""
        while self._due and (before is None or self._due[0][0] < before):
            at, symbol, one = heappop(self._due)
            quantity, self._owes[one] = self._owes[one], ZERO
            if rest := _take(row, at, quantity, symbol):
                self.put_off(at, rest)


def _since(one: ClosedTrade) -> datetime:
    return one.since


def _take(
    row: Iterable[_Coins], at: datetime, quantity: Decimal, symbol: Symbol | None = None
) -> Decimal:
    """Take so much from what came first, of what was there by then; return what was not there.

    `symbol` is the book that sold it, where its own position is open no more.
    """
    for coins in row:
        if not quantity or coins.since > at:
            break
        part = coins.take(at, quantity)
        if part and symbol is not None:
            coins.sold_elsewhere += (SoldElsewhere(symbol, part, at),)
        quantity = subtract(quantity, part)
    return quantity
