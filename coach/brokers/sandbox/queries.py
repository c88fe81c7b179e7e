"""The read endpoints as functions of the books and a query.

Where Coinbase documents nothing the sandbox is strict in what it takes and plain in what it gives:
a page of fills is at most 250, a full page always carries a cursor (an empty page may follow it),
and a cursor is opaque, full of `+`, `/` and `=`, and good only for the filters it was made with.
"""

import base64
import binascii
import hashlib
from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal

from starlette.datastructures import QueryParams

from coach.brokers.sandbox.entries import PORTFOLIO, JsonObject, plain
from coach.brokers.sandbox.keys import Grant
from coach.brokers.sandbox.market import SandboxBar, Tape
from coach.brokers.sandbox.refusals import invalid, not_found
from coach.brokers.sandbox.world import SandboxWorld

MOST_FILLS, USUAL_FILLS = 250, 100
MOST_ACCOUNTS, USUAL_ACCOUNTS = 250, 49
MOST_BARS = 350
CURSOR_MARK = b"\xfb\xff\xfe\xfb\xff"
GRANULARITIES = {
    "ONE_MINUTE": 60,
    "FIVE_MINUTE": 300,
    "FIFTEEN_MINUTE": 900,
    "THIRTY_MINUTE": 1800,
    "ONE_HOUR": 3600,
    "TWO_HOUR": 7200,
    "FOUR_HOUR": 14400,
    "SIX_HOUR": 21600,
    "ONE_DAY": 86400,
}
TOO_MANY_BARS = (
    "start and end argument is invalid - number of candles requested should be less than 350"
)


def fills(shown: Sequence[JsonObject], query: QueryParams) -> JsonObject:
    """Return one page of the fills that pass the filters, newest first, without `has_next`."""
    wanted = _passes(query)
    found = [entry for entry in shown if wanted(entry)]
    if _one_of(query, "sort_by", ("PRICE", "TRADE_TIME")) == "PRICE":
        found.sort(key=lambda entry: Decimal(str(entry["price"])), reverse=True)
    limit = _limit(query, USUAL_FILLS, MOST_FILLS)
    begin = _position(query)
    page = found[begin : begin + limit]
    following = _cursor(query, begin + limit) if len(page) == limit else ""
    return {"fills": list(page), "cursor": following, "proof_token_required": False}


def accounts(wallets: Sequence[JsonObject], query: QueryParams) -> JsonObject:
    """Return one page of the wallets."""
    limit = _limit(query, USUAL_ACCOUNTS, MOST_ACCOUNTS)
    begin = _position(query)
    page = wallets[begin : begin + limit]
    more = begin + limit < len(wallets)
    following = _cursor(query, begin + limit) if more else ""
    return {"accounts": list(page), "has_next": more, "cursor": following, "size": len(page)}


def products(world: SandboxWorld, query: QueryParams) -> JsonObject:
    """Return the products, spot ones where no other kind is asked for."""
    named = query.getlist("product_ids")
    kind = query.get("product_type") or ("" if named else "SPOT")
    found = [
        product
        for product in world.products
        if (not kind or product["product_type"] == kind)
        and (not named or product["product_id"] in named)
    ]
    return {"products": list(found), "num_products": len(found), "pagination": None}


def product(world: SandboxWorld, product_id: str) -> JsonObject:
    """Return one product."""
    for listed in world.products:
        if listed["product_id"] == product_id:
            return listed
    raise not_found(f"Product {product_id} not supported")


def permissions(grant: Grant) -> JsonObject:
    """Return what the key that asks may do."""
    return {
        "can_view": True,
        "can_trade": grant.can_trade,
        "can_transfer": grant.can_transfer,
        "portfolio_uuid": PORTFOLIO,
        "portfolio_type": "DEFAULT",
    }


