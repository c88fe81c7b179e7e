"""What the broker shows: fills newest first, and answers, some of them spoiled by a plan.

Reversals, corrections, synthetic entries and unknown sides are added beside the true fill, so the
truth about what was traded stays the same under every fault; only `shared_trade_time` moves times.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from decimal import Decimal

import numpy as np
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import Receive, Scope, Send

from coach.brokers.sandbox import refusals
from coach.brokers.sandbox.entries import Json, JsonObject, SandboxExecution, as_json, plain
from coach.brokers.sandbox.faults import AnswerFault, EntryFault, SandboxPlan
from coach.brokers.sandbox.klines import banned, restricted
from coach.brokers.sandbox.kraken.methods import spoiled

EDGE_EVERY = 50
EDGE_REACH = 3
LOGIN_PAGE = "<!doctype html><html><body><h1>Please sign in</h1></body></html>"
CURSOR_TO_NOWHERE = "+/+/bm93aGVyZQ=="

Entries = list[JsonObject]
Body = JsonObject | list[Json]


def entries(executions: Iterable[SandboxExecution], plan: SandboxPlan) -> Entries:
    """Return the entries that the fills endpoint pages through."""
    shown = _newest_first([as_json(execution) for execution in executions])
    for fault in sorted(plan.entries):
        chosen = _chosen(shown, fault, plan)
        shown = _newest_first(SPOILS[fault](shown, chosen))
    return shown


def instead_of(fault: AnswerFault | None, plan: SandboxPlan) -> Response | None:
    """Return what is answered in the place of an answer, if anything."""
    if fault == "too_many_requests_retry_after":
        return refusals.too_many_requests(plan.retry_after_s)
    made = None if fault is None else REFUSALS.get(fault)
    return None if made is None else made()


def spoil_answer(fault: AnswerFault | None, body: Body, sent_cursor: str) -> Response:
    """Return a good answer, or what a fault makes of it."""
    if fault == "html":
        return HTMLResponse(LOGIN_PAGE)
    if fault == "malformed":
        return Response(json.dumps(body)[:-1] + ",}", media_type="application/json")
    if fault == "truncated":
        return Truncated(body)
    if fault == "lies":
        return JSONResponse(_lied(body))
    if isinstance(body, dict) and "error" in body:
        return JSONResponse(spoiled(fault, body))
    if isinstance(body, dict) and "fills" in body:
        if fault == "stuck_cursor" and sent_cursor and body["cursor"]:
            body["cursor"] = sent_cursor
        if fault == "empty_page":
            body["fills"] = []
            body["cursor"] = body["cursor"] or sent_cursor or CURSOR_TO_NOWHERE
    return JSONResponse(body)


class Truncated(JSONResponse):
    """An answer that breaks off half-way: its length was promised, its end never comes."""

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the promise and half of the body."""
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        half = bytes(self.body)[: len(self.body) // 2]
        await send({"type": "http.response.body", "body": half, "more_body": True})


def _lied(body: Body) -> Body:
    """Return candles whose highs stand below their lows; anything else tells no lie."""
    if isinstance(body, list):
        return [_swapped(row) for row in body]
    rows = body.get("candles")
    return body if not isinstance(rows, list) else {**body, "candles": [_swapped(r) for r in rows]}


def _swapped(row: Json) -> Json:
    if isinstance(row, dict) and "high" in row:
        return {**row, "high": row["low"], "low": row["high"]}
    if isinstance(row, list):
        start, opened, high, low, *rest = row
        return [start, opened, low, high, *rest]
    return row


def _newest_first(shown: Entries) -> Entries:
    def age(entry: JsonObject) -> tuple[str, ...]:
        times = (str(entry["trade_time"]), str(entry["sequence_timestamp"]))
        return (*(time.rstrip("Z") for time in times), str(entry["entry_id"]))

    return sorted(shown, key=age, reverse=True)


def _chosen(shown: Entries, fault: EntryFault, plan: SandboxPlan) -> set[int]:
    salt = int.from_bytes(hashlib.sha256(fault.encode()).digest()[:4], "big")
    luck = np.random.default_rng([plan.seed, salt]).random(len(shown))
    return set(np.flatnonzero(luck < plan.share).tolist())


def _in_quote(shown: Entries, chosen: set[int]) -> Entries:
    for number in chosen:
        entry = shown[number]
        money = Decimal(str(entry["size"])) * Decimal(str(entry["price"]))
        shown[number] = {**entry, "size": plain(money), "size_in_quote": True}
    return shown


def _beside(**changes: str) -> Callable[[Entries, set[int]], Entries]:
    def spoil(shown: Entries, chosen: set[int]) -> Entries:
        salt = "".join(changes.values())
        added = [
            {**shown[number], **changes, "entry_id": _renamed(shown[number]["entry_id"], salt)}
            for number in sorted(chosen)
        ]
        return [*shown, *added]

    return spoil


def _renamed(entry_id: object, salt: str) -> str:
    return hashlib.sha256(f"{salt}{entry_id}".encode()).hexdigest()


def _nine_digits(shown: Entries, chosen: set[int]) -> Entries:
    for number in chosen:
        second, _, fraction = str(shown[number]["trade_time"]).rstrip("Z").partition(".")
        time = f"{second}.{fraction.ljust(6, '0')}{number % 999 + 1:03d}Z"
        shown[number] = {**shown[number], "trade_time": time}
    return shown


def _shared_trade_id(shown: Entries, chosen: set[int]) -> Entries:
    orders = {shown[number]["order_id"]: shown[number]["trade_id"] for number in chosen}
    return [
        {**entry, "trade_id": orders.get(entry["order_id"], entry["trade_id"])} for entry in shown
    ]


def _shared_trade_time(shown: Entries, _chosen: set[int]) -> Entries:
    """Give the fills around every fiftieth, where pages end, the same moment."""
    for edge in range(EDGE_EVERY, len(shown), EDGE_EVERY):
        first = shown[edge - EDGE_REACH]
        moment = {key: first[key] for key in ("trade_time", "sequence_timestamp")}
        for number in range(edge - EDGE_REACH, min(edge + EDGE_REACH, len(shown))):
            shown[number] = {**shown[number], **moment}
    return shown


def _extra_fields(shown: Entries, _chosen: set[int]) -> Entries:
    extra: JsonObject = {"settlement": {"venue": "CBE", "legs": [1, None]}, "is_new": True}
    return [{**entry, **extra} for entry in shown]


REFUSALS: dict[AnswerFault, Callable[[], Response]] = {
    "too_many_requests": refusals.too_many_requests,
    "too_many_requests_html": refusals.too_many_requests_html,
    "internal_error": refusals.internal_error,
    "bad_gateway": refusals.bad_gateway,
    "unavailable": refusals.unavailable,
    "banned": banned,
    "restricted": restricted,
}
SPOILS: dict[EntryFault, Callable[[Entries, set[int]], Entries]] = {
    "size_in_quote": _in_quote,
    "reversal": _beside(trade_type="REVERSAL"),
    "correction": _beside(trade_type="CORRECTION"),
    "synthetic": _beside(trade_type="SYNTHETIC"),
    "unknown_side": _beside(side="UNKNOWN_ORDER_SIDE"),
    "nine_digits": _nine_digits,
    "shared_trade_id": _shared_trade_id,
    "shared_trade_time": _shared_trade_time,
    "extra_fields": _extra_fields,
}
