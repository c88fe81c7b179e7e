"""Candles of Coinbase, from its public market path: no key, about ten requests a second.

Newest first, as strings; 351 buckets are refused as a whole, so 300 are asked for. A pair in USDC
is another name for the same book in USD, and the product says so; its candles are those of the
canonical product.
"""

from collections.abc import Mapping

import httpx2

from coach.brokers.market.base import (
    Ask,
    Failure,
    FetchedBars,
    Limit,
    bar,
    finish,
    moment_us,
    pair,
    too_many,
)
from coach.brokers.market.wire import VendorReply, Wire
from coach.brokers.net.parsing import retry_after, seconds_from
from coach.model.candles import Candle
from coach.model.times import SECOND_US, instant

NAME = "coinbase"
BASE_URL = "https://api.coinbase.com"
PRODUCTS = "/api/v3/brokerage/market/products"
MOST_BARS = 300
LIMITS = (Limit("second", 8, 8),)
OWN_MACHINE = (Limit("second", 400, 400),)  # a sandbox is asked as often as it answers
ALIASES = frozenset({"USDC"})
WORDS = ("message", "error_details", "error")
GRANULARITIES: Mapping[int, str] = {
    60: "ONE_MINUTE",
    300: "FIVE_MINUTE",
    900: "FIFTEEN_MINUTE",
    1800: "THIRTY_MINUTE",
    3600: "ONE_HOUR",
    7200: "TWO_HOUR",
    14400: "FOUR_HOUR",
    21600: "SIX_HOUR",
    86400: "ONE_DAY",
}


class CoinbaseCandles:
    """The public candles of Coinbase, or of whatever speaks its protocol."""

    name = NAME
    most_bars = MOST_BARS

    def __init__(
        self, base_url: str = BASE_URL, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._wire = Wire(base_url, NAME, transport=transport)
        self.limits = LIMITS if base_url == BASE_URL else OWN_MACHINE
        self._canonical: dict[str, str] = {}

    def unfit(self, ask: Ask) -> str:
        """Coins alone, in the lengths that Coinbase has."""
        if ask.market != "crypto":
            return "only coins are traded there"
        return "" if ask.granularity in GRANULARITIES else "it has no bars of this length"

    def cost(self, ask: Ask) -> float:
        """One request, and one more the first time a name may be an alias."""
        return 1.0 + self._may_be_an_alias(ask.symbol)

    def fetch(self, ask: Ask) -> FetchedBars | Failure:
        """Ask for one window."""
        if self._may_be_an_alias(ask.symbol):
            found = self._look_up(ask)
            if isinstance(found, Failure):
                return found
            self._canonical[ask.symbol] = found
        product = self._canonical.get(ask.symbol, ask.symbol)
        reply = self._wire.get(
            f"{PRODUCTS}/{product}/candles",
            {
                "start": str(ask.start_us // SECOND_US),
                "end": str(ask.end_us // SECOND_US - 1),
                "granularity": GRANULARITIES[ask.granularity],
                "limit": str(MOST_BARS),
            },
        )
        if isinstance(reply, Failure):
            return reply
        return _read(reply, ask) if reply.ok else _failure(reply, ask)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _may_be_an_alias(self, symbol: str) -> bool:
        return pair(symbol)[1] in ALIASES and symbol not in self._canonical

    def _look_up(self, ask: Ask) -> str | Failure:
        reply = self._wire.get(f"{PRODUCTS}/{ask.symbol}", {})
        if isinstance(reply, Failure):
            return reply
        if not reply.ok:
            return _failure(reply, ask)
        if not isinstance(reply.body, dict):
            return Failure("lied", "a product that is no JSON object")
        alias = reply.body.get("alias")
        named = isinstance(alias, str) and alias.isascii() and alias.replace("-", "").isalnum()
        return str(alias) if named else ask.symbol


def _read(reply: VendorReply, ask: Ask) -> FetchedBars | Failure:
    rows = reply.body.get("candles") if isinstance(reply.body, dict) else None
    if not isinstance(rows, list):
        return Failure("lied", "an answer without candles")
    return too_many(rows) or finish([_candle(row) for row in reversed(rows)], ask)


def _candle(row: object) -> Candle:
    fields = row if isinstance(row, dict) else {}
    values = [fields.get(name) for name in ("open", "high", "low", "close", "volume")]
    return bar(moment_us(fields.get("start"), SECOND_US), values)


def _failure(reply: VendorReply, ask: Ask) -> Failure:
    now = instant(ask.now_us)
    wait_s = retry_after(reply.headers, now)
    if wait_s is None:
        wait_s = seconds_from(reply.headers.get("x-ratelimit-reset"), now)
    return reply.failure(*WORDS, wait_s=wait_s)
