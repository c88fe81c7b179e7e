"""The user channel over WebSocket, as Coinbase describes it: orders, never single fills.

A client subscribes within five seconds, by a token without `uri`. It gets the state of an order
whenever that changes, a heartbeat each second where it subscribed to them, and a number with each
message that counts per connection. Nothing is replayed.
"""

import json
from datetime import datetime

from starlette.websockets import WebSocket

from coach.brokers.sandbox.entries import JsonObject, SandboxExecution, plain, rfc3339
from coach.brokers.sandbox.keys import Grant, granted
from coach.brokers.sandbox.live.line import LivePlace

PATH = "/ws"
CHANNELS = frozenset({"user", "heartbeats"})


class UserSpeaker:
    """What the channel says over one connection."""

    def __init__(self, place: LivePlace, keys: dict[str, Grant], socket: WebSocket) -> None:
        self._place = place
        self._keys = keys
        self._socket = socket
        self._number = 0
        self._beats = 0
        self._subscribed: set[str] = set()

    @property
    def is_subscribed(self) -> bool:
        """Return whether the client subscribed to anything."""
        return bool(self._subscribed)

    async def answer(self, wanted: JsonObject) -> None:
        """Answer a subscription."""
        token = str(wanted.get("jwt", ""))
        known = granted(token, None, self._keys, self._now())
        channel = str(wanted.get("channel"))
        refused = "refused" in self._place.faults()
        if wanted.get("type") != "subscribe" or channel not in CHANNELS:
            await self._refuse("channel not found")
        elif refused or (channel == "user" and known is None):
            await self._refuse("authentication failure")
        else:
            self._subscribed.add(channel)
            told: JsonObject = {name: [] for name in sorted(self._subscribed)}
            await self._send("subscriptions", {"subscriptions": told})
            if channel == "user":
                await self._send("user", {"type": "snapshot", "orders": None, "positions": {}})

    async def tell(self, execution: SandboxExecution) -> bool:
        """Tell of an order that was filled; False where the plan has it that the line breaks."""
        live = self._place.faults()
        if "cut" in live:
            return False
        if "user" in self._subscribed and "silent" not in live:
            self._number += "gap" in live
            order = _filled(execution)
            await self._send("user", {"type": "update", "orders": [order], "positions": {}})
        return True

    async def beat(self) -> None:
        """Send a heartbeat to whoever subscribed to them."""
        if "heartbeats" in self._subscribed and "silent" not in self._place.faults():
            self._beats += 1
            now = rfc3339(self._now())
            await self._send("heartbeats", {"current_time": now, "heartbeat_counter": self._beats})

    async def _refuse(self, message: str) -> None:
        await self._socket.send_text(json.dumps({"type": "error", "message": message}))

    async def _send(self, channel: str, event: JsonObject) -> None:
        message = {
            "channel": channel,
            "timestamp": rfc3339(self._now()),
            "sequence_num": self._number,
            "events": [event],
        }
        self._number += 1
        await self._socket.send_text(json.dumps(message))

    def _now(self) -> datetime:
        return self._place.now()


def _filled(execution: SandboxExecution) -> JsonObject:
    """Return the order of a fill, which is done with it."""
    return {
        "order_id": execution.order_id,
        "client_order_id": "",
        "cumulative_quantity": plain(execution.size),
        "leaves_quantity": "0",
        "avg_price": plain(execution.price),
        "total_fees": plain(execution.commission),
        "status": "FILLED",
        "product_id": execution.product_id,
        "creation_time": rfc3339(execution.at),
        "order_side": execution.side,
        "order_type": "Market",
        "number_of_fills": "1",
        "product_type": "SPOT",
    }
