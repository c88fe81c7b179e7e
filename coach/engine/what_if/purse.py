"""The money that a history and its replay had, moment by moment.

Free money = what the accounts began with, plus what was earned, less what is in open positions at
their cost; a short ties up its cost as well. What the history borrowed, its venue allowed: a replay
may be short of money by as much as the history ever was by then, and by no more.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

from coach.engine.ledger.exact import ZERO, add, multiply, quotient, subtract
from coach.engine.ledger.splits import after_split
from coach.engine.what_if.edits import part_of
from coach.model.entries.splits import Split
from coach.model.fills import Side

FACTOR = Decimal("1E-12")
WHOLE = Decimal(1)


@dataclass(slots=True)
class CashBalance:
    """`free` money, and what closed trades `earned`, in the quote currency."""

    free: Decimal
    earned: Decimal = ZERO


class Purse:
    """Both sides; without a known beginning nothing is ever too dear."""

    __slots__ = ("_least", "_start", "actual", "replay")

    def __init__(self, start: Decimal | None) -> None:
        self._start = start
        begins = ZERO if start is None else start
        self.actual, self.replay = CashBalance(begins), CashBalance(begins)
        self._least = ZERO

    def note(self) -> None:
        """Note how short of money the history itself has been."""
        self._least = min(self._least, self.actual.free)

    def affordable(self, cost: Decimal) -> Decimal:
        """Return how much of what costs so much the replay can pay for, 0 to 1."""
        if self._start is None:
            return WHOLE
        room = subtract(self.replay.free, self._least)
        if cost <= room:
            return WHOLE
        return _cut(quotient(room, cost)) if room > 0 else ZERO

    def growth(self) -> Decimal:
        """Return the replay's equity over the history's; both are those of closed trades."""
        if self._start is None or self.replay.earned == self.actual.earned:
            return WHOLE
        mine, theirs = add(self._start, self.replay.earned), add(self._start, self.actual.earned)
        return _cut(quotient(mine, theirs)) if mine > 0 and theirs > 0 else ZERO


class Holding:
    """A position and the money in it, at average cost without fees."""

    __slots__ = ("cost", "money", "quantity")

    def __init__(self, money: CashBalance) -> None:
        self.money = money
        self.quantity = self.cost = ZERO

    def enter(self, quantity: Decimal, price: Decimal, fee: Decimal) -> Decimal:
        """Add to it; return the notional."""
        notional = multiply(quantity, price)
        self.quantity = add(self.quantity, quantity)
        self.cost = add(self.cost, notional)
        self.money.free = subtract(self.money.free, add(notional, fee))
        return notional

    def leave(self, side: Side, quantity: Decimal, price: Decimal, fee: Decimal) -> None:
        """Take from a position that was entered on `side`."""
        released = part_of(self.cost, quantity, self.quantity)
        notional = multiply(quantity, price)
        gain = subtract(notional, released) if side == "buy" else subtract(released, notional)
        self.quantity = subtract(self.quantity, quantity)
        self.cost = subtract(self.cost, released)
        self.money.free = add(self.money.free, subtract(add(released, gain), fee))

    def split(self, split: Split, side: Side) -> None:
        """Let a split take effect on a position that was entered on `side`; its cost stays."""
        signed = self.quantity if side == "buy" else self.quantity.copy_negate()
        self.quantity = after_split(signed, split).copy_abs()


def _cut(value: Decimal) -> Decimal:
    return value.quantize(FACTOR, ROUND_DOWN)
