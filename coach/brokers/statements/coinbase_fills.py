"""Coinbase Advanced and Coinbase Pro "fills" report, with and without its portfolio column.

One row is one execution; `fee` and `price` are in the quote, `total` (negative on a buy) already
holds the fee. Trade ids are counted per product.
"""

from collections.abc import Iterator

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.amounts import ZERO
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import Sheet
from coach.brokers.statements.statement import Format, check_width, read_each
from coach.model.fills import Fill

REQUIRED = ("trade id", "product", "side", "created at", "size", "price", "fee")
UNIT = "price/fee/total unit"


def read(sheet: Sheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of a fills report."""
    del notices
    return read_each(sheet, _Reader(sheet).read)


class _Reader:
    def __init__(self, sheet: Sheet) -> None:
        self._mark = sheet.mark("dot")
        self._width = len(sheet.names)
        self._places = tuple(sheet.place(name) for name in REQUIRED)
        self._zone = sheet.zone
        self._unit = sheet.place(UNIT)

    def read(self, row: list[str], line: int) -> Row:
        trade, product, direction, time, size, rate, cost = self._places
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
        fee = amounts.number(row[cost], cost, self._mark) if row[cost].strip() else ZERO
        symbol, trade_id = pairs.symbol(base, quote), pairs.identifier(row[trade], trade)
        return Fill(symbol, side, quantity, price, fee, currency, at, nanos, "", trade_id, line)


FORMAT = Format(
    info=SourceInfo("coinbase-fills", "coinbase-fills", "coinbase", "coinbase", 20, shorts=False),
    about='Coinbase Advanced or Pro "fills" report',
    required=REQUIRED,
    rows=read,
    time="created at",
)
