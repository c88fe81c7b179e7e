"""Coinbase, read with a CDP key that can do nothing but view, or with a grant of OAuth.

Coinbase filters by the time it filed a fill and not by the time of the trade, so the window asked
for is wider than the one wanted, and the trade's own time decides here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from coach.brokers.adapter import BrokerPlace, KeyScopes, LeftOut, Revocation, WalletList
from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.coinbase import wallets
from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.auth import read_key
from coach.brokers.coinbase.client import BASE_URL, CoinbaseClient
from coach.brokers.coinbase.entries import CoinbaseEntries
from coach.brokers.coinbase.grants import (
    AUTH_PATH,
    LOGIN_URL,
    SCOPES,
    GrantTokens,
    end_grant,
    granted,
)
from coach.brokers.coinbase.paging import WindowReading
from coach.brokers.coinbase.products import ProductBook, StoppedProduct
from coach.brokers.coinbase.reading import Raw, is_in_quote, read_fill, read_moment, skipped_fill
from coach.brokers.coinbase.user_channel import UserChannel
from coach.brokers.entries import EntryPlace
from coach.brokers.keyed import KeyedAdapter, OpenUnderKey
from coach.brokers.market.coinbase import CoinbaseCandles
from coach.brokers.net.parsing import printable
from coach.brokers.oauth.grant import read_grant
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
WINDOW = timedelta(days=90)
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
IN_DOUBT = "in doubt"
PAGES_MISSING = "coinbase promised more pages of fills than it gave; import again later"
WEAKEST_KEY = "make a new key at Coinbase with nothing but View ticked, and delete this one"
HOW_TO_CHECK = (
    "delete the key at Coinbase: Developer Platform, API keys, Secret API keys; a key cannot delete"
    " itself there"
)


def permissions(client: CoinbaseClient) -> KeyScopes:
    """Ask Coinbase what the key may do, and which one portfolio it sees."""
    answer = client.get("/key_permissions")
    view, trade, transfer = (
        _yes_or_no(answer.get(f"can_{power}")) for power in ("view", "trade", "transfer")
    )
    named = (("view", view), ("trade", trade), ("transfer", transfer))
    return KeyScopes(
        view=view,
        trade=trade,
        transfer=transfer,
        portfolio=printable(str(answer.get("portfolio_uuid") or ""), LONGEST_PORTFOLIO_ID),
        names=tuple(name for name, allowed in named if allowed),
    )


@dataclass(slots=True)
class CoinbaseSource:
    """The fills with a trade time from `since` (None: ever) up to and including `until`."""

    client: CoinbaseClient
    info: SourceInfo
    since: datetime | None
    until: datetime
    products: ProductBook | None = None
    counts: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    def rows(self) -> Iterator[Row]:
        """Yield fills newest first; a fresh pass asks Coinbase again."""
        self.counts.clear()
        self.left_out.clear()
        book = self.products or ProductBook(self.client.get)
        start = None if self.since is None else self.since - MARGIN
        reading = WindowReading(self.client.get, start, self.until + MARGIN)
        wanted = (entry for entry in reading.entries() if self._is_wanted(entry))
        for line, entry in enumerate(wanted, start=1):
            yield self._read(entry, book, line)
        self.counts[IN_DOUBT] += reading.in_doubt

    @property
    def incomplete(self) -> bool:
        """Return whether Coinbase promised more pages than it gave."""
        return self.counts[IN_DOUBT] > 0

    def warnings(self) -> tuple[str, ...]:
        """Return what a reader should know, after `rows` is exhausted."""
        return tuple(describe(self.counts))

    def _is_wanted(self, entry: Raw) -> bool:
        moment = read_moment(entry.get("trade_time"))
        if moment is None:
            return True
        return (self.since is None or moment.at >= self.since) and moment.at <= self.until

    def _read(self, entry: Raw, book: ProductBook, line: int) -> Row:
        product = book.find(entry)
        if isinstance(product, StoppedProduct):
            return self._leave_out(entry, product, line)
        row = read_fill(entry, product, line)
        if isinstance(row, Fill):
            self.counts["in money"] += is_in_quote(entry)
            self.counts["delisted"] += product is None
        elif isinstance(row, Other):
            self.counts["adjusted" if row.kind in ADJUSTMENTS else "not spot"] += 1
        return row

    def _leave_out(self, entry: Raw, product: StoppedProduct, line: int) -> Row:
        reason = f"the product cannot be asked for now ({product.reason})"
        row = skipped_fill(entry, line, "product_id", reason)
        left = self.left_out.setdefault(row.product, LeftOut(product.reason))
        left.fills += 1
        moment = read_moment(entry.get("trade_time"))
        if moment is not None and (left.since is None or moment.at < left.since):
            left.since = moment.at
        return row


def describe(counts: Mapping[str, int]) -> Iterator[str]:
    """Yield what a reader should know of fills that were counted."""
    for what, saying in SAYINGS.items():
        if counts.get(what):
            yield f"{saying}: {counts[what]}"
    if counts.get(IN_DOUBT):
        yield PAGES_MISSING


class OpenCoinbase(OpenUnderKey):
    """Coinbase under one key, or one grant."""

    sayings = SAYINGS
    how_to_check = HOW_TO_CHECK

    def __init__(self, key_text: str, place: BrokerPlace) -> None:
        grant = read_grant(key_text)
        self._tokens = None if grant is None else GrantTokens(grant, place.renew)
        self._key = read_key(key_text) if self._tokens is None else None
        key = self._tokens or self._key
        assert key is not None
        self._place = place
        at = place.base_url, place.now, place.sleep, place.transport
        self._client = CoinbaseClient(key, *at, place.patience_s)
        self._products = ProductBook(self._client.get)
        self._wallet_ids: dict[str, bool] | None = None

    def scopes(self) -> KeyScopes:
        """Ask what the key may do, or what was granted."""
        if self._tokens is None:
            return permissions(self._client)
        answer = self._client.get_at(AUTH_PATH)
        return granted(answer, self._tokens.grant.scopes)

    def wallets(self) -> WalletList:
        """Return what the wallets of the portfolio hold."""
        found = wallets.read_wallets(self._client)
        self._wallet_ids = wallets.ids(found)
        return wallets.contents(found)

    def entries(self, place: EntryPlace, since: datetime | None) -> CoinbaseEntries:
        """Return the transactions of the portfolio's wallets that are no fills."""
        own, now = self._own_wallets, self._place.now
        return CoinbaseEntries(self._client.get_at, place, since, own, now)

    def _own_wallets(self) -> dict[str, bool]:
        if self._wallet_ids is None:
            self._wallet_ids = wallets.ids(wallets.read_wallets(self._client))
        return self._wallet_ids

    def fills(self, since: datetime | None, until: datetime) -> CoinbaseSource:
        """Return the fills with a trade time from `since` to `until`."""
        return CoinbaseSource(self._client, INFO, since, until, self._products)

    def newest_fill(self, until: datetime) -> datetime | None:
        """Return when the newest fill up to a moment happened.

        The list is in the order of filing, so that fills of the margin stand before it.
        """
        reading = WindowReading(self._client.get, None, until + MARGIN)
        for entry in reading.entries():
            moment = read_moment(entry.get("trade_time"))
            if moment is not None and moment.at <= until:
                return moment.at
        return None

    def describe(self, counts: Mapping[str, int]) -> Iterator[str]:
        """Yield what a reader should know."""
        yield from describe(counts)

    def stream(self) -> UserChannel | None:
        """Return the user channel; its tokens are signed by a key, so a grant has none."""
        if self._key is None:
            return None
        return UserChannel(self._key, self._place.base_url, BASE_URL, self._place.now)

    def candles(self) -> CoinbaseCandles:
        """Return Coinbase's public candles."""
        return CoinbaseCandles(self._place.base_url, self._place.transport)

    def revoke(self) -> Revocation:
        """End a grant; of a key, say how to delete it, since no key can delete itself."""
        if self._tokens is not None:
            return end_grant(self._tokens, self._place)
        return super().revoke()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


ADAPTER = KeyedAdapter(
    INFO,
    BASE_URL,
    WINDOW,
    WEAKEST_KEY,
    lambda text: read_key(text).name,
    OpenCoinbase,
    login_url=LOGIN_URL,
    login_scopes=SCOPES,
    tells_entries=True,
)


def _yes_or_no(value: object) -> bool | None:
    return value if isinstance(value, bool) else None
