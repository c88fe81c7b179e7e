"""Binance's own client asks a sandbox; run by the Python of an environment of its own.

Reads a JSON object from stdin: `url`, `key`, `secret`, and `symbols`. Prints the trades of each as
the client's models hold them, the balances, and the kinds of its errors for what is refused.
"""

import json
import sys
from collections.abc import Callable
from typing import Any

from binance_common.configuration import ConfigurationRestAPI
from binance_sdk_spot.spot import Spot

PAGE = 1000


def client(told: dict[str, Any], secret: str) -> Any:  # noqa: ANN401 -- the library's own type
    made = ConfigurationRestAPI(
        api_key=told["key"], api_secret=secret, base_path=told["url"], timeout=10_000, retries=0
    )
    return Spot(config_rest_api=made).rest_api


def trades(api: Any, symbol: str) -> list[dict[str, Any]]:  # noqa: ANN401 -- as above
    found: list[dict[str, Any]] = []
    while True:
        number = found[-1]["id"] + 1 if found else 0
        page = api.my_trades(symbol=symbol, from_id=number, limit=PAGE).data()
        found += [one.model_dump() for one in page]
        if len(page) < PAGE:
            return found


def refused(call: Callable[[], object]) -> str:
    try:
        call()
    except Exception as error:  # noqa: BLE001 -- its class is the answer
        return type(error).__name__
    return ""


def main() -> None:
    told = json.load(sys.stdin)
    api, other = client(told, told["secret"]), client(told, "x" * 64)
    answer = {
        "trades": [trades(api, symbol) for symbol in told["symbols"]],
        "balances": [one.model_dump() for one in api.get_account().data().balances],
        "no_symbol": refused(lambda: api.my_trades(symbol="NOTHING")),
        "wrong_secret": refused(lambda: other.my_trades(symbol=told["symbols"][0])),
        "number_and_time": refused(
            lambda: api.my_trades(symbol=told["symbols"][0], from_id=1, start_time=1)
        ),
    }
    json.dump(answer, sys.stdout)


main()
