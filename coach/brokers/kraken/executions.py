"""Kraken's channel `executions` (WebSocket v2): it tells of trades, and so that it is time to read.

A connection subscribes with a token that the REST API hands out. Heartbeats come each second while
nothing else does. Messages of the channel may carry a number; one that is left out was lost.
"""

import json

from coach.brokers.kraken.answers import BROKER, CHECK_THE_STREAM, REFUSALS
from coach.brokers.live.messages import (
    Message,
    MessageCount,
    object_of,
    objects_of,
    read_message,
)
from coach.brokers.live.stream import StreamEnds, StreamSignal
from coach.brokers.net.parsing import printable
from coach.errors import AuthenticationFailed

URL = "wss://ws-auth.kraken.com/v2"
ELSEWHERE = "/ws/v2"
CHANNEL = "executions"
SILENT_AFTER_S = 10.0
LONGEST_REASON = 120


class Executions:
    """The channel, at Kraken or, where the REST API is elsewhere, beside that."""

    silent_after_s = SILENT_AFTER_S
    needs_token = True

    def __init__(self, base_url: str, usual: str) -> None:
        host = base_url.rstrip("/")
        self.url = URL if host == usual else host.replace("http", "ws", 1) + ELSEWHERE
        self._count = MessageCount()

    def greetings(self, token: str = "") -> tuple[str, ...]:
        """Return the subscription: no snapshot, whose trades and orders the list of fills has."""
        self._count = MessageCount()
        wanted = {"channel": CHANNEL, "token": token, "snap_orders": False, "snap_trades": False}
        return (json.dumps({"method": "subscribe", "params": wanted, "req_id": 1}),)

    def read(self, text: str) -> tuple[StreamSignal, ...]:
        """Return what a message tells; what nobody knows tells that the line lives."""
        message = read_message(text)
        if message.get("error") or message.get("success") is False:
            _refuse(message)
        if message.get("channel") != CHANNEL:
            return (_of_the_line(message),)
        told = _told(message)
        return ("gap", told) if self._count.skips_to(message.get("sequence")) else (told,)


def _of_the_line(message: Message) -> StreamSignal:
    subscribed = object_of(message.get("result")).get("channel") == CHANNEL
    if message.get("method") == "subscribe" and message.get("success") is True and subscribed:
        return "open"
    return "beat" if message.get("channel") == "heartbeat" else "other"


def _told(message: Message) -> StreamSignal:
    """Return that a trade is told; what is filled altogether comes after its last trade."""
    traded = any(one.get("exec_type") == "trade" for one in objects_of(message.get("data")))
    return "fill" if message.get("type") == "update" and traded else "other"


def _refuse(message: Message) -> None:
    """Raise what an error means: that the key may not, or that it does not go on for now."""
    reason = printable(str(message.get("error") or "no reason"), LONGEST_REASON)
    if reason.startswith(REFUSALS):
        raise AuthenticationFailed(CHECK_THE_STREAM, broker=BROKER, reason=reason)
    raise StreamEnds(reason)
