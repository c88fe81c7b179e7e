"""Money of several currencies in one: what was realised, what is open, by which candles."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from coach.model.bookkeeping.base_currency import (
    BaseProfit,
    BaseSums,
    MoneySums,
    PositionWorth,
    RateUse,
)
from coach.views.holdings.converted import ConvertingCandleRow, converting_candle


class RateUseRow(TypedDict):
    """How many candles of a pair, source and length converted money; when the outer two began."""

    symbol: str
    source: str
    granularity_s: int
    candles: int
    first: datetime
    last: datetime


class RealisedRow(TypedDict):
    """Realised money, and by how many closing fills."""

    gross: Decimal
    fees: Decimal
    net: Decimal
    closes: int


class BaseSumsRow(TypedDict):
    """Realised money in one currency; `not_converted`, by currency, is in none of it."""

    realised: RealisedRow
    not_converted: dict[str, RealisedRow]
    rates: list[RateUseRow]


class PositionWorthRow(TypedDict):
    """An open position at the newest stored candles; `value` is null where none tells it."""

    account: str
    symbol: str
    quantity: Decimal
    value: Decimal | None
    candles: list[ConvertingCandleRow]


class BaseProfitRow(TypedDict):
    """Profit in the user's base currency; `of_open` is the part of trades that are still open.

    `worth` is what the open positions come to that have a value, null where none has.
    """

    currency: str
    total: BaseSumsRow
    of_open: BaseSumsRow
    positions: list[PositionWorthRow]
    worth: Decimal | None


def base_profit(found: BaseProfit) -> BaseProfitRow:
    """Return profit in a base currency."""
    return {
        "currency": found.realised.currency,
        "total": _sums(found.realised),
        "of_open": _sums(found.of_open),
        "positions": [_worth(one) for one in found.positions],
        "worth": found.worth,
    }


def _sums(found: BaseSums) -> BaseSumsRow:
    return {
        "realised": _realised(found.sums),
        "not_converted": {name: _realised(sums) for name, sums in found.left.items()},
        "rates": [_rate(one) for one in found.rates],
    }


def _realised(sums: MoneySums) -> RealisedRow:
    return {"gross": sums.gross, "fees": sums.fees, "net": sums.net, "closes": sums.closes}


def _rate(one: RateUse) -> RateUseRow:
    return {
        "symbol": one.symbol,
        "source": one.source,
        "granularity_s": one.granularity,
        "candles": one.candles,
        "first": one.first,
        "last": one.last,
    }


def _worth(one: PositionWorth) -> PositionWorthRow:
    account, symbol, quantity = one.position
    return {
        "account": account,
        "symbol": symbol,
        "quantity": quantity,
        "value": one.value,
        "candles": [converting_candle(each) for each in one.candles],
    }
