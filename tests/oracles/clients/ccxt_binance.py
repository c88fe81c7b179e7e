"""ccxt asks a sandbox as Binance; run by the Python of an environment of its own.

Reads a JSON object from stdin: `url`, `key`, `secret`, and `asked`, a list of [market, symbol].
Prints what the key may do, and of each market the trades as ccxt understands them.
"""

import json
import sys
from typing import Any

import ccxt

PAGE = 1000


def client(kind: str, told: dict[str, Any]) -> Any:  # noqa: ANN401 -- the library is untyped
    made = getattr(ccxt, kind)({"apiKey": told["key"], "secret": told["secret"]})
    made.options |= {"fetchCurrencies": False, "fetchMargins": False}
    made.urls["api"] = {
        name: at.replace(at.partition(".com")[0] + ".com", told["url"])
        for name, at in made.urls["api"].items()
        if isinstance(at, str)
    }
    made.set_markets([market(made, symbol, kind) for _, symbol in told["asked"]])
    return made


def market(made: Any, symbol: str, kind: str) -> dict[str, Any]:  # noqa: ANN401 -- as above
    base, quote = symbol.split("-")
    future = kind == "binanceusdm"
    settled = f":{quote}" if future else ""
    more = {"swap": future, "spot": not future, "contract": future, "linear": future or None}
    ids = {"id": base + quote, "symbol": f"{base}/{quote}{settled}", "base": base, "quote": quote}
    settle = {"settle": quote if future else None, "type": "swap" if future else "spot"}
    found: dict[str, Any] = made.safe_market_structure({**ids, **more, **settle, "active": True})
    return found


def trades(told: dict[str, Any], where: str, symbol: str) -> list[dict[str, Any]]:
    made = client("binanceusdm" if where == "futures" else "binance", told)
    name = symbol.replace("-", "/") + (":USDT" if where == "futures" else "")
    mode = {"marginMode": where} if where in {"cross", "isolated"} else {}
    found: list[dict[str, Any]] = []
    while True:
        number = int(found[-1]["id"]) + 1 if found else 0
        page = made.fetch_my_trades(name, None, PAGE, {**mode, "fromId": number})
        found += page
        if len(page) < PAGE:
            return [told_of(one) for one in found]


def told_of(trade: dict[str, Any]) -> dict[str, Any]:
    named = ("id", "order", "timestamp", "side", "price", "amount", "fee")
    return {name: trade[name] for name in named}


def main() -> None:
    told = json.load(sys.stdin)
    restrictions = client("binance", told).sapi_get_account_apirestrictions()
    found = [trades(told, where, symbol) for where, symbol in told["asked"]]
    json.dump({"restrictions": restrictions, "trades": found}, sys.stdout)


main()
