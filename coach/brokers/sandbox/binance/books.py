"""Executions as Binance's trades: ids that rise per symbol, fees in whichever coin was charged.

What is priced in USD here is priced in USDT there. Each coin has a market of its own, so that one
trader shows all four: spot, cross and isolated margin, and perpetual futures.
"""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Literal, NamedTuple

from coach.brokers.sandbox.entries import JsonObject, SandboxExecution, plain
from coach.brokers.sandbox.market import Listing
from coach.model.times import microseconds

Market = Literal["spot", "cross", "isolated", "futures"]

QUOTE = "USDT"
MARKETS: dict[str, Market] = {"SOL": "cross", "LINK": "isolated", "DOGE": "futures"}
"""All other coins are traded on the spot market."""
BNB_PRICE = Decimal(600)
EIGHT_DECIMALS = Decimal("1e-8")
FIRST_ID, BETWEEN_IDS = 28_457, 7


class SandboxFee(NamedTuple):
    """A fee, and the coin that it was taken in."""

    quantity: Decimal
    coin: str


class BookedTrade(NamedTuple):
    """An execution with the number that its symbol gave it."""

    number: int
    at_ms: int
    execution: SandboxExecution


def market_of(base: str) -> Market:
    """Return on which market a coin is traded."""
    return MARKETS.get(base, "spot")


def symbol_of(base: str) -> str:
    """Return Binance's name of a coin's pair."""
    return base + QUOTE


def trades(
    executions: Iterable[SandboxExecution], symbol: str, before: int = 0
) -> list[BookedTrade]:
    """Return the trades of a symbol, oldest first, which so many others come before."""
    found = [one for one in executions if symbol_of(one.product_id.partition("-")[0]) == symbol]
    return [
        BookedTrade(FIRST_ID + number * BETWEEN_IDS, milliseconds(one.at), one)
        for number, one in enumerate(found, before)
    ]


def fee_of(execution: SandboxExecution) -> SandboxFee:
    """Return what was charged: makers pay in BNB, takers in USDT, so that all coins can be sold."""
    if execution.liquidity == "MAKER":
        commission = (execution.commission / BNB_PRICE).quantize(EIGHT_DECIMALS)
        return SandboxFee(commission, "BNB")
    return SandboxFee(execution.commission, QUOTE)


def as_trade(trade: BookedTrade, market: Market) -> JsonObject:
    """Return the entry of a page of trades; futures write some names otherwise."""
    execution = trade.execution
    fee = fee_of(execution)
    entry: JsonObject = {
        "symbol": symbol_of(execution.product_id.partition("-")[0]),
        "id": trade.number,
        "orderId": int(hashlib.sha256(execution.order_id.encode()).hexdigest()[:10], 16),
        "price": f"{execution.price:f}",
        "qty": f"{execution.size:f}",
        "commission": plain(fee.quantity),
        "commissionAsset": fee.coin,
        "time": trade.at_ms,
    }
    money = plain(execution.price * execution.size)
    buys, makes = execution.side == "BUY", execution.liquidity == "MAKER"
    if market == "futures":
        more: JsonObject = {
            "buyer": buys,
            "maker": makes,
            "quoteQty": money,
            "realizedPnl": "0",
            "side": execution.side,
            "positionSide": "BOTH",
            "commission": plain(-fee.quantity),
        }
        return {**entry, **more}
    entry |= {"isBuyer": buys, "isMaker": makes, "isBestMatch": True}
    if market == "spot":
        return {**entry, "orderListId": -1, "quoteQty": money}
    return {**entry, "isIsolated": market == "isolated"}


def listed(listing: Listing) -> JsonObject:
    """Return a symbol as exchangeInfo lists it."""
    return {
        "symbol": symbol_of(listing.base),
        "status": "TRADING",
        "baseAsset": listing.base,
        "baseAssetPrecision": 8,
        "quoteAsset": QUOTE,
        "quotePrecision": 8,
        "quoteAssetPrecision": 8,
        "orderTypes": ["LIMIT", "MARKET"],
        "isSpotTradingAllowed": True,
        "isMarginTradingAllowed": market_of(listing.base) in {"cross", "isolated"},
        "permissions": [],
        "permissionSets": [["SPOT", "MARGIN"]],
        "filters": [
            {"filterType": "PRICE_FILTER", "tickSize": plain(listing.tick)},
            {"filterType": "LOT_SIZE", "stepSize": plain(listing.step)},
        ],
    }


def milliseconds(moment: datetime) -> int:
    """Return a time as Binance writes it; what is smaller is cut off."""
    return microseconds(moment) // 1000
