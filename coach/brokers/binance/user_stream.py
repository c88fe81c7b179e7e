"""Binance's user data stream of the spot market: it tells of trades, so that it is time to read.

The WebSocket API takes a subscription that the key signs (`userDataStream.subscribe.signature`);
the listen keys of before are gone. Nothing comes while nothing is traded, no message is counted,
and Binance ends a connection after 24 hours, so that it is opened again.
"""

import hashlib
import hmac
import json
import math
from collections.abc import Callable
from datetime import datetime

from coach.brokers.binance.answers import BROKER, CHECK_THE_KEY, REFUSES, SECRETS, WRONG_TIME
from coach.brokers.binance.auth import BinanceKey
from coach.brokers.binance.client import is_at_home
from coach.brokers.live.messages import Message, object_of, read_message
from coach.brokers.live.stream import StreamEnds, StreamSignal
from coach.brokers.net.parsing import printable
from coach.errors import AuthenticationFailed
from coach.model.times import microseconds

URL = "wss://ws-api.binance.com:443/ws-api/v3"
ELSEWHERE = "/ws-api/v3"
CLOCK, SUBSCRIBE = "time", "userDataStream.subscribe.signature"
ENDS = {
    "eventStreamTerminated": "Binance ended the stream",
    "serverShutdown": "the server of Binance restarts",
}
OK = 200
WINDOW_MS = 5_000
LONGEST_REASON = 120


class UserStream:
    """The stream of a key. It asks Binance's clock first, and signs by it from then on."""

    silent_after_s = math.inf
    needs_token = False

    def __init__(
        self, key: BinanceKey, base_url: str, symbols: frozenset[str], now: Callable[[], datetime]
    ) -> None:
        host = base_url.rstrip("/")
        self.url = URL if is_at_home(host) else host.replace("http", "ws", 1) + ELSEWHERE
        self._key = key
        self._symbols = symbols
        self._now = now
        self._drift_ms = 0
        self._knows_time = self._refused_time = False

    def greetings(self, token: str = "") -> tuple[str, ...]:
        """Return a question for the time, and the subscription; the method is the name of each."""
        del token
        self._knows_time = self._refused_time = False
        return (
            json.dumps({"id": CLOCK, "method": CLOCK}),
            json.dumps({"id": SUBSCRIBE, "method": SUBSCRIBE, "params": self._signed()}),
        )

    def read(self, text: str) -> tuple[StreamSignal, ...]:
        """Return what a message tells; what nobody knows tells that the line lives."""
        message = read_message(text)
        if "event" in message:
            return (self._told(object_of(message["event"])),)
        if "status" not in message:
            return ("other",)
        if message["status"] != OK:
            self._refuse(object_of(message.get("error")))
            return ("other",)
        if message.get("id") == CLOCK:
            self._go_by(object_of(message.get("result")).get("serverTime"))
        return ("open",) if message.get("id") == SUBSCRIBE else ("other",)

    def _told(self, event: Message) -> StreamSignal:
        """Return that a pair was traded which the user chose: others are not read."""
        kind = str(event.get("e"))
        if kind in ENDS:
            raise StreamEnds(ENDS[kind])
        traded = kind == "executionReport" and event.get("x") == "TRADE"
        return "fill" if traded and event.get("s") in self._symbols else "other"

    def _refuse(self, error: Message) -> None:
        """Raise what an error means; a wrong time waits for the answer of Binance's clock."""
        code = error.get("code")
        self._refused_time = code == WRONG_TIME
        if self._refused_time:
            self._end_for_the_time()
            return
        words = SECRETS.sub("***", str(error.get("msg") or "no reason"))
        reason = f"{printable(words, LONGEST_REASON)} (code {code})"
        if code in REFUSES:
            raise AuthenticationFailed(CHECK_THE_KEY, broker=BROKER, reason=reason, code=code)
        raise StreamEnds(reason)

    def _go_by(self, there: object) -> None:
        self._knows_time = True
        if isinstance(there, int) and not isinstance(there, bool):
            self._drift_ms = there - self._now_ms()
        self._end_for_the_time()

    def _end_for_the_time(self) -> None:
        """End the line, once the time that Binance did not take is measured."""
        if self._knows_time and self._refused_time:
            raise StreamEnds("its clock differs from ours")

    def _signed(self) -> dict[str, object]:
        fields: dict[str, object] = {
            "apiKey": self._key.public.reveal(),
            "recvWindow": WINDOW_MS,
            "timestamp": self._now_ms() + self._drift_ms,
        }
        text = "&".join(f"{name}={value}" for name, value in sorted(fields.items()))
        secret = self._key.secret.reveal().encode()
        return {**fields, "signature": hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()}

    def _now_ms(self) -> int:
        return microseconds(self._now()) // 1000
