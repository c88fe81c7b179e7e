"""What the sandbox answers as Kraken: a result, or a list of errors, always under status 200.

Pages hold 50 entries, newest first, as a map; `count` is of all that the time holds. `start` is not
part of the time and `end` is.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qs

from coach.brokers.sandbox.entries import Json, JsonObject, SandboxExecution
from coach.brokers.sandbox.faults import AnswerFault
from coach.brokers.sandbox.kraken import books
from coach.brokers.sandbox.kraken.keys import KrakenGrant, refusal_of
from coach.brokers.sandbox.world import SandboxWorld

PRIVATE = "/0/private/"
PUBLIC = "/0/public/"
PAGE = 50
NEWEST_BARS = 720
INTERVALS = frozenset({1, 5, 15, 30, 60, 240, 1440})
NEEDS = {
    "Balance": ("query-funds",),
    "TradesHistory": ("query-closed-trades",),
    "Ledgers": ("query-ledger",),
    "GetWebSocketsToken": ("create-ws-token",),
}
LISTS = ("trades", "ledger")

Entries = Iterable[tuple[str, JsonObject]]
Fields = Mapping[str, str]
LiveShown = tuple[SandboxExecution, ...]


TOKEN_LASTS_S = 900


@dataclass(frozen=True, slots=True)
class SignedForm:
    """A request as it came: its method, its headers and its very body."""

    method: str
    headers: Mapping[str, str]
    body: bytes


def private(world: SandboxWorld, form: SignedForm, live: LiveShown) -> JsonObject:
    """Answer a signed request; `live` fills are shown before all others."""
    method, headers, body = form.method, form.headers, form.body
    public = headers.get("api-key", "")
    grant = world.kraken_keys.get(public)
    refusal = refusal_of(grant, PRIVATE + method, body, headers.get("api-sign", ""))
    if refusal or grant is None:
        return failed(refusal)
    fields = {name: values[-1] for name, values in parse_qs(body.decode()).items()}
    if not {*NEEDS.get(method, ())} <= {*grant.permissions}:
        return failed("EGeneral:Permission denied")
    if method == "GetApiKeyInfo":
        return done(_key(public, grant))
    return _answer(world, method, fields, live)


def _answer(world: SandboxWorld, method: str, fields: Fields, live: LiveShown) -> JsonObject:
    match method:
        case "GetWebSocketsToken":
            return done({"token": world.live.hand_out(), "expires": TOKEN_LASTS_S})
        case "Balance":
            return done({books.asset(coin): amount for coin, amount in _balances(world)})
        case "TradesHistory" | "Ledgers":
            name = "trades" if method == "TradesHistory" else "ledger"
            return _page(name, _list(world, name, live), fields)
    return failed("EGeneral:Permission denied" if method == "AddOrder" else UNKNOWN)


UNKNOWN = "EGeneral:Unknown method"


def public(world: SandboxWorld, method: str, query: Fields, now: datetime) -> JsonObject:
    """Answer what takes no key."""
    listings = [tape.listing for tape in world.tapes.values()]
    match method:
        case "Time":
            return done({"unixtime": int(now.timestamp())})
        case "Assets":
            coins = sorted({*(one.base for one in listings), *(one.quote for one in listings)})
            return done({books.asset(coin): {"altname": books.altname(coin)} for coin in coins})
        case "AssetPairs":
            return done({books.pair_name(one.base, one.quote): books.pair(one) for one in listings})
        case "OHLC":
            return _candles(world, query, now)
    return failed(UNKNOWN)


def spoiled(fault: AnswerFault | None, answer: JsonObject) -> JsonObject:
    """Return a page that is empty though more are promised."""
    result = answer.get("result")
    name = next((one for one in LISTS if isinstance(result, dict) and one in result), "")
    if not name or not isinstance(result, dict) or fault not in {"empty_page", "stuck_cursor"}:
        return answer
    return done({**result, name: {}})


def done(result: JsonObject) -> JsonObject:
    """Return an answer without errors."""
    return {"error": [], "result": result}


def failed(error: str) -> JsonObject:
    """Return an answer that holds an error alone."""
    return {"error": [error]}


def _list(world: SandboxWorld, name: str, live: LiveShown) -> list[tuple[str, JsonObject]]:
    """Return the trades, or the entries of the ledger, newest first; they are made once."""
    if name not in world.kraken_lists:
        world.kraken_lists[name] = _entries(name, world.executions)
    return [*_entries(name, live), *world.kraken_lists[name]]


def _entries(name: str, executions: LiveShown) -> list[tuple[str, JsonObject]]:
    newest_first = [*reversed(executions)]
    if name == "trades":
        return [(books.txid(one), books.trade(one)) for one in newest_first]
    return [leg for one in newest_first for leg in books.ledger(one)]


def _balances(world: SandboxWorld) -> Iterable[tuple[str, Json]]:
    for account in world.accounts:
        balance = account["available_balance"]
        assert isinstance(balance, dict)
        yield str(account["currency"]), balance["value"]


def _page(name: str, entries: Entries, fields: Fields) -> JsonObject:
    start, end = _number(fields, "start"), _number(fields, "end")
    found = [
        (key, entry)
        for key, entry in entries
        if (start is None or _time(entry) > start) and (end is None or _time(entry) <= end)
    ]
    offset = int(_number(fields, "ofs") or 0)
    return done({name: dict(found[offset : offset + PAGE]), "count": len(found)})


def _time(entry: JsonObject) -> float:
    time = entry["time"]
    assert isinstance(time, float)
    return time


def _number(fields: Fields, name: str) -> float | None:
    text = fields.get(name, "")
    return float(text) if text.replace(".", "", 1).isdecimal() else None


def _key(public: str, grant: KrakenGrant) -> JsonObject:
    return {
        "apiKeyName": "coach",
        "apiKey": public,
        "nonce": str(grant.nonce),
        "nonceWindow": 0,
        "permissions": [*grant.permissions],
        "validUntil": "0",
        "queryFrom": "0",
        "queryTo": "0",
        "ipAllowlist": [],
    }


def _candles(world: SandboxWorld, query: Fields, now: datetime) -> JsonObject:
    interval = int(_number(query, "interval") or 1)
    pairs = {books.pair(tape.listing)["altname"]: tape for tape in world.tapes.values()}
    tape = pairs.get(query.get("pair", ""))
    if tape is None:
        return failed("EQuery:Unknown asset pair")
    if interval not in INTERVALS:
        return failed("EGeneral:Invalid arguments")
    seconds, end = interval * 60, int(now.timestamp()) + 1
    since = max(int(_number(query, "since") or 0) + 1, end - NEWEST_BARS * seconds)
    bars = reversed(tape.bars(seconds, since, end))
    listing = tape.listing
    name = books.pair_name(listing.base, listing.quote)
    return done({name: [books.bar_row(bar, tape) for bar in bars], "last": end})
