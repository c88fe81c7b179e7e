"""Candles of Binance, from the host that serves market data without a key.

Rows are arrays, oldest first, times in milliseconds; the last row may still be forming. The budget
is a weight per address and minute, shared with everybody behind the same address, so that half of
it is left to others. A 429 that is ignored becomes a 418, a ban of minutes to days; its
Retry-After has been seen to be 0, so the wait is never below ten seconds. A 451 is for ever.
"""

import re
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
from coach.brokers.market.wire import I_AM_A_TEAPOT, VendorReply, Wire
from coach.brokers.net.parsing import retry_after
from coach.model.candles import Candle
from coach.model.times import SECOND_US, instant

NAME = "binance"
BASE_URL = "https://data-api.binance.vision"
KLINES = "/api/v3/klines"
MOST_BARS = 1000
WEIGHT = 2.0
A_MINUTE = 6000
LIMITS = (Limit("weight", A_MINUTE / 2, A_MINUTE / 2 / 60),)
NEARLY_SPENT = 0.8 * A_MINUTE
REST_S = 60.0
SHORTEST_WAIT_S = 10.0
USUAL_BAN_S = 120.0
LONGEST_BAN_S = 3 * 86_400.0
MILLISECOND_US = 1000
COLUMNS = 6
NO_SUCH_SYMBOL = -1121
WEIGHT_USED = re.compile(r"\d{1,9}", re.ASCII)
BANNED_UNTIL = re.compile(r"until (\d{13})\b", re.ASCII)
QUOTES = {
    *("USDT", "USDC", "FDUSD", "TUSD", "DAI", "BTC", "ETH", "BNB", "XRP", "DOGE", "TRX"),
    *("EUR", "TRY", "BRL", "JPY", "ARS", "MXN", "PLN", "RON", "UAH", "ZAR"),
}
INTERVALS: Mapping[int, str] = {
    1: "1s",
    60: "1m",
    180: "3m",
    300: "5m",
    900: "15m",
    1800: "30m",
    3600: "1h",
    7200: "2h",
    14400: "4h",
    21600: "6h",
    28800: "8h",
    43200: "12h",
    86400: "1d",
}


class BinanceCandles:
    """The public klines of Binance, or of whatever speaks its protocol."""

    name = NAME
    limits = LIMITS
    most_bars = MOST_BARS

    def __init__(
        self, base_url: str = BASE_URL, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._wire = Wire(base_url, NAME, transport=transport)

    def unfit(self, ask: Ask) -> str:
        """Coins alone, priced in what Binance prices them in: a tether is no dollar."""
        if ask.market != "crypto":
            return "only coins are traded there"
        quote = pair(ask.symbol)[1]
        if quote not in QUOTES:
            return f"it has no markets in {quote}"
        return "" if ask.granularity in INTERVALS else "it has no bars of this length"

    def cost(self, ask: Ask) -> float:
        """Return the weight of a request, whatever its window."""
        del ask
        return WEIGHT

    def fetch(self, ask: Ask) -> FetchedBars | Failure:
        """Ask for one window."""
        reply = self._wire.get(
            KLINES,
            {
                "symbol": ask.symbol.replace("-", ""),
                "interval": INTERVALS[ask.granularity],
                "startTime": str(ask.start_us // MILLISECOND_US),
                "endTime": str(ask.end_us // MILLISECOND_US - 1),
                "limit": str(MOST_BARS),
            },
        )
        if isinstance(reply, Failure):
            return reply
        return _read(reply, ask) if reply.ok else _failure(reply, ask)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()


def _read(reply: VendorReply, ask: Ask) -> FetchedBars | Failure:
    if not isinstance(reply.body, list):
        return Failure("lied", "an answer without klines")
    if lie := too_many(reply.body):
        return lie
    used = reply.headers.get("x-mbx-used-weight-1m", "")
    spent = bool(WEIGHT_USED.fullmatch(used)) and int(used) > NEARLY_SPENT
    return finish([_candle(row) for row in reply.body], ask, REST_S if spent else 0.0)


def _candle(row: object) -> Candle:
    cells = row if isinstance(row, list) else []
    cells = [*cells[:COLUMNS], *[None] * (COLUMNS - len(cells))]
    return bar(moment_us(cells[0], MILLISECOND_US), cells[1:])


def _failure(reply: VendorReply, ask: Ask) -> Failure:
    code = reply.body.get("code") if isinstance(reply.body, dict) else None
    if code == NO_SUCH_SYMBOL:
        return Failure("unfit", f"it has no {ask.symbol}")
    wait_s = retry_after(reply.headers, instant(ask.now_us)) or 0.0
    if reply.status == I_AM_A_TEAPOT:
        wait_s = max(wait_s, _rest_of_the_ban_s(reply, ask.now_us))
    return reply.failure("msg", wait_s=max(wait_s, SHORTEST_WAIT_S))


def _rest_of_the_ban_s(reply: VendorReply, now_us: int) -> float:
    until = BANNED_UNTIL.search(reply.first_text("msg"))
    if until is None:
        return USUAL_BAN_S
    wait_s = (int(until[1]) * MILLISECOND_US - now_us) / SECOND_US
    return min(max(0.0, wait_s), LONGEST_BAN_S)
