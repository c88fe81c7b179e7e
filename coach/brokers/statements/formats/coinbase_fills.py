"""Coinbase Advanced and Coinbase Pro "fills" report, with and without its portfolio column.

One row is one execution; `fee` and `price` are in the quote, `total` (negative on a buy) already
holds the fee. Trade ids are counted per product.
"""

from collections.abc import Iterator
from decimal import Decimal

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements import amounts, pairs, redundancy, times
from coach.brokers.statements.amounts import ZERO
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.redundancy import MONEY_MOVED, Redundancy, TradedQuantity
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format, check_width, read_each
from coach.brokers.statements.unreadable import expected
from coach.model.coins import folded
from coach.model.fills import Fill

REQUIRED = ("trade id", "product", "side", "created at", "size", "price", "fee")
SIZE_UNIT, TOTAL, UNIT = "size unit", "total", "price/fee/total unit"


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of a fills report."""
    del notices
    return read_each(sheet, _CoinbaseFillsReader(sheet).read)


class _CoinbaseFillsReader:
    def __init__(self, sheet: StatementSheet) -> None:
        self._mark = sheet.mark("dot")
        self._width = len(sheet.names)
        self._places = tuple(sheet.place(name) for name in REQUIRED)
        self._zone = sheet.zone
        self._size_unit, self._total, self._unit = map(sheet.place, (SIZE_UNIT, TOTAL, UNIT))

    def read(self, row: list[str], line: int) -> Row:
        trade, product, direction, time, size, rate, _ = self._places
        check_width(row, self._width)
        side = pairs.side_of(row[direction], direction)
        at, nanos = times.on_clock(row[time], time, self._zone)
        base, quote = pairs.joined(row[product], product)
        unit = row[self._unit]
        currency = pairs.coin(unit, self._unit) if unit.strip() else quote
        quantity = amounts.number(row[size], size, self._mark)
        price = amounts.number(row[rate], rate, self._mark)
        amounts.above_zero(quantity, size, "quantity")
        amounts.above_zero(price, rate, "price")
        fee = self._fee(row, TradedQuantity(base, currency, side, quantity, price))
        symbol, trade_id = pairs.symbol(base, quote), pairs.identifier(row[trade], trade)
        return Fill(symbol, side, quantity, price, fee, currency, at, nanos, "", trade_id, line)

    def _fee(self, row: list[str], traded: TradedQuantity) -> Decimal:
        """Return the fee of a row whose columns agree with each other."""
        cost, total, unit = self._places[-1], self._total, self._size_unit
        if row[unit].strip() and folded(row[unit]) != traded.base:
            raise expected(unit, traded.base, row[unit])
        fee = amounts.number(row[cost], cost, self._mark) if row[cost].strip() else ZERO
        if row[total].strip():
            printed = amounts.number(row[total], total, self._mark)
            redundancy.check(printed, traded, fee, total, row[total])
        redundancy.check_fee(fee, traded.quote, traded, cost)
        return fee


FORMAT = Format(
    info=SourceInfo("coinbase-fills", "coinbase-fills", "coinbase", "coinbase", 20, shorts=False),
    about='Coinbase Advanced or Pro "fills" report',
    required=REQUIRED,
    rows=read,
    time="created at",
    redundant=(Redundancy(TOTAL, MONEY_MOVED), Redundancy(SIZE_UNIT, "the product's base")),
)
