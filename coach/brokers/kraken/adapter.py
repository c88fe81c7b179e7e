"""Kraken, read with a key that can do nothing but query.

What a key may do is compared with a list of what only reads: whatever else stands on it, also a
word that nobody knows yet, is a power that coach does not take.
"""

import heapq
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from coach.brokers.adapter import BrokerPlace, KeyScopes, LeftOut, WalletList, wallet_list
from coach.brokers.base import Row, SourceInfo, row_on_line
from coach.brokers.bounds import read_number
from coach.brokers.keyed import KeyedAdapter, OpenUnderKey
from coach.brokers.kraken.answers import BROKER
from coach.brokers.kraken.auth import read_key
from coach.brokers.kraken.client import BASE_URL, HISTORY_COST, KrakenClient
from coach.brokers.kraken.executions import Executions
from coach.brokers.kraken.ledger import OF_TRADES, read_ledger
from coach.brokers.kraken.moments import moment_of, seconds_moment
from coach.brokers.kraken.names import KrakenNames
from coach.brokers.kraken.paging import OffsetReading, Raw
from coach.brokers.kraken.reading import TradeReader, other_rows
from coach.brokers.market.kraken import KrakenCandles
from coach.brokers.net.parsing import printable
from coach.errors import BrokerTrouble

INFO = SourceInfo("kraken-api", "kraken", BROKER, "kraken", 30, shorts=False)
WINDOW = timedelta(days=90)
LEGS = timedelta(minutes=1)
"""The entries of one trade are written at slightly different times."""
WEAKEST_KEY = (
    "make a new key at Kraken with nothing ticked but Query funds, Query closed orders & trades"
    " and Query ledger entries, and delete this one"
)
HOW_TO_CHECK = "delete the key at Kraken: Settings, API; a key cannot delete itself there"
STREAM_FEATURE = "kraken-stream"
FOR_THE_STREAM = "create-ws-token"
ONLY_READ = frozenset(
    {
        *("query-funds", "query-open-trades", "query-closed-trades", "query-ledger"),
        *("export-data", FOR_THE_STREAM),
    }
)
"""A token of WebSockets may do what its key may: one of a key that only reads can order nothing."""
NEEDED = ("query-closed-trades", "query-ledger")
MOVE_MONEY = frozenset(
    {
        *("withdraw-funds", "add-funds", "earn-funds", "add-withdraw-address"),
        "update-withdraw-address",
    }
)
TRADE = frozenset({"modify-trades", "close-trades"})
LONGEST_WORD = 60
MOST_WORDS = 50
SAYINGS = {
    "fee estimated": "trades whose fee the ledger does not tell, booked as Kraken estimates it",
    "in the app": "buys and sells in Kraken's app, read from the ledger",
    "margin": "trades on margin, booked as positions of their own",
    "rollover": "rollover fees of positions on margin, not counted",
    "unreadable": "ledger entries that cannot be read, left out",
}


def scopes(answer: Mapping[str, object]) -> KeyScopes:
    """Return what a key may do, from what Kraken says of it."""
    listed = answer.get("permissions")
    if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
        return KeyScopes(view=None, trade=None, transfer=None)
    names = tuple(printable(one, LONGEST_WORD) for one in listed[:MOST_WORDS])
    unknown = set(listed) - ONLY_READ - TRADE - MOVE_MONEY or len(listed) > MOST_WORDS
    lacks = tuple(one for one in NEEDED if one not in listed)
    return KeyScopes(
        view=not lacks,
        trade=_power(listed, TRADE, unknown=bool(unknown)),
        transfer=_power(listed, MOVE_MONEY, unknown=bool(unknown)),
        names=names,
        lacks=lacks,
        expires_at=seconds_moment(answer.get("validUntil")),
        sees_from=seconds_moment(answer.get("queryFrom")),
        sees_until=seconds_moment(answer.get("queryTo")),
    )


def _power(listed: list[str], words: frozenset[str], *, unknown: bool) -> bool | None:
    if words & set(listed):
        return True
    return None if unknown else False


