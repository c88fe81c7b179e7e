"""What a trade's net was worth in another currency, by stored candles."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from coach.model.fees import CandleClose
from coach.model.trades import TradeId


@dataclass(frozen=True, slots=True)
class ConvertedTrade:
    """A closed trade, its net in its own currency, and the value of it in another one.

    `candles` are what the value was read from, those that contain its closing fills; none where it
    is in that currency already. Without a candle for each of them `value` is None.
    """

    trade_id: TradeId
    account: str
    symbol: str
    closed_at: datetime
    quote: str
    net: Decimal
    currency: str
    value: Decimal | None
    candles: tuple[CandleClose, ...] = ()
