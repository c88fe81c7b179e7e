"""Candles of CoinAPI, a vendor: coins of many exchanges, with a key and a daily quota.

The key goes in a header and never in the address. A request costs a credit per hundred bars of its
`limit`; 550 means that there is nothing, not that the server is ill. Numbers are JSON floats, read
exactly as they are written; times carry seven digits of a second.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta

import httpx2

from coach.brokers.market.base import (
    NO_TIME,
    Ask,
    Failure,
    FetchedBars,
    Limit,
    bar,
    finish,
    pair,
    too_many,
)
from coach.brokers.market.wire import VendorReply, Wire
from coach.brokers.net.parsing import LONGEST_WAIT_S, retry_after
from coach.model.candles import Candle
from coach.model.machine.secrets import Secret
from coach.model.times import EPOCH, SECOND_US, instant

NAME = "coinapi"
BASE_URL = "https://rest.coinapi.io"
MOST_BARS = 1000
BARS_A_CREDIT = 100
LIMITS = (Limit("second", 5, 5, per_request=True), Limit("day", 100, daily=True))
NO_DATA = 550
LENGTH_TO_SECONDS = len("2017-08-09T14:31:00")
AT_BINANCE = frozenset({"USDT", "FDUSD", "BNB", "TUSD"})
PERIODS: Mapping[int, str] = {
    60: "1MIN",
    300: "5MIN",
    900: "15MIN",
    1800: "30MIN",
    3600: "1HRS",
    7200: "2HRS",
    14400: "4HRS",
    21600: "6HRS",
    86400: "1DAY",
}


class CoinapiCandles:
    """What CoinAPI kept of Coinbase's and Binance's candles."""

    name = NAME
    limits = LIMITS
    most_bars = MOST_BARS

    def __init__(
        self, key: Secret, base_url: str = BASE_URL, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._key = key
        headers = {"X-CoinAPI-Key": key.reveal()}
        self._wire = Wire(base_url, NAME, headers, transport)

    def unfit(self, ask: Ask) -> str:
        """Coins alone."""
        if ask.market != "crypto":
            return "only coins are kept there"
        return "" if ask.granularity in PERIODS else "it has no bars of this length"

    def cost(self, ask: Ask) -> float:
        """Return the credits: one per hundred bars."""
        return float(-(-ask.bars // BARS_A_CREDIT))

    def fetch(self, ask: Ask) -> FetchedBars | Failure:
        """Ask for one window."""
        reply = self._wire.get(
            f"/v1/ohlcv/{symbol_id(ask.symbol)}/history",
            {
                "period_id": PERIODS[ask.granularity],
                "time_start": _iso(ask.start_us),
                "time_end": _iso(ask.end_us),
                "limit": str(int(self.cost(ask)) * BARS_A_CREDIT),
                "include_empty_items": "false",
            },
        )
        if isinstance(reply, Failure):
            return reply
        if reply.status == NO_DATA:
            return FetchedBars(())
        return _read(reply, ask) if reply.ok else self._failure(reply, ask)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _failure(self, reply: VendorReply, ask: Ask) -> Failure:
        wait_s = retry_after(reply.headers, instant(ask.now_us))
        reset_us = _moment_us(reply.headers.get("x-ratelimit-reset"))
        if wait_s is None and reset_us > ask.now_us:
            wait_s = min((reset_us - ask.now_us) / SECOND_US, LONGEST_WAIT_S)
        found = reply.failure("error", "message", wait_s=wait_s)
        return Failure(found.kind, self._key.hidden_in(found.reason), found.wait_s)


def symbol_id(symbol: str) -> str:
    """Return CoinAPI's name: of Coinbase's market, or of Binance's for what it alone prices in."""
    base, quote = pair(symbol)
    exchange = "BINANCE" if quote in AT_BINANCE else "COINBASE"
    return f"{exchange}_SPOT_{base}_{quote}"


def _read(reply: VendorReply, ask: Ask) -> FetchedBars | Failure:
    if not isinstance(reply.body, list):
        return Failure("lied", "an answer without candles")
    return too_many(reply.body) or finish([_candle(row) for row in reply.body], ask)


def _candle(row: object) -> Candle:
    fields = row if isinstance(row, dict) else {}
    names = ("price_open", "price_high", "price_low", "price_close", "volume_traded")
    values = [fields.get(name) for name in names]
    return bar(_moment_us(fields.get("time_period_start")), values)


def _iso(moment_us: int) -> str:
    moment = instant(moment_us)
    return moment.strftime("%Y-%m-%dT%H:%M:%S")


def _moment_us(text: object) -> int:
    """Read a time in UTC with any digits of a second; those beyond the microsecond are zeros."""
    if not isinstance(text, str) or not text.endswith("Z"):
        return NO_TIME
    fraction = text[LENGTH_TO_SECONDS:-1].removeprefix(".")
    try:
        second = datetime.fromisoformat(text[:LENGTH_TO_SECONDS] + "+00:00")
    except ValueError:
        return NO_TIME
    if fraction and not (fraction.isascii() and fraction.isdecimal()):
        return NO_TIME
    rest = timedelta(microseconds=int(fraction[:6].ljust(6, "0")))
    return (second + rest - EPOCH) // timedelta(microseconds=1)