def candles(world: SandboxWorld, product_id: str, query: QueryParams) -> JsonObject:
    """Return the bars of [start, end], newest first; minutes without a trade have none."""
    listed = product(world, product_id)
    tape = world.tapes.get(str(listed["alias"] or product_id))
    granularity = query.get("granularity", "")
    if granularity not in GRANULARITIES:
        raise invalid(f'parsing field "granularity": "{granularity}" is not a valid value')
    seconds = GRANULARITIES[granularity]
    start, end = _unix_seconds(query, "start"), _unix_seconds(query, "end")
    if end < start:
        raise invalid("start and end argument is invalid - start should be before end")
    if (end - start) // seconds > MOST_BARS:
        raise invalid(TOO_MANY_BARS)
    if tape is None:
        return {"candles": []}
    limit = _limit(query, MOST_BARS, MOST_BARS)
    return {"candles": [_candle(bar, tape) for bar in tape.bars(seconds, start, end)[:limit]]}


def server_time(now: datetime) -> JsonObject:
    """Return the broker's clock."""
    seconds = now.timestamp()
    iso = now.strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"iso": iso, "epochSeconds": f"{seconds:.0f}", "epochMillis": f"{seconds * 1000:.0f}"}


def _candle(bar: SandboxBar, tape: Tape) -> JsonObject:
    return {
        "start": str(bar.start_s),
        "low": plain(tape.price(bar.low)),
        "high": plain(tape.price(bar.high)),
        "open": plain(tape.price(bar.open)),
        "close": plain(tape.price(bar.close)),
        "volume": f"{bar.volume:.8f}",
    }


def _passes(query: QueryParams) -> Callable[[JsonObject], bool]:
    names = {
        "product_id": {*query.getlist("product_ids"), *query.getlist("product_id")},
        "order_id": {*query.getlist("order_ids"), *query.getlist("order_id")},
        "trade_id": {*query.getlist("trade_ids")},
    }
    side = _one_of(query, "order_side", ("BUY", "SELL"))
    start, end = (
        _time_of(query, "start_sequence_timestamp"),
        _time_of(query, "end_sequence_timestamp"),
    )

    def wanted(entry: JsonObject) -> bool:
        filed_at = datetime.fromisoformat(str(entry["sequence_timestamp"]))
        return (
            all(not allowed or entry[column] in allowed for column, allowed in names.items())
            and side in ("", entry["side"])
            and (start is None or filed_at >= start)
            and (end is None or filed_at <= end)
        )

    return wanted


def _time_of(query: QueryParams, name: str) -> datetime | None:
    text = query.get(name)
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise invalid(f'parsing field "{name}": invalid google.protobuf.Timestamp value')
    return moment


def _one_of(query: QueryParams, name: str, allowed: Sequence[str]) -> str:
    value = query.get(name, "")
    if value and value not in allowed:
        raise invalid(f'parsing field "{name}": "{value}" is not a valid value')
    return value


def _limit(query: QueryParams, usual: int, most: int) -> int:
    text = query.get("limit", "")
    if not text:
        return usual
    if not text.isdecimal():
        raise invalid(f'parsing field "limit": strconv.ParseInt: parsing "{text}": invalid syntax')
    return min(int(text), most) or usual


def _unix_seconds(query: QueryParams, name: str) -> int:
    text = query.get(name, "")
    if not text.isdecimal():
        raise invalid(f"{name} argument is invalid")
    return int(text)


def _cursor(query: QueryParams, position: int) -> str:
    raw = CURSOR_MARK + _seal(query) + position.to_bytes(5, "big")
    return base64.b64encode(raw).decode()


def _position(query: QueryParams) -> int:
    text = query.get("cursor", "")
    if not text:
        return 0
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    head = CURSOR_MARK + _seal(query)
    if not raw.startswith(head):
        raise invalid("cursor is invalid")
    return int.from_bytes(raw[len(head) :], "big")


def _seal(query: QueryParams) -> bytes:
    """Bind a cursor to the filters; the size of a page may change on the way."""
    filters = sorted(pair for pair in query.multi_items() if pair[0] not in ("cursor", "limit"))
    return hashlib.sha256(repr(filters).encode()).digest()[:6]
