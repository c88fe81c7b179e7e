"""The same market as Binance would tell it: klines, oldest first, times in milliseconds.

A coin that is priced in USD here is served as its pairs in USDT and USDC. As at Binance, the window
is closed on both sides, at most 1000 rows come, and without a start they are the latest. Unlike
there, a quiet minute has no row.
"""

from datetime import datetime
from http import HTTPStatus

from starlette.datastructures import QueryParams
from starlette.responses import JSONResponse

from coach.brokers.sandbox.entries import Json, plain
from coach.brokers.sandbox.market import SandboxBar, Tape
from coach.brokers.sandbox.refusals import ErrorReply
from coach.brokers.sandbox.world import SandboxWorld

PATH = "/api/v3/klines"
QUOTES = ("USDT", "USDC")
USUAL_ROWS, MOST_ROWS = 500, 1000
INTERVALS = {
    "1m": 60,
    "3m": 180,
    "5m": 300,
    "15m": 900,
    "30m": 1800,
    "1h": 3600,
    "2h": 7200,
    "4h": 14400,
    "6h": 21600,
    "8h": 28800,
    "12h": 43200,
    "1d": 86400,
}


def klines(world: SandboxWorld, query: QueryParams, now: datetime) -> list[Json]:
    """Return the rows of a window."""
    tape = _tape(world, query.get("symbol", ""))
    interval = query.get("interval", "")
    if interval not in INTERVALS:
        raise _refusal(-1120, "Invalid interval.")
    seconds = INTERVALS[interval]
    limit = min(_whole(query, "limit", USUAL_ROWS) or USUAL_ROWS, MOST_ROWS)
    end_s = _whole(query, "endTime", int(now.timestamp() * 1000)) // 1000 + 1
    begin_s = _whole(query, "startTime", 0) // 1000
    if begin_s:
        end_s = min(end_s, begin_s + limit * seconds)
    else:
        begin_s = end_s - limit * seconds
    return [_row(bar, tape, seconds) for bar in reversed(tape.bars(seconds, begin_s, end_s))]


def banned() -> JSONResponse:
    """Return the 418 of an address that went on after a 429."""
    body = {"code": -1003, "msg": "Way too much request weight used; IP banned."}
    return JSONResponse(body, HTTPStatus.IM_A_TEAPOT, {"retry-after": "120"})


def restricted() -> JSONResponse:
    """Return the 451 of a country that is not served."""
    body = {"code": 0, "msg": "Service unavailable from a restricted location."}
    return JSONResponse(body, HTTPStatus.UNAVAILABLE_FOR_LEGAL_REASONS)


def _tape(world: SandboxWorld, symbol: str) -> Tape:
    for tape in world.tapes.values():
        if symbol in {f"{tape.listing.base}{quote}" for quote in QUOTES}:
            return tape
    raise _refusal(-1121, "Invalid symbol.")


def _row(bar: SandboxBar, tape: Tape, seconds: int) -> Json:
    prices = (plain(tape.price(ticks)) for ticks in (bar.open, bar.high, bar.low, bar.close))
    start = bar.start_s * 1000
    close_time = start + seconds * 1000 - 1
    return [start, *prices, f"{bar.volume:.8f}", close_time, "0", 0, "0", "0", "0"]


def _whole(query: QueryParams, name: str, usual: int) -> int:
    text = query.get(name, "")
    if not text:
        return usual
    if not text.isdecimal():
        raise _refusal(-1100, f"Illegal characters found in parameter '{name}'.")
    return int(text)


def _refusal(code: int, message: str) -> ErrorReply:
    return ErrorReply(JSONResponse({"code": code, "msg": message}, HTTPStatus.BAD_REQUEST))
