"""Executions as Kraken's trades and ledger entries; a time is a JSON number of seconds."""

import hashlib
from collections.abc import Iterator
from datetime import datetime

from coach.brokers.sandbox.entries import Json, JsonObject, SandboxExecution, plain
from coach.brokers.sandbox.market import Listing, SandboxBar, Tape

THEIRS = {"BTC": "XXBT", "DOGE": "XXDG", "ETH": "XETH", "USD": "ZUSD"}
OTHER_NAMES = {"XXBT": "XBT", "XXDG": "XDG", "XETH": "ETH", "ZUSD": "USD"}


def asset(coin: str) -> str:
    """Return Kraken's name of a coin."""
    return THEIRS.get(coin, coin)


def altname(coin: str) -> str:
    """Return Kraken's other name of a coin."""
    return OTHER_NAMES.get(asset(coin), coin)


def pair_name(base: str, quote: str) -> str:
    """Return the key of a pair: `XXBTZUSD`, but `SOLUSD`."""
    both = asset(base) + asset(quote)
    return both if asset(base) != base else altname(base) + altname(quote)


def txid(execution: SandboxExecution, kind: str = "T") -> str:
    """Return the id of a trade, of its order (O) or of an entry of its ledger."""
    name = execution.order_id if kind == "O" else execution.entry_id
    drawn = hashlib.sha256(f"{kind}{name}".encode()).hexdigest().upper()
    return f"{kind[0]}{drawn[:5]}-{drawn[5:10]}-{drawn[10:16]}"


def seconds(moment: datetime) -> float:
    """Return a time as Kraken writes it."""
    return moment.timestamp()


def trade(execution: SandboxExecution) -> JsonObject:
    """Return the entry of a page of trades; `cost` is cut off, `fee` an estimate."""
    base, quote = execution.product_id.split("-")
    entries: list[Json] = [name for name, _ in ledger(execution)]
    return {
        "ordertxid": txid(execution, "O"),
        "postxid": "TKH2SE-M7IF5-CFI7LT",
        "pair": pair_name(base, quote),
        "time": seconds(execution.at),
        "type": execution.side.lower(),
        "ordertype": "limit",
        "price": plain(execution.price),
        "cost": f"{execution.price * execution.size:.5f}",
        "fee": f"{execution.commission:.5f}",
        "vol": plain(execution.size),
        "margin": "0.00000",
        "leverage": "0",
        "misc": "",
        "trade_id": int(hashlib.sha256(execution.trade_id.encode()).hexdigest()[:7], 16),
        "maker": execution.liquidity == "MAKER",
        "aclass": "forex",
        "ledgers": entries,
    }


def ledger(execution: SandboxExecution) -> Iterator[tuple[str, JsonObject]]:
    """Yield the two entries of a trade; the fee is on that of the money."""
    base, quote = execution.product_id.split("-")
    sign = 1 if execution.side == "BUY" else -1
    money = -sign * execution.price * execution.size
    legs = ((quote, money, execution.commission), (base, sign * execution.size, None))
    for coin, amount, fee in legs:
        yield (
            txid(execution, f"L{coin}"),
            {
                "refid": txid(execution),
                "time": seconds(execution.at),
                "type": "trade",
                "subtype": "",
                "aclass": "currency",
                "asset": asset(coin),
                "amount": plain(amount),
                "fee": "0" if fee is None else plain(fee),
                "balance": "0",
            },
        )


def pair(listing: Listing) -> JsonObject:
    """Return a pair as Kraken lists it."""
    base, quote = altname(listing.base), altname(listing.quote)
    return {
        "altname": f"{base}{quote}",
        "wsname": f"{base}/{quote}",
        "aclass_base": "currency",
        "base": asset(listing.base),
        "aclass_quote": "currency",
        "quote": asset(listing.quote),
        "pair_decimals": 2,
        "lot_decimals": 8,
        "cost_decimals": 5,
        "status": "online",
    }


def bar_row(bar: SandboxBar, tape: Tape) -> list[Json]:
    """Return a row of candles: time, open, high, low, close, average, volume, count."""
    prices = [plain(tape.price(one)) for one in (bar.open, bar.high, bar.low, bar.close)]
    return [bar.start_s, *prices, prices[-1], f"{bar.volume:.8f}", 1]
