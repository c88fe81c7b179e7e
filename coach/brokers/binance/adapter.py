"""Binance, read with a key that can do nothing but read: the pairs that a person chose.

What a key may do is taken from its restrictions and never from the account, whose `canTrade` says
nothing of the key. Whatever is allowed beside reading, also under a name that nobody knows yet, is
a power that coach does not take.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from coach.brokers.adapter import BrokerPlace, KeyScopes, LeftOut, WalletList, wallet_list
from coach.brokers.base import Row, SourceInfo, row_on_line
from coach.brokers.binance.answers import BROKER, NO_SUCH_SYMBOL, REFUSES
from coach.brokers.binance.auth import read_key
from coach.brokers.binance.client import (
    BASE_URL,
    FUTURES,
    SPOT,
    WALLET,
    BinanceClient,
    is_at_home,
)
from coach.brokers.binance.markets import TradedPair, check_pairs, read_pair
from coach.brokers.binance.paging import KEPT_OF_FUTURES, FuturesHistory, PairHistory
from coach.brokers.binance.reading import number_of, read_trade, time_of
from coach.brokers.binance.user_stream import UserStream
from coach.brokers.bounds import read_number
from coach.brokers.keyed import KeyedAdapter, OpenUnderKey
from coach.brokers.market import binance as candles
from coach.brokers.market.binance import BinanceCandles
from coach.brokers.net.parsing import printable
from coach.errors import AuthenticationFailed, BrokerTrouble
from coach.model.coins import coin_name
from coach.model.times import EPOCH, microseconds

INFO = SourceInfo("binance-api", "binance-api", BROKER, "binance", 30, shorts=False)
FEATURE = "binance"
STREAM_FEATURE = "binance-stream"
WINDOW = timedelta(days=90)
WEAKEST_KEY = (
    "make a new key at Binance (system-generated) with nothing ticked but Enable Reading, and"
    " delete this one"
)
HOW_TO_CHECK = "delete the key at Binance: API Management; a key cannot delete itself there"
SAYINGS = {
    "cross": "trades on cross margin, booked as positions of their own",
    "isolated": "trades on isolated margin, booked as positions of their own",
    "futures": "trades of perpetual futures, booked as positions of their own; funding is not"
    " counted",
    "hedged": "trades of futures in hedge mode: a long and a short of one pair at the same time are"
    " netted",
    "futures cut": "windows of futures that begin before what Binance still tells (six months)",
    "other coin": "trades whose fee was taken in a third coin, such as BNB",
}
TRADE = frozenset(
    {
        *("enableSpotAndMarginTrading", "enableMargin", "enableFutures", "enableVanillaOptions"),
        *("enablePortfolioMarginTrading", "enableFixApiTrade"),
    }
)
MOVE_MONEY = frozenset({"enableWithdrawals", "enableInternalTransfer", "permitsUniversalTransfer"})
ONLY_READ = frozenset({"enableReading", "enableFixReadOnly"})
ALWAYS_THERE = ("enableWithdrawals", "enableSpotAndMarginTrading")
"""What Binance always tells: where it is missing, the answer is not believed."""
POWERS = ("enable", "permits")
LONGEST_WORD = 60
MOST_WORDS = 50
TRADES_WEIGHT, MARGIN_WEIGHT, FUTURES_WEIGHT = 20.0, 10.0, 5.0
ACCOUNT_WEIGHT, RESTRICTIONS_WEIGHT, PRICES_WEIGHT, FUTURES_PRICES_WEIGHT = 20.0, 1.0, 4.0, 2.0

History = PairHistory | FuturesHistory


def scopes(answer: Mapping[str, object]) -> KeyScopes:
    """Return what a key may do, from its restrictions as Binance tells them."""
    flags = {name: on for name, on in answer.items() if name.startswith(POWERS)}
    known = all(isinstance(on, bool) for on in flags.values())
    if not known or not {*ALWAYS_THERE} <= flags.keys() or len(flags) > MOST_WORDS:
        return KeyScopes(view=None, trade=None, transfer=None)
    allowed = {name for name, on in flags.items() if on}
    unknown = bool(allowed - ONLY_READ - TRADE - MOVE_MONEY)
    return KeyScopes(
        view="enableReading" in allowed,
        trade=_power(allowed, TRADE, unknown=unknown),
        transfer=_power(allowed, MOVE_MONEY, unknown=unknown),
        names=tuple(sorted(printable(name, LONGEST_WORD) for name in allowed)),
        lacks=() if "enableReading" in allowed else ("enableReading",),
    )


def _power(allowed: set[str], words: frozenset[str], *, unknown: bool) -> bool | None:
    if allowed & words:
        return True
    return None if unknown else False


@dataclass(slots=True)
class PairsReading:
    """The trades of the chosen pairs from `since` (None: ever) to `until`."""

    histories: Mapping[TradedPair, History]
    since: datetime | None
    until: datetime
    now: datetime
    counts: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, LeftOut] = field(default_factory=dict)

    @property
    def incomplete(self) -> bool:
        """Return whether Binance promised more than it gave: it promises nothing."""
        return False

    def rows(self) -> Iterator[Row]:
        """Yield the rows, newest first; a fresh pass asks Binance again."""
        self.counts.clear()
        self.left_out.clear()
        found: list[tuple[int, str, int, Row]] = []
        for pair, history in self.histories.items():
            self._note_what_is_cut(pair)
            try:
                found += self._rows_of(pair, history)
            except (AuthenticationFailed, BrokerTrouble) as trouble:
                self.left_out[pair.name] = LeftOut(_why_left_out(pair, trouble))
        found.sort(key=lambda one: one[:3], reverse=True)
        for line, (*_, row) in enumerate(found, start=1):
            yield row_on_line(row, line)

    def _rows_of(self, pair: TradedPair, history: History) -> list[tuple[int, str, int, Row]]:
        begin_ms = None if self.since is None else -(-microseconds(self.since) // 1000)
        end_ms = microseconds(self.until) // 1000
        return [
            (
                end_ms if (time_ms := time_of(raw)) is None else time_ms,
                pair.name,
                number_of(raw) or 0,
                read_trade(raw, pair, self.counts),
            )
            for raw in history.entries(begin_ms, end_ms)
        ]

    def _note_what_is_cut(self, pair: TradedPair) -> None:
        oldest = self.now - KEPT_OF_FUTURES
        if pair.market == "futures" and (self.since is None or self.since < oldest):
            self.counts["futures cut"] += 1


def _why_left_out(pair: TradedPair, trouble: AuthenticationFailed | BrokerTrouble) -> str:
    """Return why one pair cannot be read; raise what would meet every other pair as well."""
    code = trouble.facts.get("code")
    if code == NO_SUCH_SYMBOL:
        return "Binance does not list it"
    if pair.market == "futures" and code in REFUSES:
        return "Binance does not let this key read futures"
    raise trouble


class OpenBinance(OpenUnderKey):
    """Binance under one key."""

    sayings = SAYINGS
    how_to_check = HOW_TO_CHECK

    def __init__(self, key_text: str, place: BrokerPlace) -> None:
        self._place = place
        self._key = read_key(key_text)
        self._client = BinanceClient(self._key, place)
        self._histories = {pair: self._history(pair) for pair in map(read_pair, place.pairs)}

    def scopes(self) -> KeyScopes:
        """Ask what the key may do."""
        weight = RESTRICTIONS_WEIGHT
        return scopes(
            self._client.one(WALLET, weight, lambda asked: asked.get_account_api_permissions())
        )

    def wallets(self) -> WalletList:
        """Return the coins of the spot wallet, what is held for orders included."""
        answer = self._client.one(
            SPOT, ACCOUNT_WEIGHT, lambda asked: asked.get_account(omitZeroBalances="true")
        )
        balances = answer.get("balances")
        if not isinstance(balances, list):
            raise BrokerTrouble(broker=BROKER, reason="an account without balances")
        return wallet_list(_wallet(one if isinstance(one, dict) else {}) for one in balances)

    def fills(self, since: datetime | None, until: datetime) -> PairsReading:
        """Return the trades of the chosen pairs from `since` to `until`."""
        return PairsReading(self._histories, since, until, self._place.now())

    def newest_fill(self, until: datetime) -> datetime | None:
        """Return when the newest trade of the chosen pairs up to a moment was."""
        times = []
        for pair, history in self._histories.items():
            try:
                times.append(history.newest(microseconds(until) // 1000))
            except (AuthenticationFailed, BrokerTrouble) as trouble:
                _why_left_out(pair, trouble)
        newest = max((one for one in times if one is not None), default=None)
        return None if newest is None else EPOCH + timedelta(milliseconds=newest)

    def listed(self, pairs: Iterable[str]) -> frozenset[str]:
        """Return those of some pairs that Binance trades today."""
        asked = [read_pair(text) for text in pairs]
        spot = self._symbols(futures=False) if any(p.market != "futures" for p in asked) else set()
        future = self._symbols(futures=True) if any(p.market == "futures" for p in asked) else set()
        return frozenset(
            one.name
            for one in asked
            if one.listed_as in (future if one.market == "futures" else spot)
        )

    def candles(self) -> BinanceCandles:
        """Return Binance's public candles, which have a host of their own."""
        at_home = is_at_home(self._place.base_url)
        address = candles.BASE_URL if at_home else self._place.base_url
        return BinanceCandles(address, self._place.transport)

    def stream(self) -> UserStream | None:
        """Return the stream of the spot market; None where no pair of it was chosen."""
        chosen = frozenset(one.listed_as for one in self._histories if one.market == "spot")
        if not chosen:
            return None
        return UserStream(self._key, self._place.base_url, chosen, self._place.now)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _symbols(self, *, futures: bool) -> set[object]:
        if futures:
            where, weight = FUTURES, FUTURES_PRICES_WEIGHT
            found = self._client.several(where, weight, lambda asked: asked.futures_symbol_ticker())
        else:
            where, weight = SPOT, PRICES_WEIGHT
            found = self._client.several(where, weight, lambda asked: asked.get_symbol_ticker())
        return {one.get("symbol") for one in found}

    def _history(self, pair: TradedPair) -> History:
        if pair.market == "futures":
            return FuturesHistory(partial(self._futures_page, pair), self._place.now)
        if pair.market == "spot":
            return PairHistory(partial(self._spot_page, pair), from_time=True)
        return PairHistory(partial(self._margin_page, pair), from_time=False)

    def _spot_page(self, pair: TradedPair, fields: dict[str, object]) -> list[dict[str, object]]:
        return self._client.several(
            SPOT, TRADES_WEIGHT, lambda asked: asked.get_my_trades(symbol=pair.listed_as, **fields)
        )

    def _margin_page(self, pair: TradedPair, fields: dict[str, object]) -> list[dict[str, object]]:
        isolated = "TRUE" if pair.market == "isolated" else "FALSE"
        more = {"symbol": pair.listed_as, "isIsolated": isolated, **fields}
        return self._client.several(
            WALLET, MARGIN_WEIGHT, lambda asked: asked.get_margin_trades(**more)
        )

    def _futures_page(self, pair: TradedPair, fields: dict[str, object]) -> list[dict[str, object]]:
        more = {"symbol": pair.listed_as, **fields}
        return self._client.several(
            FUTURES, FUTURES_WEIGHT, lambda asked: asked.futures_account_trades(**more)
        )


def _wallet(balance: Mapping[str, object]) -> tuple[str, Decimal | None]:
    amounts = [read_number(balance.get(name)) for name in ("free", "locked")]
    known = [one for one in amounts if one is not None]
    quantity = sum(known, Decimal(0)) if len(known) == len(amounts) else None
    return coin_name(str(balance.get("asset") or "")), quantity


ADAPTER = KeyedAdapter(
    INFO,
    BASE_URL,
    WINDOW,
    WEAKEST_KEY,
    lambda text: read_key(text).name,
    OpenBinance,
    FEATURE,
    check_pairs,
    stream_feature=STREAM_FEATURE,
)
