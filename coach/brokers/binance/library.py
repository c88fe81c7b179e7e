"""python-binance, which knows Binance's paths and how a request is signed, within our limits.

Its own constructor would open event loops and prepare web sockets that nobody here needs, so that
what a request takes is set here. Three of its steps are ours: the time stamp comes from the clock
that it is given (`_generate_signature`), the transport is our client, and an answer is judged here
(`_handle_response`). Its own errors, which may quote a signed address, never come to be.

This module is imported when a Binance account is first asked: with the library come aiohttp,
websockets and dateparser.
"""

import warnings
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from coach.brokers.binance.answers import AnswerTrouble, judge
from coach.brokers.binance.auth import BinanceKey
from coach.brokers.net.client import HttpClient
from coach.brokers.net.parsing import Json
from coach.brokers.net.requests_transport import BoundedAdapter, BoundedResponse, bounded_session
from coach.model.times import microseconds

if TYPE_CHECKING:
    from coach.brokers.net.client import HttpAnswer

with warnings.catch_warnings():
    # it imports a name that websockets has given up, and whatever the next Python dislikes
    warnings.simplefilter("ignore")
    from binance.client import Client

HEADERS = ("X-MBX-APIKEY", "User-Agent")


class JudgedTrouble(Exception):  # never leaves the client
    """An answer that is trouble."""

    def __init__(self, verdict: AnswerTrouble) -> None:
        super().__init__()
        self.verdict = verdict


class BoundedLibrary(Client):  # type: ignore[misc]  # the library is untyped
    """The library for one key; `spot` and `futures` are the servers that it may ask."""

    def __init__(
        self,
        key: BinanceKey,
        servers: Mapping[str, HttpClient],
        addresses: tuple[str, str],
        now: Callable[[], datetime],
    ) -> None:
        spot, futures = addresses
        self.API_URL, self.MARGIN_API_URL = f"{spot}/api", f"{spot}/sapi"
        self.FUTURES_URL = f"{futures}/fapi"
        self.API_KEY, self.API_SECRET = key.public.reveal(), key.secret.reveal()
        self.PRIVATE_KEY, self.TIME_UNIT, self._requests_params = None, None, None
        self.testnet = self.demo = self.verbose = False
        self.timestamp_offset = 0
        self.drift_ms = 0
        self._now = now
        self._latest: HttpAnswer | None = None
        headers = {HEADERS[0]: self.API_KEY, HEADERS[1]: "coach"}
        self.session = bounded_session(BoundedAdapter(servers, HEADERS), headers)

    def __repr__(self) -> str:
        return "BoundedLibrary(***)"

    def said(self, header: str) -> str:
        """Return a header of the latest answer, empty where it had none."""
        answer = self._latest
        return "" if answer is None else answer.headers.get(header, "")

    def _generate_signature(self, data: dict[str, object], uri_encode: bool = True) -> str:
        """Put the time of our clock into a request, and sign it."""
        data["timestamp"] = microseconds(self._now()) // 1000 + self.drift_ms
        signature: str = super()._generate_signature(data, uri_encode)
        return signature

    def _handle_response(self, response: BoundedResponse) -> Json:
        """Return what the answer holds, exact; raise for trouble."""
        self._latest = response.whole
        found = judge(response.whole, self._now())
        if isinstance(found, AnswerTrouble):
            raise JudgedTrouble(found)
        return found
