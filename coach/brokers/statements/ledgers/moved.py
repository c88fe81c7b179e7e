"""Rows of a ledger that are no part of a trade: which coin moved, and how much."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.brokers.base import Other, is_id, kind_of, printable
from coach.brokers.statements import pairs, times
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.mapping import figures
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.unreadable import Unreadable
from coach.model.movements import Movement, StatedBalance

UNREAD = "what moved could not be read in a row that is no trade; it is counted by its kind alone"
LONGEST_WALLET = 60
ReadCoin = Callable[[str, int], str]


class EntryColumns(NamedTuple):
    """Where the cells of an entry stand; -1 is a column that the file does not have.

    `amount` is without the fee, which is above zero where something was charged.
    """

    time: int
    coin: int
    amount: int
    fee: int = -1
    reference: int = -1
    balance: int = -1
    wallets: tuple[int, ...] = ()
    read_coin: ReadCoin = pairs.coin
    read_time: Callable[..., times.Moment] = times.on_clock


class EntryReader:
    """Reads what a row did to a coin, and what it says is there then."""

    def __init__(self, sheet: StatementSheet, notices: Notices, at: EntryColumns) -> None:
        self._sheet, self._notices, self._at = sheet, notices, at
        self.balances: list[StatedBalance] = []

    def other(self, row: list[str], line: int, word: str) -> Other:
        """Return a row as what it is called, with the coin that it moved.

        The balance that it states is kept in `balances`.
        """
        kind = kind_of(word) or "without a word"
        try:
            moved = self._movement(row)
        except Unreadable:
            self._notices.add(UNREAD, line)
            return Other(kind, line)
        self.balances += self.stated(row, line, moved.coin, moved.at)
        return Other(kind, line, (moved,) if moved.quantity else ())

    def _movement(self, row: list[str]) -> Movement:
        at = self._at
        moment, _ = at.read_time(figures.bare(row[at.time]), at.time, self._sheet.zone)
        coin = at.read_coin(figures.bare(row[at.coin]), at.coin)
        fee = self._number(row, at.fee) or ZERO
        amount = self._number(row, at.amount)
        if amount is None:
            raise Unreadable(at.amount, "expected an amount")
        reference = figures.bare(row[at.reference])
        name = reference if is_id(reference) else ""
        return Movement(coin, EXACT.subtract(amount, fee), moment, fee, name)

    def stated(self, row: list[str], line: int, coin: str, at: datetime) -> list[StatedBalance]:
        """Return the balance that a row states, nothing where it states none that can be read."""
        try:
            balance = self._number(row, self._at.balance)
        except Unreadable:
            balance = None
        if balance is None:
            return []
        wallet = " ".join(row[place].strip() for place in self._at.wallets)[:LONGEST_WALLET]
        return [StatedBalance(coin, balance, at, printable(wallet), line)]

    def _number(self, row: list[str], where: int) -> Decimal | None:
        return figures.figure(row[where], where, self._sheet.mark("dot"))[0]
