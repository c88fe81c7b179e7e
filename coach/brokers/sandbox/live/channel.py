"""The user channel over WebSocket, as Coinbase describes it: orders, never single fills.

A client subscribes within five seconds, by a token without `uri`. It gets the state of an order
whenever that changes, a heartbeat each second where it subscribed to them, and a number with each
message that counts per connection. Nothing is replayed.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from starlette.websockets import WebSocket, WebSocketDisconnect

from coach.brokers.sandbox.entries import JsonObject, SandboxExecution, plain, rfc3339
from coach.brokers.sandbox.faults import LiveFault
from coach.brokers.sandbox.keys import Grant, granted
from coach.brokers.sandbox.live.books import LiveFills, Mailbox

PATH = "/ws"
FIRST_WORD_S = 5.0
BEAT_S = 1.0
CHANNELS = frozenset({"user", "heartbeats"})


@dataclass(frozen=True, slots=True)
class ChannelPlace:
    """What the channel tells of, whose keys it knows, and the faults of the plan in force."""

    live: LiveFills
    keys: dict[str, Grant]
    now: Callable[[], datetime]
    faults: Callable[[], frozenset[LiveFault]]


async def serve_channel(place: ChannelPlace, socket: WebSocket) -> None:
    """Serve one connection until either side ends it."""
    await socket.accept()
    mailbox: Mailbox = asyncio.Queue()
    place.live.mailboxes.add(mailbox)
    reader = asyncio.create_task(_read(socket, mailbox))
    try:
        await _Connection(place, socket).talk(mailbox)
    except (WebSocketDisconnect, RuntimeError):
        pass  # it is gone
    finally:
        place.live.mailboxes.discard(mailbox)
        reader.cancel()
        with suppress(RuntimeError):
            await socket.close()


async def _read(socket: WebSocket, mailbox: Mailbox) -> None:
    """Put what comes in into the mailbox, and None once nothing comes any more."""
    try:
        while True:
            mailbox.put_nowait(await socket.receive_text())
    except (WebSocketDisconnect, RuntimeError, KeyError):
        mailbox.put_nowait(None)


class _Connection:
    def __init__(self, place: ChannelPlace, socket: WebSocket) -> None:
        self._place = place
        self._socket = socket
        self._number = 0
        self._beats = 0
        self._subscribed: set[str] = set()

    async def talk(self, mailbox: Mailbox) -> None:
        """Answer and tell until the client is gone; hang up on one that subscribes to nothing."""
        patience = FIRST_WORD_S
        while True:
            try:
                item = await asyncio.wait_for(mailbox.get(), patience)
            except TimeoutError:
                if not self._subscribed:
                    return
                await self._beat()
                continue
            if item is None:
                return
            if isinstance(item, str):
                await self._answer(item)
            elif not await self._tell(item):
                return
            patience = BEAT_S if self._subscribed else FIRST_WORD_S

    async def _answer(self, text: str) -> None:
        wanted = _wanted(text)
        token = str(wanted.get("jwt", ""))
        known = granted(token, None, self._place.keys, self._now())
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

    async def _tell(self, execution: SandboxExecution) -> bool:
        """Tell of an order that was filled; False where the plan has it that the line breaks."""
        live = self._place.faults()
        if "cut" in live:
            return False
        if "user" in self._subscribed and "silent" not in live:
            self._number += "gap" in live
            order = _filled(execution)
            await self._send("user", {"type": "update", "orders": [order], "positions": {}})
        return True

    async def _beat(self) -> None:
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


def _wanted(text: str) -> JsonObject:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


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
