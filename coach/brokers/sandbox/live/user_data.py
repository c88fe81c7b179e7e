"""Binance's WebSocket API as far as its user data stream goes: the time, and one subscription.

Requests are JSON with an id that the answer repeats. Nothing is counted, nothing beats, and what is
signed is checked as for the REST API.
"""

import json
from datetime import datetime, timedelta

from starlette.websockets import WebSocket

from coach.brokers.sandbox.binance import books
from coach.brokers.sandbox.binance.keys import BinanceGrant, refusal_of
from coach.brokers.sandbox.entries import Json, JsonObject, SandboxExecution, plain
from coach.brokers.sandbox.live.line import LivePlace

PATH = "/ws-api/v3"


class UserDataSpeaker:
    """What the stream says over one connection; its clock may be ahead."""

    is_subscribed = False

    def __init__(
        self,
        place: LivePlace,
        keys: dict[str, BinanceGrant],
        socket: WebSocket,
        drift: timedelta,
    ) -> None:
        self._place = place
        self._keys = keys
        self._socket = socket
        self._drift = drift

    async def answer(self, wanted: JsonObject) -> None:
        """Answer a request."""
        match wanted.get("method"):
            case "time":
                told: JsonObject = {"serverTime": books.milliseconds(self._now())}
                await self._reply(wanted, 200, "result", told)
            case "userDataStream.subscribe.signature":
                await self._subscribe(wanted)
            case _:
                error: JsonObject = {"code": -1020, "msg": "Unsupported operation."}
                await self._reply(wanted, 400, "error", error)

    async def _subscribe(self, wanted: JsonObject) -> None:
        asked = wanted.get("params")
        params = {k: str(v) for k, v in asked.items()} if isinstance(asked, dict) else {}
        grant = self._keys.get(params.get("apiKey", ""))
        refused = refusal_of(grant, _signed(params), params, self._now())
        if "refused" in self._place.faults():
            refused = (401, -2015, "Invalid API-key, IP, or permissions for action.")
        if refused is not None:
            status, code, words = refused
            await self._reply(wanted, status, "error", {"code": code, "msg": words})
            return
        self.is_subscribed = True
        await self._reply(wanted, 200, "result", {"subscriptionId": 0})

    async def tell(self, execution: SandboxExecution) -> bool:
        """Tell of a trade on the spot market, or that the server restarts."""
        faults, base = self._place.faults(), execution.product_id.partition("-")[0]
        if "cut" in faults:
            return False
        if "shutdown" in faults:
            await self._event({"e": "serverShutdown", "E": books.milliseconds(self._now())})
        elif self.is_subscribed and "silent" not in faults and books.market_of(base) == "spot":
            await self._event(_report(execution))
        return True

    async def beat(self) -> None:
        """Say nothing: the connection's own pings are all that there is."""

    async def _event(self, event: JsonObject) -> None:
        await self._socket.send_text(json.dumps({"subscriptionId": 0, "event": event}))

    async def _reply(self, wanted: JsonObject, status: int, name: str, body: Json) -> None:
        answer = {"id": wanted.get("id"), "status": status, name: body}
        await self._socket.send_text(json.dumps(answer))

    def _now(self) -> datetime:
        return self._place.now() + self._drift


def _signed(params: dict[str, str]) -> str:
    """Return what was signed, with its signature at the end as a query has it."""
    fields = sorted(one for one in params.items() if one[0] != "signature")
    text = "&".join(f"{name}={value}" for name, value in fields)
    return f"{text}&signature={params.get('signature', '')}"


def _report(execution: SandboxExecution) -> JsonObject:
    """Return the report of an order that a trade filled."""
    fee, at = books.fee_of(execution), books.milliseconds(execution.at)
    return {
        "e": "executionReport",
        "E": at,
        "s": books.symbol_of(execution.product_id.partition("-")[0]),
        "S": execution.side,
        "x": "TRADE",
        "X": "FILLED",
        "l": plain(execution.size),
        "L": plain(execution.price),
        "n": plain(fee.quantity),
        "N": fee.coin,
        "T": at,
    }
