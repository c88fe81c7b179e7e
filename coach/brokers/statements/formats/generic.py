"""coach's own template, for every broker that has no format of its own.

    timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id

Columns in any order. `fee_currency` (empty: the quote), `trade_id` and `order_id` may be absent;
further columns are ignored and named once. A time names its zone, or the file its clock.

A row is read by one function, and a cell means the same wherever it stands. The reader is on the
hot path of an import of a million rows, so it remembers the symbols, currencies and sides that it
has read.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, tzinfo
from decimal import Decimal
from typing import TypeVar

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements import amounts, pairs, redundancy, times
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.pairs import identifier
from coach.brokers.statements.redundancy import TradedQuantity
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format, check_width, read_each
from coach.brokers.statements.times import Moment
from coach.brokers.statements.unreadable import expected
from coach.model.fills import Fill, Symbol

REQUIRED = ("timestamp", "symbol", "side", "quantity", "price", "fee")
OPTIONAL = ("fee_currency", "trade_id", "order_id")
TEMPLATE = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"

FEE_ABOVE_VALUE = (
    "a fee above the value of its own trade, booked as printed: it may be a minimum commission;"
    " correct the row where a cell stands in the wrong column"
)
MOST_REMEMBERED = 10_000
_IN_UTC = re.compile(
    r"(?:19[7-9]|2[01][0-9])[0-9]-[01][0-9]-[0-3][0-9]"
    r"T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]{1,6})?Z"
)

_Read = TypeVar("_Read")


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of a generic statement."""
    ignored = [sheet.label(place) for place, name in enumerate(sheet.names) if _ignored(name)]
    if ignored:
        notices.add(f"columns that coach does not read: {', '.join(ignored)}")
    return read_each(sheet, _GenericReader(sheet, notices).read)


def _ignored(name: str) -> bool:
    return bool(name) and name not in REQUIRED and name not in OPTIONAL


class _GenericReader:
    """The places of the columns, and what has been read of the texts that come again."""

    def __init__(self, sheet: StatementSheet, notices: Notices) -> None:
        self._notices = notices
        self._cells = len(sheet.names) + 1
        self._mark = sheet.mark("strict")
        self._zone = sheet.zone
        self._places = tuple(sheet.place(name) for name in REQUIRED + OPTIONAL)
        self._market = remembering(_market)
        self._currency = remembering(_currency)
        self._side = remembering(pairs.side_of)

    def read(self, row: list[str], line: int) -> Row:
        """Return the fill of a row."""
        time, pair, direction, size, rate, cost, coin, trade, order = self._places
        if len(row) != self._cells:
            check_width(row, self._cells - 1)
        at, nanos = read_time(row[time], time, self._zone)
        symbol, base, quote = self._market(row[pair], pair)
        side = self._side(row[direction], direction)
        quantity = amounts.number(row[size], size, self._mark)
        price = amounts.number(row[rate], rate, self._mark)
        if quantity <= ZERO or price <= ZERO:
            amounts.above_zero(quantity, size, "quantity")
            amounts.above_zero(price, rate, "price")
        currency = self._currency(row[coin], coin) or quote
        if currency.isdigit() and currency != base:
            raise expected(coin, "a coin such as BTC", row[coin])
        fee = amounts.number(row[cost], cost, self._mark) if row[cost].strip() else ZERO
        if fee and (currency != quote or not ZERO < fee <= EXACT.multiply(quantity, price)):
            self._check_fee(fee, currency, TradedQuantity(base, quote, side, quantity, price), line)
        order_id, trade_id = row[order], row[trade]
        order_id = order_id and identifier(order_id, order)
        trade_id = trade_id and identifier(trade_id, trade)
        said = (symbol, side, quantity, price, fee, currency, at, nanos)
        return tuple.__new__(Fill, (*said, order_id, trade_id, line, ""))

    def _check_fee(self, fee: Decimal, currency: str, traded: TradedQuantity, line: int) -> None:
        """Refuse a fee that no broker charges, and note one that may be a minimum commission."""
        if redundancy.may_be_minimum_commission(fee, currency, traded):
            self._notices.add(FEE_ABOVE_VALUE, line)
        else:
            redundancy.check_fee(fee, currency, traded, self._places[REQUIRED.index("fee")])


def remembering(read: Callable[[str, int], _Read]) -> Callable[[str, int], _Read]:
    """Return a reader of one column's cells that reads a text once and then knows it."""
    known: dict[str, _Read] = {}

    def of(text: str, where: int) -> _Read:
        found = known.get(text)
        if found is None:
            found = read(text, where)
            if len(known) < MOST_REMEMBERED:
                known[text] = found
        return found

    return of


def read_time(text: str, where: int, zone: tzinfo | None) -> Moment:
    """Read a time as `times.on_clock` does; a usual one takes a tenth of the time."""
    if _IN_UTC.fullmatch(text):
        try:
            return datetime.fromisoformat(text), 0
        except ValueError:
            return times.on_clock(text, where, zone)
    return times.on_clock(text, where, zone)


def _market(text: str, where: int) -> tuple[Symbol, str, str]:
    base, quote = pairs.joined(text, where)
    return pairs.symbol(base, quote), base, quote


def _currency(text: str, where: int) -> str:
    return pairs.base_of(text, where) if text.strip() else ""


FORMAT = Format(
    info=SourceInfo("generic", "generic", "generic", "main", 10, shorts=True),
    about=f"coach's own template: {TEMPLATE}",
    required=REQUIRED,
    rows=read,
    time="timestamp",
    nothing_redundant="the template asks for no figure twice",
)
