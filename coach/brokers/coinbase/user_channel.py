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

    def __init__(self, key: CdpKey, base_url: str, usual: str, now: Callable[[], datetime]) -> None:
        host = base_url.rstrip("/")
        elsewhere = host.replace("http", "ws", 1) + ELSEWHERE
        self.url = URL if host == usual else elsewhere
        self._key = key
        self._now = now
        self._number: int | None = None

    def greetings(self) -> tuple[str, ...]:
        """Return the subscriptions, each with a token of its own; to all products."""
        self._number = None
        return tuple(
            json.dumps(
                {"type": "subscribe", "channel": name, "jwt": sign_channel(self._key, self._now())}
            )
            for name in ("heartbeats", "user")
        )

    def read(self, text: str) -> tuple[StreamSignal, ...]:
        """Return what a message tells; what nobody knows tells that the line lives."""
        message = _object(text)
        if message.get("type") == "error":
            reason = printable(str(message.get("message") or "no reason"), LONGEST_REASON)
            raise AuthenticationFailed(broker=BROKER, reason=reason)
        lost: tuple[StreamSignal, ...] = ("gap",) if self._lost_some(message) else ()
        return (*lost, _told(message))

    def _lost_some(self, message: dict[str, object]) -> bool:
        """Say whether numbers were left out before this one; an older one comes too late."""
        number, before = message.get("sequence_num"), self._number
        if not isinstance(number, int):
            return False
        self._number = number if before is None else max(number, before)
        return before is not None and number > before + 1


def _told(message: dict[str, object]) -> StreamSignal:
    channel, events = message.get("channel"), _objects(message.get("events"))
    if channel == "heartbeats":
        return "beat"
    if channel == "subscriptions":
        subscribed = any("user" in _object_of(one.get("subscriptions")) for one in events)
        return "open" if subscribed else "other"
    updates = (one for one in events if one.get("type") == "update")
    filled = any(
        str(order.get("cumulative_quantity") or "") not in NOTHING
        for update in updates
        for order in _objects(update.get("orders"))
    )
    return "fill" if channel == "user" and filled else "other"


def _object(text: str) -> dict[str, object]:
    try:
        return _object_of(json.loads(text))
    except (ValueError, RecursionError):
        return {}


def _object_of(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
