"""Kraken's channel `executions` over WebSocket v2, with a token that its REST API handed out.

A token opens one subscription. Messages of the channel are counted per connection; a heartbeat
comes each second while nothing else does.
"""

import json
from datetime import datetime

from starlette.websockets import WebSocket

from coach.brokers.sandbox.entries import JsonObject, SandboxExecution, rfc3339
from coach.brokers.sandbox.kraken import books
from coach.brokers.sandbox.live.line import LivePlace

PATH = "/ws/v2"
CHANNEL = "executions"


class ExecutionsSpeaker:
    """What the channel says over one connection."""

    is_subscribed = False

    def __init__(self, place: LivePlace, socket: WebSocket) -> None:
        self._place = place
        self._socket = socket
        self._number = 0

    async def answer(self, wanted: JsonObject) -> None:
        """Answer a subscription."""
        asked = wanted.get("params")
        params = asked if isinstance(asked, dict) else {}
        token = str(params.get("token", ""))
        if wanted.get("method") != "subscribe" or params.get("channel") != CHANNEL:
            await self._refuse("Unsupported channel")
        elif "refused" in self._place.faults():
            await self._refuse("EGeneral:Permission denied")
        elif token not in self._place.live.tokens:
            await self._refuse("ESession:Invalid session")
        else:
            self._place.live.tokens.discard(token)
            self.is_subscribed = True
            result: JsonObject = {"channel": CHANNEL, "snap_trades": False, "warnings": []}
            await self._send({"method": "subscribe", "success": True, "result": result})

    async def tell(self, execution: SandboxExecution) -> bool:
        """Tell of a trade, and of the order that is filled by it."""
        faults = self._place.faults()
        if faults & {"cut", "shutdown"}:
            return False
        if self.is_subscribed and "silent" not in faults:
            self._number += 1 + ("gap" in faults)
            data = [_traded(execution, kind, self._now()) for kind in ("trade", "filled")]
            told: JsonObject = {"channel": CHANNEL, "type": "update", "sequence": self._number}
            await self._send({**told, "data": [*data]})
        return True

    async def beat(self) -> None:
        """Send a heartbeat."""
        if "silent" not in self._place.faults():
            await self._send({"channel": "heartbeat"})

    async def _refuse(self, error: str) -> None:
        await self._send({"method": "subscribe", "success": False, "error": error})

    async def _send(self, message: JsonObject) -> None:
        await self._socket.send_text(json.dumps(message))

    def _now(self) -> datetime:
        return self._place.now()


def _traded(execution: SandboxExecution, kind: str, now: datetime) -> JsonObject:
    """Return an execution report; its numbers are numbers."""
    base, quote = execution.product_id.split("-")
    return {
        "exec_type": kind,
        "exec_id": books.txid(execution),
        "order_id": books.txid(execution, "O"),
        "symbol": f"{base}/{quote}",
        "side": execution.side.lower(),
        "last_qty": float(execution.size),
        "last_price": float(execution.price),
        "fees": [{"asset": quote, "qty": float(execution.commission)}],
        "order_status": "filled",
        "timestamp": rfc3339(now),
    }
