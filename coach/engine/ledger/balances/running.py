"""What an account holds of each coin, moment by moment, from all that moved it.

Everything of one moment counts together: in which order it came within that moment is not known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.engine.ledger.balances.gaps import Checkpoint
from coach.engine.ledger.exact import ZERO, add, multiply, subtract
from coach.model.accounts import AccountId

SMALLEST = Decimal("1E-8")
"""What a price that was cut off may make a balance wrong by, for each side and fee of a fill."""
Stated = tuple[tuple[str, Decimal], ...]
OwnCoin = tuple[AccountId, str]
BalanceFill = tuple[datetime, AccountId, str, bool, str, str, str, str]
"""A fill as it moves coins: when, of which account and symbol, whether it bought; its quantity,
price and fee as they are written, and the coin of the fee."""


class BalanceEvent(NamedTuple):
    """An entry of the ledger (`change`), or what was stated of a coin, wallet by wallet."""

    at: datetime
    account_id: AccountId
    coin: str
    change: Decimal | None
    stated: Stated = ()


@dataclass(slots=True)
class RunningCoin:
    """A coin of an account after all that was seen of it.

    `derived` counts the sides and fees of fills; `below` is when the balance first was below zero
    by more than those may be wrong by, and what it was then. `last` is when it last moved.
    """

    balance: Decimal = ZERO
    fees: Decimal = ZERO
    entries: Decimal = ZERO
    derived: int = 0
    last: datetime | None = None
    below: tuple[datetime, Decimal] | None = None
    checkpoints: list[Checkpoint] = field(default_factory=list)

    @property
    def fills(self) -> Decimal:
        """Return what fills without their fees come to."""
        return subtract(subtract(self.balance, self.fees), self.entries)


def run(
    fills: Iterable[BalanceFill], events: Iterable[BalanceEvent]
) -> Mapping[OwnCoin, RunningCoin]:
    """Return every coin of every account; fills come by their time, events in any order.

    A fill is a tuple of plain values and its loop is short: there are hundreds of thousands.
    """
    moved = _Moment()
    later = sorted(events, key=lambda one: one.at, reverse=True)
    for fill in fills:
        at = fill[0]
        while later and later[-1].at <= at:
            moved.by_event(later.pop())
        if at != moved.at:
            moved.begin(at)
        moved.by_fill(fill)
    while later:
        moved.by_event(later.pop())
    moved.settle()
    return moved.coins


class _Moment:
    """What moves coins at one moment, and all coins as they are before and after it."""

    __slots__ = ("at", "books", "coins", "stated", "touched")

    def __init__(self) -> None:
        self.coins: dict[OwnCoin, RunningCoin] = {}
        self.books: dict[tuple[AccountId, str], tuple[RunningCoin, RunningCoin]] = {}
        self.at: datetime | None = None
        self.touched: list[RunningCoin] = []
        self.stated: dict[OwnCoin, Stated] = {}

    def begin(self, at: datetime) -> None:
        """Settle what was before, and go on at a later moment."""
        if self.touched or self.stated:
            self.settle()
        self.at = at

    def by_fill(self, fill: BalanceFill) -> None:
        """Move two coins, and a third that the fee was paid in."""
        at, account_id, symbol, is_buy, quantity, price, fee, fee_currency = fill
        bought, paid = self.books.get((account_id, symbol)) or self._book(account_id, symbol)
        amount = Decimal(quantity)
        cost = multiply(amount, Decimal(price))
        if is_buy:
            bought.balance = add(bought.balance, amount)
            paid.balance = subtract(paid.balance, cost)
        else:
            bought.balance = subtract(bought.balance, amount)
            paid.balance = add(paid.balance, cost)
        bought.derived += 1
        paid.derived += 1
        bought.last = paid.last = at
        if bought.below is None:
            self.touched.append(bought)
        if paid.below is None:
            self.touched.append(paid)
        if fee != "0":
            self._charge(account_id, fee_currency, Decimal(fee), at)

    def _charge(self, account_id: AccountId, coin: str, fee: Decimal, at: datetime) -> None:
        if fee:
            charged = self._coin(account_id, coin)
            charged.balance = subtract(charged.balance, fee)
            charged.fees = subtract(charged.fees, fee)
            charged.derived += 1
            charged.last = at
            if charged.below is None:
                self.touched.append(charged)

    def by_event(self, event: BalanceEvent) -> None:
        """Move a coin by an entry, or note what was stated of it."""
        if event.at != self.at:
            self.begin(event.at)
        if event.stated:
            self.stated[event.account_id, event.coin] = event.stated
        if event.change is not None:
            coin = self._coin(event.account_id, event.coin)
            coin.balance = add(coin.balance, event.change)
            coin.entries = add(coin.entries, event.change)
            coin.last = event.at
            self.touched.append(coin)

    def settle(self) -> None:
        """Note what all that happened at the moment left of the coins that it touched."""
        if self.at is None:
            return
        for coin in self.touched:
            balance = coin.balance
            if balance < ZERO and coin.below is None:
                allowed = multiply(SMALLEST, Decimal(coin.derived + 1))
                if balance < allowed.copy_negate():
                    coin.below = self.at, balance
        self.touched.clear()
        for key, stated in self.stated.items():
            coin = self._coin(*key)
            coin.checkpoints.append(Checkpoint(self.at, coin.balance, coin.derived, stated))
        self.stated.clear()

    def _book(self, account_id: AccountId, symbol: str) -> tuple[RunningCoin, RunningCoin]:
        base, _, quote = symbol.rpartition("-")
        found = self._coin(account_id, base), self._coin(account_id, quote)
        self.books[account_id, symbol] = found
        return found

    def _coin(self, account_id: AccountId, name: str) -> RunningCoin:
        key = account_id, name
        found = self.coins.get(key)
        if found is None:
            found = self.coins[key] = RunningCoin()
        return found
