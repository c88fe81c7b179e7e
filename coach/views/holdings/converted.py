"""Trades with their net in one currency, and the candles by which it was converted."""

from datetime import datetime
from decimal import Decimal
from typing import TypedDict

from coach.model.bookkeeping.converted import ConvertedTrade
from coach.model.fees import CandleClose
from coach.views.table import Column

CONVERTED = (
    Column("trade_id", "trade", "key"),
    Column("account"),
    Column("symbol", "symbol"),
    Column("closed_at", "closed", "date"),
    Column("net", "net", "money"),
    Column("quote"),
    Column("value", "worth", "money", "currency"),
    Column("currency"),
    Column("candle", "candle (UTC)"),
)


class ConvertingCandleRow(TypedDict):
    """A candle by whose close money was converted: of which pair and source, and when it began."""

    symbol: str
    source: str
    granularity_s: int
    start: datetime
    close: Decimal


class ConvertedTradeRow(TypedDict):
    """A closed trade; `value` is its net in `currency`, null where no stored candle tells it.

    The candles contain its closing fills. `candle` names them in short, in UTC.
    """

    trade_id: str
    account: str
    symbol: str
    closed_at: datetime
    quote: str
    net: Decimal
    currency: str
    value: Decimal | None
    candle: str
    candles: list[ConvertingCandleRow]


def converted_trade(one: ConvertedTrade) -> ConvertedTradeRow:
    """Return a closed trade with what its net was worth."""
    return {
        "trade_id": one.trade_id,
        "account": one.account,
        "symbol": one.symbol,
        "closed_at": one.closed_at,
        "quote": one.quote,
        "net": one.net,
        "currency": one.currency,
        "value": one.value,
        "candle": ", ".join(map(_named, one.candles)),
        "candles": [converting_candle(each) for each in one.candles],
    }


def _named(one: CandleClose) -> str:
    return f"{one.symbol} {one.source} {one.start:%Y-%m-%d %H:%M}"


def converting_candle(one: CandleClose) -> ConvertingCandleRow:
    """Return a candle by whose close money was converted."""
    return {
        "symbol": one.symbol,
        "source": one.source,
        "granularity_s": one.granularity,
        "start": one.start,
        "close": one.close,
    }
