"""What a broker says is there, asked at each sync, as balances to reconcile with.

The broker is asked before its fills are read, so that no fill is missing that had moved a balance.
A coin that moves while the broker is asked is left out: nobody knows on which side of it the
answer lies. So is one whose wallet cannot be read: that is no zero.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from coach.brokers.adapter import OpenBroker, WalletList
from coach.brokers.base import Other, Row
from coach.errors import AuthenticationFailed, BrokerTrouble, TryLater
from coach.model.fills import Fill
from coach.model.movements import EVERY_WALLET, StatedBalance

NEAR = timedelta(minutes=1)
"""A coin that moved so shortly before the broker was asked is left out: clocks differ."""
MOST_NAMED = 10
NONE_READ = WalletList((), whole=False)


@dataclass(slots=True)
class BrokerBalances:
    """What a broker said is there, and the coins of the rows that were read after it.

    `at` is when it had answered. `trouble` says why it did not.
    """

    asked_at: datetime
    at: datetime
    found: WalletList
    trouble: str = ""
    _moved: set[str] = field(default_factory=set)
    _just_moved: set[str] = field(default_factory=set)

    def watch(self, rows: Iterable[Row]) -> Iterator[Row]:
        """Yield rows, and note which coins moved, and which of them just now."""
        just_now = self.asked_at - NEAR
        for row in rows:
            for coin, at in _moves(row):
                self._moved.add(coin)
                if at > just_now:
                    self._just_moved.add(coin)
            yield row

    def rows(self, known: Iterable[str], moving: Collection[str] = ()) -> Iterator[StatedBalance]:
        """Yield what is stated of each coin; of `known` ones that are not listed, zero.

        Of a coin of which something is not in force yet, or came in force meanwhile (`moving`),
        nothing is stated: nobody knows on which side of it a balance lies.
        """
        found = self.found
        stated = {wallet.coin: wallet.quantity for wallet in found.wallets}
        if found.whole:
            absent = {*known, *self._moved} - stated.keys() - found.unread
            stated |= dict.fromkeys(absent, Decimal(0))
        for coin, quantity in sorted(stated.items()):
            if coin not in self._just_moved and coin not in moving:
                yield StatedBalance(coin, quantity, self.at, EVERY_WALLET)

    def notes(self) -> Iterator[str]:
        """Yield what a reader should know."""
        if self.trouble:
            yield f"the balances were not read ({self.trouble}); fills were"
        elif self.found.unread or not self.found.whole:
            named = ", ".join(sorted(self.found.unread)[:MOST_NAMED]) or "of coins without a name"
            yield f"balances that cannot be read, and count as unknown: {named}"


def ask_balances(opened: OpenBroker, clock: Callable[[], datetime]) -> BrokerBalances:
    """Ask a broker what is there; where it does not say, fills are read all the same."""
    asked_at, found, trouble = clock(), NONE_READ, ""
    try:
        found = opened.wallets()
    except (AuthenticationFailed, BrokerTrouble, TryLater) as refused:
        trouble = str(refused)
    return BrokerBalances(asked_at, clock(), found, trouble)


def _moves(row: Row) -> Iterator[tuple[str, datetime]]:
    """Yield the coins that a row moved; a fill on margin moves none."""
    if isinstance(row, Fill):
        if not row.margin:
            base, _, quote = row.symbol.rpartition("-")
            yield from ((coin, row.at) for coin in (base, quote, row.fee_currency))
    elif isinstance(row, Other):
        yield from ((movement.coin, movement.at) for movement in row.movements)
