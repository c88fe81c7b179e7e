"""What is still there of open positions, when a coin is followed through its whole account.

A book holds one symbol, a coin does not know under which quote it was bought. So all coins of an
account stand in one row, in the order in which they came: those that positions hold open, and those
that entries brought. What left otherwise than by a sale in the position's own book is taken from
the front. No realised result changes by it: it only says which positions are still open.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.engine.ledger.doubts import OpenPosition, is_sale
from coach.engine.ledger.exact import ZERO, multiply, negated, subtract
from coach.model.fills import Symbol, base_of
from coach.model.movements import AccountMovement
from coach.model.trades import UnknownBasis

SMALLEST_SHARE = Decimal(100)
"""Of a position of which less than this part is left, nothing is: the rest went as fees."""


class HeldPart(NamedTuple):
    """How much of a position is left, and since when nothing is; None where something is."""

    left: Decimal
    over_at: datetime | None = None


@dataclass(slots=True)
class _Coins:
    since: datetime
    left: Decimal
    position: tuple[str, Symbol] | None
    size: Decimal
    over_at: datetime | None = None

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
) -> dict[tuple[str, Symbol], HeldPart]:
    """Return how much of each position is left, by account and symbol, and since when nothing is.

    `unknown` are sales without a known purchase; of `movements` what has no quantity counts as
    nothing.
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
        for at, quantity in sorted(parts):
            _take(row, at, quantity)
    return {
        each.position: HeldPart(each.left if each.over_at is None else ZERO, each.over_at)
        for row in held.values()
        for each in row
        if each.position is not None
    }


def _take(row: list[_Coins], at: datetime, quantity: Decimal) -> None:
    """Take so much from what came first, of what was there by then."""
    for coins in row:
        if not quantity or coins.since > at:
            return
        quantity = subtract(quantity, coins.take(at, quantity))
