"""Fills from a Coinbase key, as a source like any statement.

Coinbase filters by the time it filed a fill and not by the time of the trade, so the window asked
for is wider than the one wanted, and the trade's own time decides here.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.client import CoinbaseClient
from coach.brokers.coinbase.paging import WindowReading
from coach.brokers.coinbase.reading import (
    Product,
    Raw,
    is_in_quote,
    read_fill,
    read_moment,
    read_product,
)
from coach.brokers.net.parsing import printable
from coach.errors import AuthenticationFailed, BrokerTrouble, KeyCanDoTooMuch
from coach.model.accounts import key_powers
from coach.model.fills import Fill

INFO = SourceInfo(
    name="coinbase-api",
    family="coinbase-api",
    broker=BROKER,
    account="coinbase",
    rank=30,
    shorts=False,
)
MARGIN = timedelta(days=1)
NOT_LISTED = frozenset({400, 404})
LONGEST_PRODUCT_ID = 60
MOST_PRODUCTS = 5_000
LONGEST_PORTFOLIO_ID = 80
ADJUSTMENTS = frozenset({"reversal", "correction", "synthetic"})
SAYINGS = {
    "in money": "fills sized in money, quantity = size / price rounded half-even to the product's "
    "step",
    "adjusted": "reversals, corrections and synthetic entries, not applied: compare these orders "
    "with Coinbase",
    "not spot": "fills of futures or unknown products, left out: only spot is read",
    "delisted": "fills of products that Coinbase no longer lists, their coins read from the name",
}


@dataclass(frozen=True, slots=True)
class Permissions:
    """What a key may do; None where Coinbase does not say."""

    view: bool | None
    trade: bool | None
    transfer: bool | None
    portfolio: str


def permissions(client: CoinbaseClient) -> Permissions:
    """Ask Coinbase what the key may do, and which one portfolio it sees."""
    permissions_answer = client.get("/key_permissions")
    return Permissions(
        view=_yes_or_no(permissions_answer.get("can_view")),
        trade=_yes_or_no(permissions_answer.get("can_trade")),
        transfer=_yes_or_no(permissions_answer.get("can_transfer")),
        portfolio=printable(
            str(permissions_answer.get("portfolio_uuid") or ""), LONGEST_PORTFOLIO_ID
        ),
    )


def refuse_if_too_strong(allowed: Permissions) -> None:
    """Raise KeyCanDoTooMuch unless the key provably can neither trade nor move money."""
    powers = key_powers(asdict(allowed))
    if powers:
        hint = "make a new key at Coinbase with nothing but View ticked, and delete this one"
        raise KeyCanDoTooMuch(hint, powers=" and ".join(powers))
    if allowed.view is not True:
        raise AuthenticationFailed(broker=BROKER, reason="this key may not even view")


@dataclass(slots=True)
class CoinbaseSource:
    """The fills with a trade time from `since` (None: ever) up to and including `until`."""

    client: CoinbaseClient
    info: SourceInfo
    since: datetime | None
    until: datetime
    _products: dict[str, Product | None] = field(default_factory=dict)
    _counts: Counter[str] = field(default_factory=Counter)
    _in_doubt: bool = False

    def rows(self) -> Iterator[Row]:
        """Yield fills newest first; a fresh pass asks Coinbase again."""
        self._counts.clear()
        start = None if self.since is None else self.since - MARGIN
        reading = WindowReading(self.client.get, start, self.until + MARGIN)
        wanted = (entry for entry in reading.entries() if self._is_wanted(entry))
        for line, entry in enumerate(wanted, start=1):
            row = read_fill(entry, self._product(entry), line)
            self._count(row, entry)
            yield row
        self._in_doubt = reading.in_doubt

    def warnings(self) -> tuple[str, ...]:
        """Return what a reader should know, after `rows` is exhausted."""
        return tuple(self._worth_saying())

    def _is_wanted(self, entry: Raw) -> bool:
        moment = read_moment(entry.get("trade_time"))
        if moment is None:
            return True
        return (self.since is None or moment.at >= self.since) and moment.at <= self.until

    def _product(self, entry: Raw) -> Product | None:
        name = entry.get("product_id")
        if not isinstance(name, str) or not _is_product_id(name):
            return None
        if name not in self._products:
            self._products[name] = self._ask_for(name)
        return self._products[name]

    def _ask_for(self, name: str) -> Product | None:
        if len(self._products) >= MOST_PRODUCTS:
            reason = f"its fills name more than {MOST_PRODUCTS} products (limit)"
            raise BrokerTrouble(broker=BROKER, reason=reason)
        try:
            return read_product(self.client.get(f"/products/{name}"))
        except BrokerTrouble as trouble:
            if trouble.facts.get("status") not in NOT_LISTED:
                raise
            return None

    def _count(self, row: Row, entry: Raw) -> None:
        if isinstance(row, Fill):
            self._counts["in money"] += is_in_quote(entry)
            self._counts["delisted"] += self._product(entry) is None
        elif isinstance(row, Other):
            self._counts["adjusted" if row.kind in ADJUSTMENTS else "not spot"] += 1

    def _worth_saying(self) -> Iterator[str]:
        for what, saying in SAYINGS.items():
            if self._counts[what]:
                yield f"{saying}: {self._counts[what]}"
        if self._in_doubt:
            yield "coinbase promised more pages of fills than it gave; import again later"


def _is_product_id(name: str) -> bool:
    plain = name.replace("-", "").replace(".", "")
    return plain.isascii() and plain.isalnum() and len(name) <= LONGEST_PRODUCT_ID


def _yes_or_no(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
