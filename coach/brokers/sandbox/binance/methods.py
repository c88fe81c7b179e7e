"""What the sandbox answers as Binance: JSON, or a status with a code of Binance's own.

Trades come oldest first and only of one symbol. A number and times exclude each other; of futures a
window holds seven days at most, and what is older than six months is silently not there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from starlette.responses import JSONResponse

from coach.brokers.sandbox.binance import books
from coach.brokers.sandbox.binance.keys import BinanceGrant, refusal_of
from coach.brokers.sandbox.entries import Json, JsonObject, SandboxExecution, plain
from coach.brokers.sandbox.refusals import ErrorReply
from coach.brokers.sandbox.world import SandboxWorld

USUAL_ROWS, MOST_ROWS = 500, 1000
DAY_MS = 86_400_000
WEEK_MS = 7 * DAY_MS
KEPT_OF_FUTURES = timedelta(days=180)
NOTHING_ELSE = ("enableMargin", "enableFutures", "enableVanillaOptions", "enableFixApiTrade")

Fields = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class SignedQuery:
    """A request as it came: its fields, its very text, the key that came along, and the clock.

    `live` fills are shown after all others.
    """

    fields: Fields
    text: str
    key: str
    now: datetime
    live: tuple[SandboxExecution, ...] = ()


Answer = Callable[[SandboxWorld, SignedQuery], JsonObject | list[Json]]


def checked(world: SandboxWorld, query: SignedQuery) -> BinanceGrant:
    """Return the grant of a request that is signed well, or refuse."""
    if not query.key:
        raise refusal(401, -2014, "API-key format invalid.")
    grant = world.binance_keys.get(query.key)
    refused = refusal_of(grant, query.text, query.fields, query.now)
    if refused is not None or grant is None:
        raise refusal(*(refused or (401, -2015, "")))
    return grant


def restrictions(world: SandboxWorld, query: SignedQuery) -> JsonObject:
    """Answer what the key may do."""
    grant = checked(world, query)
    return {
        "ipRestrict": False,
        "createTime": 1_698_645_219_000,
        "enableReading": True,
        "enableWithdrawals": grant.can_transfer,
        "enableInternalTransfer": False,
        "permitsUniversalTransfer": False,
        "enableSpotAndMarginTrading": grant.can_trade,
        "enableFixReadOnly": True,
        **dict.fromkeys(NOTHING_ELSE, False),
    }


def account(world: SandboxWorld, query: SignedQuery) -> JsonObject:
    """Answer what is held; `canTrade` is of the account and not of the key."""
    checked(world, query)
    balances: list[Json] = []
    for one in world.accounts:
        held = one["available_balance"]
        assert isinstance(held, dict)
        coin = books.QUOTE if one["currency"] == "USD" else str(one["currency"])
        balances.append({"asset": coin, "free": held["value"], "locked": "0.00000000"})
    return {"canTrade": True, "canWithdraw": True, "accountType": "SPOT", "balances": balances}


def spot_trades(world: SandboxWorld, query: SignedQuery) -> list[Json]:
    """Answer trades of the spot market."""
    checked(world, query)
    return _trades(world, query, "spot")


def margin_trades(world: SandboxWorld, query: SignedQuery) -> list[Json]:
    """Answer trades on margin, crossed unless isolated ones are asked for."""
    checked(world, query)
    isolated = query.fields.get("isIsolated", "FALSE").upper()  # ccxt writes it in small letters
    if isolated not in {"TRUE", "FALSE"}:
        raise refusal(400, -1130, "Invalid data sent for parameter 'isIsolated'.")
    return _trades(world, query, "isolated" if isolated == "TRUE" else "cross")


def futures_trades(world: SandboxWorld, query: SignedQuery) -> list[Json]:
    """Answer trades of perpetual futures: seven days at once, six months in all."""
    checked(world, query)
    fields = query.fields
    begin, end, number = (_whole(fields, name) for name in ("startTime", "endTime", "fromId"))
    now_ms = books.milliseconds(query.now)
    if number is None:
        end = min(now_ms, begin + WEEK_MS - 1) if end is None and begin is not None else end
        begin = (end or now_ms) - WEEK_MS + 1 if begin is None else begin
        end = now_ms if end is None else end
        if end - begin >= WEEK_MS:
            raise refusal(400, -4165, "Maximum time interval is 7 days.")
    elif begin is not None or end is not None:
        raise refusal(400, -1128, "Combination of optional parameters invalid.")
    oldest = books.milliseconds(query.now - KEPT_OF_FUTURES)
    found = [one for one in _of_symbol(world, query, "futures") if one.at_ms >= oldest]
    if number is None:
        found = [one for one in found if begin <= one.at_ms <= end]  # type: ignore[operator]
    else:
        found = [one for one in found if one.number >= number]
    return [books.as_trade(one, "futures") for one in found[: _limit(fields)]]


def prices(world: SandboxWorld, query: SignedQuery) -> list[Json]:
    """Answer the last price of every symbol."""
    del query
    return [
        {
            "symbol": books.symbol_of(tape.listing.base),
            "price": plain(tape.price(int(tape.closes[-1]))),
        }
        for tape in world.tapes.values()
    ]


def exchange_info(world: SandboxWorld, query: SignedQuery) -> JsonObject:
    """Answer the symbols and the limits."""
    weight: JsonObject = {"rateLimitType": "REQUEST_WEIGHT", "interval": "MINUTE"}
    return {
        "timezone": "UTC",
        "serverTime": books.milliseconds(query.now),
        "rateLimits": [{**weight, "intervalNum": 1, "limit": 6000}],
        "symbols": [books.listed(tape.listing) for tape in world.tapes.values()],
    }


def server_time(world: SandboxWorld, query: SignedQuery) -> JsonObject:
    """Answer what time it is at the broker."""
    del world
    return {"serverTime": books.milliseconds(query.now)}


ANSWERS: dict[str, Answer] = {
    "/api/v3/time": server_time,
    "/api/v3/exchangeInfo": exchange_info,
    "/api/v3/ticker/price": prices,
    "/api/v3/account": account,
    "/api/v3/myTrades": spot_trades,
    "/sapi/v1/account/apiRestrictions": restrictions,
    "/sapi/v1/margin/myTrades": margin_trades,
    "/fapi/v1/time": server_time,
    "/fapi/v2/ticker/price": prices,
    "/fapi/v1/userTrades": futures_trades,
}


def refusal(status: int, code: int, message: str) -> ErrorReply:
    """Return the error of a request that cannot be answered."""
    return ErrorReply(JSONResponse({"code": code, "msg": message}, status))


def _trades(world: SandboxWorld, query: SignedQuery, market: books.Market) -> list[Json]:
    fields = query.fields
    begin, end, number = (_whole(fields, name) for name in ("startTime", "endTime", "fromId"))
    if number is not None and (begin is not None or end is not None):
        raise refusal(400, -1128, "Combination of optional parameters invalid.")
    if begin is not None and end is not None and end - begin > DAY_MS:
        raise refusal(400, -1127, "More than 24 hours between startTime and endTime.")
    found = [
        one
        for one in _of_symbol(world, query, market)
        if (begin is None or one.at_ms >= begin)
        and (end is None or one.at_ms <= end)
        and (number is None or one.number >= number)
    ]
    limit = _limit(fields)
    newest = number is None and begin is None
    chosen = found[-limit:] if newest else found[:limit]
    return [books.as_trade(one, market) for one in chosen]


def _of_symbol(
    world: SandboxWorld, query: SignedQuery, market: books.Market
) -> list[books.BookedTrade]:
    symbol = query.fields.get("symbol", "")
    if not symbol:
        raise refusal(400, -1102, "Mandatory parameter 'symbol' was not sent.")
    bases = {books.symbol_of(tape.listing.base): tape.listing.base for tape in world.tapes.values()}
    if symbol not in bases:
        raise refusal(400, -1121, "Invalid symbol.")
    if market != books.market_of(bases[symbol]):
        return []
    if symbol not in world.binance_trades:
        world.binance_trades[symbol] = books.trades(world.executions, symbol)
    known = world.binance_trades[symbol]
    return [*known, *books.trades(query.live, symbol, len(known))]


def _limit(fields: Fields) -> int:
    return min(_whole(fields, "limit") or USUAL_ROWS, MOST_ROWS)


def _whole(fields: Fields, name: str) -> int | None:
    text = fields.get(name, "")
    if text and not text.isdecimal():
        raise refusal(400, -1100, f"Illegal characters found in parameter '{name}'.")
    return int(text) if text else None