@dataclass(slots=True)
class KrakenReading:
    """The fills from `since` (None: ever) to `until`, with what else moved coins."""

    client: KrakenClient
    names: KrakenNames
    since: datetime | None
    until: datetime
    counts: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    @property
    def incomplete(self) -> bool:
        """Return whether Kraken promised more than it gave: then an error was raised."""
        return False

    def rows(self) -> Iterator[Row]:
        """Yield the rows, newest first; a fresh pass asks Kraken again."""
        self.counts.clear()
        begin = None if self.since is None else self.since - LEGS
        entries = history(self.client, "Ledgers", begin, self.until + LEGS)
        reader = TradeReader(self.names, read_ledger(entries, self.names), self.counts)
        self.counts["unreadable"] += reader.ledger.unreadable
        self.counts["rollover"] += reader.ledger.count_of("rollover")
        merged = heapq.merge(
            self._trades(reader), self._others(reader), key=lambda one: one[:2], reverse=True
        )
        for line, (_, _, row) in enumerate(merged, start=1):
            yield row_on_line(row, line)

    def _trades(self, reader: TradeReader) -> Iterator[tuple[datetime, str, Row]]:
        for txid, raw in history(self.client, "TradesHistory", self.since, self.until):
            moment = moment_of(raw.get("time"))
            if moment is None or self._is_wanted(moment[0]):
                yield moment[0] if moment else self.until, txid, reader.trade(txid, raw)

    def _others(self, reader: TradeReader) -> Iterator[tuple[datetime, str, Row]]:
        groups = [
            (group[0].at, refid, group)
            for refid, group in other_rows(reader)
            if self._is_wanted(group[0].at)
        ]
        for time, refid, group in sorted(groups, key=lambda one: one[:2], reverse=True):
            yield time, refid, reader.exchange(refid, group)

    def _is_wanted(self, at: datetime) -> bool:
        return (self.since is None or at >= self.since) and at <= self.until


def history(
    client: KrakenClient, method: str, since: datetime | None, until: datetime
) -> Iterator[tuple[str, Raw]]:
    """Yield the entries of a list of history, newest first page by page."""
    name = {"TradesHistory": "trades", "Ledgers": "ledger"}[method]
    fixed = {"consolidate_taker": "false"} if method == "TradesHistory" else {}

    def ask(fields: dict[str, str]) -> dict[str, object]:
        return client.private(method, {**fixed, **fields}, HISTORY_COST)

    return OffsetReading(ask, name, since, until).entries()


class OpenKraken(OpenUnderKey):
    """Kraken under one key."""

    sayings = SAYINGS
    how_to_check = HOW_TO_CHECK

    def __init__(self, key_text: str, place: BrokerPlace) -> None:
        self._place = place
        self._client = KrakenClient(read_key(key_text), place)
        self._names = KrakenNames(self._client.public)

    def scopes(self) -> KeyScopes:
        """Ask what the key may do; Kraken answers that to every key."""
        return scopes(self._client.private("GetApiKeyInfo"))

    def wallets(self) -> WalletList:
        """Return the coins that are there, however they are held."""
        return wallet_list(
            (self._names.coin(asset), read_number(amount))
            for asset, amount in self._client.private("Balance").items()
        )

    def fills(self, since: datetime | None, until: datetime) -> KrakenReading:
        """Return the fills from `since` to `until`."""
        return KrakenReading(self._client, self._names, since, until)

    def newest_fill(self, until: datetime) -> datetime | None:
        """Return when the newest trade, or movement of the ledger, up to a moment happened."""
        newest = self._newest("TradesHistory", until, frozenset(), None)
        moved = self._newest("Ledgers", until, OF_TRADES, newest)
        return max((one for one in (newest, moved) if one is not None), default=None)

    def _newest(
        self, method: str, until: datetime, passed: frozenset[str], least: datetime | None
    ) -> datetime | None:
        """Return the newest time of a list, not counting some kinds; stop where it is too old."""
        for _, raw in history(self._client, method, None, until):
            moment = moment_of(raw.get("time"))
            if moment is None or moment[0] > until:
                continue
            if least is not None and moment[0] <= least:
                return None
            if raw.get("type") not in passed:
                return moment[0]
        return None

    def candles(self) -> KrakenCandles:
        """Return Kraken's public candles."""
        return KrakenCandles(self._place.base_url, self._place.transport)

    def stream(self) -> Executions:
        """Return the channel of executions, each of whose connections takes a token."""
        return Executions(self._place.base_url, BASE_URL)

    def stream_token(self) -> str:
        """Return a token that opens a connection within a quarter of an hour."""
        token = self._client.private("GetWebSocketsToken").get("token")
        if not isinstance(token, str) or not token:
            raise BrokerTrouble(broker=BROKER, reason="no token for its stream")
        return token

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


ADAPTER = KeyedAdapter(
    INFO,
    BASE_URL,
    WINDOW,
    WEAKEST_KEY,
    lambda text: read_key(text).name,
    OpenKraken,
    tells_entries=True,
    stream_feature=STREAM_FEATURE,
)
