"""Daily candles of Alpha Vantage, a vendor: shares, currencies, coins; 25 requests a day for free.

The key can only be sent in the address. It is put there behind everything that logs, prints or
raises: the client and its errors see a request without a key.

Every error comes with HTTP 200. An answer without a "Time Series" is one, whatever its words say;
it is never taken for a market without trades. An answer holds the latest days whatever was asked,
so it is kept while the source is open; what lies before its first day was not answered.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from urllib.request import getproxies, proxy_bypass

import httpx2

from coach.brokers.market.base import (
    NO_TIME,
    Ask,
    Failure,
    FetchedBars,
    Kind,
    Limit,
    bar,
    finish,
    pair,
    too_many,
)
from coach.brokers.market.wire import VendorReply, Wire
from coach.brokers.net.parsing import retry_after
from coach.model.candles import DAY, EPOCH_DAY, Candle
from coach.model.machine.secrets import Secret
from coach.model.times import DAY_US, instant

NAME = "alphavantage"
BASE_URL = "https://www.alphavantage.co"
HOST = "www.alphavantage.co"
MOST_BARS = 10_000
LIMITS = (Limit("second", 1, 1), Limit("day", 25, daily=True))
SERIES = "Time Series"
THROTTLED = ("Information", "Note")
THROTTLED_S = 120.0
"""It never says for how long; each further try would cost one of the day's few requests."""
NO_VOLUME = {"fx"}


class AlphavantageCandles:
    """The daily series of Alpha Vantage."""

    name = NAME
    limits = LIMITS
    most_bars = MOST_BARS

    def __init__(
        self, key: Secret, base_url: str = BASE_URL, transport: httpx2.BaseTransport | None = None
    ) -> None:
        self._key = key
        self._wire = Wire(base_url, NAME, transport=_SigningTransport(key, transport or _network()))
        self._answers: dict[tuple[Kind, str], list[Candle]] = {}

    def unfit(self, ask: Ask) -> str:
        """Whole days alone."""
        return "" if ask.granularity == DAY else "it has daily bars alone"

    def cost(self, ask: Ask) -> float:
        """One request, unless the answer is already here."""
        return float((ask.market, ask.symbol) not in self._answers)

    def fetch(self, ask: Ask) -> FetchedBars | Failure:
        """Ask for a symbol once, and answer every window from that."""
        name = (ask.market, ask.symbol)
        if name not in self._answers:
            answer = self._series(ask)
            if isinstance(answer, Failure):
                return answer
            self._answers[name] = answer
        return _window(self._answers[name], ask)

    def close(self) -> None:
        """Close the connections."""
        self._wire.close()

    def _series(self, ask: Ask) -> list[Candle] | Failure:
        reply = self._wire.get("/query", question(ask))
        if isinstance(reply, Failure):
            return reply
        body = reply.body if isinstance(reply.body, dict) else {}
        found = [rows for name, rows in body.items() if name.startswith(SERIES)]
        if not reply.ok or not found or not isinstance(found[0], dict):
            return self._failure(reply, ask)
        if lie := too_many(found[0]):
            return lie
        quote = pair(ask.symbol)[1]
        return [_candle(day, row, quote, ask.market) for day, row in found[0].items()][::-1]

    def _failure(self, reply: VendorReply, ask: Ask) -> Failure:
        if not reply.ok:
            found = reply.failure(wait_s=retry_after(reply.headers, instant(ask.now_us)))
        elif reply.first_text(*THROTTLED):
            own_words = reply.first_text(*THROTTLED)
            found = Failure("busy", f"no time series, but: {own_words}", THROTTLED_S)
        elif reply.body is None:
            found = Failure("lied", "an answer that is no JSON")
        else:
            own_words = reply.first_text("Error Message") or "nothing at all"
            found = Failure("unfit", f"no time series, but: {own_words}")
        return Failure(found.kind, self._key.hidden_in(found.reason), found.wait_s)


class _SigningTransport(httpx2.BaseTransport):
    """The last step before the network, and the only one that knows the key."""

    def __init__(self, key: Secret, network: httpx2.BaseTransport) -> None:
        self._key = key
        self._network = network

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send the request with the key; an error tells of the one without."""
        signed = httpx2.Request(
            request.method,
            request.url.copy_merge_params({"apikey": self._key.reveal()}),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        trouble: httpx2.RequestError
        try:
            return self._network.handle_request(signed)
        except httpx2.TimeoutException:
            trouble = httpx2.ReadTimeout("no answer in time", request=request)
        except httpx2.RequestError:
            trouble = httpx2.NetworkError("the connection failed", request=request)
        raise trouble  # out here, where the error that knows the key is no longer its context

    def close(self) -> None:
        """Close the connections."""
        self._network.close()


def _network() -> httpx2.BaseTransport:
    # A client that is given a transport minds no proxy, so the transport must.
    proxy = None if proxy_bypass(HOST) else getproxies().get("https")
    return httpx2.HTTPTransport(proxy=proxy)


def question(ask: Ask) -> Mapping[str, str]:
    """Return the parameters of a question, without the key."""
    base, quote = pair(ask.symbol)
    if ask.market == "fx":
        return {"function": "FX_DAILY", "from_symbol": base, "to_symbol": quote}
    if ask.market == "crypto":
        return {"function": "DIGITAL_CURRENCY_DAILY", "symbol": base, "market": quote}
    return {"function": "TIME_SERIES_DAILY", "symbol": base, "outputsize": "compact"}


def _window(series: list[Candle], ask: Ask) -> FetchedBars | Failure:
    starts = [candle.start_us for candle in series if candle.start_us >= 0]
    if not starts or ask.start_us < min(starts):
        began = datetime.fromtimestamp(min(starts) / 1e6, UTC).date() if starts else "never"
        return Failure("unfit", f"its series begins {began}")
    return finish(series, ask)


def _candle(day: str, row: object, quote: str, kind: Kind) -> Candle:
    fields = row if isinstance(row, dict) else {}
    names = ("open", "high", "low", "close")
    prices = [
        fields.get(f"{place}. {name}", fields.get(f"{place}a. {name} ({quote})"))
        for place, name in enumerate(names, 1)
    ]
    volume = "0" if kind in NO_VOLUME else fields.get("5. volume")
    return bar(_day_us(day), [*prices, volume])


def _day_us(text: str) -> int:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return NO_TIME
    return max((day.toordinal() - EPOCH_DAY) * DAY_US, NO_TIME)
