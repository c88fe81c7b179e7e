"""Candles of Kraken: no key, one request for a window, and only the newest 720 bars ever.

The last row is still forming. Whatever is asked for, what is older cannot be fetched, so that the
bars of minutes reach back twelve hours and those of hours a month.
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
from coach.brokers.net.parsing import printable, retry_after
from coach.model.candles import Candle
from coach.model.times import SECOND_US, instant

NAME = "kraken"
BASE_URL = "https://api.kraken.com"
OHLC = "/0/public/OHLC"
MOST_BARS = 720
LIMITS = (Limit("second", 1, 1),)
LONGEST_REASON = 160
COLUMNS = 7
THEIRS = {"BTC": "XBT", "DOGE": "XDG"}
MINUTES: Mapping[int, str] = {
    60: "1",
    300: "5",
    900: "15",
    1800: "30",
    3600: "60",
    14400: "240",
    86400: "1440",
}


class KrakenCandles:
    """The public candles of Kraken, or of whatever speaks its protocol."""

    name = NAME
    most_bars = MOST_BARS
    limits = LIMITS

    def __init__(
        self, base_url: str = BASE_URL, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._wire = Wire(base_url, NAME, transport=transport)

    def unfit(self, ask: Ask) -> str:
        """Coins alone, in the lengths that Kraken has, and not before the newest 720 bars."""
        if ask.market != "crypto":
            return "only coins are traded there"
        if ask.granularity not in MINUTES:
            return "it has no bars of this length"
        oldest_us = ask.now_us - MOST_BARS * ask.granularity * SECOND_US
        return "it keeps the newest 720 bars alone" if ask.start_us < oldest_us else ""

    def cost(self, ask: Ask) -> float:
        """One request."""
        del ask
        return 1.0

    def fetch(self, ask: Ask) -> FetchedBars | Failure:
        """Ask for one window."""
        base, quote = (THEIRS.get(coin, coin) for coin in pair(ask.symbol))
        since = str(ask.start_us // SECOND_US - 1)
        wanted = {"pair": f"{base}{quote}", "interval": MINUTES[ask.granularity], "since": since}
        reply = self._wire.get(OHLC, wanted)
        if isinstance(reply, Failure):
            return reply
        if not reply.ok:
            return reply.failure(wait_s=retry_after(reply.headers, instant(ask.now_us)))
        return _read(reply, ask)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()


def _read(reply: VendorReply, ask: Ask) -> FetchedBars | Failure:
    body = reply.body if isinstance(reply.body, dict) else {}
    errors, result = body.get("error"), body.get("result")
    if isinstance(errors, list) and errors:
        return _failure(printable(str(errors[0]), LONGEST_REASON))
    found = result if isinstance(result, dict) else {}
    rows = next((value for name, value in found.items() if name != "last"), None)
    if not isinstance(rows, list):
        return Failure("lied", "an answer without candles")
    return too_many(rows) or finish([_candle(row) for row in rows], ask)


def _failure(error: str) -> Failure:
    if error.startswith("EQuery:"):
        return Failure("unfit", error)
    if "limit" in error.lower() or "Throttled" in error:
        return Failure("busy", error)
    return Failure("down" if error.startswith(("EService:", "EGeneral:I")) else "refused", error)


def _candle(row: object) -> Candle:
    cells = row if isinstance(row, list) and len(row) >= COLUMNS else [None] * COLUMNS
    start, opened, high, low, close, _average, volume = cells[:COLUMNS]
    return bar(moment_us(start, SECOND_US), [opened, high, low, close, volume])
