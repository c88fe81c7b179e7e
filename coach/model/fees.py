"""Fees in third coins, and what they were worth in the quote currency by a stored candle."""

from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from coach.model.accounts import AccountId
from coach.model.candles import Granularity
from coach.model.fills import FillKey, Symbol


class ThirdCoinFee(NamedTuple):
    """A fill whose fee is in neither of its two coins, and no rebate or cost of zero."""

    account_id: AccountId
    key: FillKey
    symbol: Symbol
    coin: str
    fee: Decimal
    at: datetime

    @property
    def quote(self) -> str:
        """Return the currency that the fee is to be valued in."""
        return self.symbol.rpartition("-")[2]


class CandleClose(NamedTuple):
    """The close of the candle that contains a moment, and whose it is."""

    symbol: Symbol
    granularity: Granularity
    source: str
    start: datetime
    close: Decimal


class FeeValue(NamedTuple):
    """What a fee in a third coin was worth: `value` = fee x `price`, in the quote of its fill.

    `candles` are what the price was read from: one of coin-quote; or two that share a currency,
    the first of coin-currency and the second of currency-quote.
    """

    account_id: AccountId
    key: FillKey
    symbol: Symbol
    coin: str
    fee: Decimal
    price: Decimal
    value: Decimal
    candles: tuple[CandleClose, ...]
