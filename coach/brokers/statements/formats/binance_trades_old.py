"""Binance's older trade history: `Date(UTC),Market,Type,Price,Amount,Total,Fee,Fee Coin`.

Also the variant that says `Pair,Base Asset,Quote Asset` where this one says `Market`.
"""

from collections.abc import Iterator, Sequence

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements.formats import binance_trades
from coach.brokers.statements.formats.binance_trades import COINS, BinanceColumns, Reader
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.redundancy import VALUE, Redundancy
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format, read_each

REQUIRED = ("date", "market", "type", "price", "amount", "total", "fee", "fee coin")
OPTIONAL = ("base asset", "quote asset")


def canonical(names: Sequence[str]) -> list[str]:
    """Return the header with `pair` under its older name and the time's column as `date`."""
    dated = binance_trades.canonical(names)
    return ["market" if name == "pair" else name for name in dated]


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of the older trade history."""
    names = canonical(sheet.names)
    coins = (names.index(name) if name in names else -1 for name in OPTIONAL)
    at = BinanceColumns(*(names.index(name) for name in REQUIRED), *coins)
    return read_each(sheet, Reader(sheet, notices, at).read)


FORMAT = Format(
    info=SourceInfo("binance-trades-old", "binance-trades", "binance", "binance", 20, shorts=False),
    about="Binance trade history of the older kind, with a Fee Coin column",
    required=REQUIRED,
    rows=read,
    redundant=(Redundancy("total", VALUE), *COINS),
    canonical=canonical,
    time="date",
)
