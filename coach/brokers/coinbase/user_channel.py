"""Coinbase's user channel: it tells the state of orders, and so that something was filled.

An update holds what an order came to, without an id of any fill, so it is a reason to read the list
of fills and nothing else. Messages are counted per connection; a number that is left out is a
message that was lost. Heartbeats come each second and keep the channel open.
"""

import json
from collections.abc import Callable
from datetime import datetime

from coach.brokers.coinbase.answers import BROKER
from coach.brokers.coinbase.auth import CdpKey, sign_channel
from coach.brokers.live.messages import MessageCount, object_of, objects_of, read_message
from coach.brokers.live.stream import StreamSignal
from coach.brokers.net.parsing import printable
from coach.errors import AuthenticationFailed

URL = "wss://advanced-trade-ws-user.coinbase.com"
ELSEWHERE = "/ws"
SILENT_AFTER_S = 10.0
LONGEST_REASON = 120
NOTHING = frozenset({"", "0"})


class UserChannel:
    """The channel of a key. Its URL goes with that of the REST API: a sandbox has its own."""

    silent_after_s = SILENT_AFTER_S
    needs_token = False

    def __init__(self, key: CdpKey, base_url: str, usual: str, now: Callable[[], datetime]) -> None:
        host = base_url.rstrip("/")
        elsewhere = host.replace("http", "ws", 1) + ELSEWHERE
        self.url = URL if host == usual else elsewhere
        self._key = key
        self._now = now
        self._count = MessageCount()

    def greetings(self, token: str = "") -> tuple[str, ...]:
        """Return the subscriptions, each with a token that the key signs; to all products."""
        del token
        self._count = MessageCount()
        return tuple(
            json.dumps(
                {"type": "subscribe", "channel": name, "jwt": sign_channel(self._key, self._now())}
            )
            for name in ("heartbeats", "user")
        )

    def read(self, text: str) -> tuple[StreamSignal, ...]:
        """Return what a message tells; what nobody knows tells that the line lives."""
        message = read_message(text)
        if message.get("type") == "error":
            reason = printable(str(message.get("message") or "no reason"), LONGEST_REASON)
            raise AuthenticationFailed(broker=BROKER, reason=reason)
        lost = self._count.skips_to(message.get("sequence_num"))
        return ("gap", _told(message)) if lost else (_told(message),)


def _told(message: dict[str, object]) -> StreamSignal:
    channel, events = message.get("channel"), objects_of(message.get("events"))
    if channel == "heartbeats":
        return "beat"
    if channel == "subscriptions":
        subscribed = any("user" in object_of(one.get("subscriptions")) for one in events)
        return "open" if subscribed else "other"
    updates = (one for one in events if one.get("type") == "update")
    filled = any(
        str(order.get("cumulative_quantity") or "") not in NOTHING
        for update in updates
        for order in objects_of(update.get("orders"))
    )
    return "fill" if channel == "user" and filled else "other"
