"""An execution as the sandbox keeps it, and as Coinbase would write it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal, NamedTuple

Side = Literal["BUY", "SELL"]
Liquidity = Literal["MAKER", "TAKER"]
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]
JsonObject = dict[str, Json]

PORTFOLIO = "5a1fd3b6-31d5-4a7e-9a0c-6f1c2d5e7b90"
OWNER = "0f6f5a52-77f6-4a3b-8a3b-1d9e6c3f2a41"


class SandboxExecution(NamedTuple):
    """One fill; `filed_at` is the broker's own time stamp, a moment after the trade."""

    entry_id: str
    trade_id: str
    order_id: str
    product_id: str
    side: Side
    price: Decimal
    size: Decimal
    commission: Decimal
    liquidity: Liquidity
    at: datetime
    filed_at: datetime


def as_json(execution: SandboxExecution) -> JsonObject:
    """Return the entry of a fills page."""
    commission = plain(execution.commission)
    return {
        "entry_id": execution.entry_id,
        "trade_id": execution.trade_id,
        "order_id": execution.order_id,
        "trade_time": rfc3339(execution.at),
        "trade_type": "FILL",
        "price": plain(execution.price),
        "size": plain(execution.size),
        "commission": commission,
        "product_id": execution.product_id,
        "sequence_timestamp": rfc3339(execution.filed_at),
        "liquidity_indicator": execution.liquidity,
        "size_in_quote": False,
        "user_id": OWNER,
        "side": execution.side,
        "retail_portfolio_id": PORTFOLIO,
        "fillSource": "FILL_SOURCE_CLOB",
        "commission_detail_total": {"total_commission": commission, "gst_commission": "0"},
        "order_data_source": "ORDER_DATA_SOURCE_TRADING_PROXY",
        "future_legs": [],
    }


def plain(number: Decimal) -> str:
    """Return a number without exponent and without trailing zeros."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rfc3339(moment: datetime) -> str:
    """Return a time as Coinbase writes it; whole seconds carry no fraction."""
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    return f"{text}.{moment.microsecond:06d}Z" if moment.microsecond else f"{text}Z"


def a_moment_later(moment: datetime, milliseconds: int) -> datetime:
    """Return when the broker files what happened at `moment`."""
    return moment + timedelta(milliseconds=milliseconds)
