"""coach's own template, for every broker that has no format of its own.

    timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id

Columns in any order. `fee_currency` (empty: the quote), `trade_id` and `order_id` may be absent;
further columns are ignored and named once. A time names its zone, or the file its clock.

The loop is the hot path of an import of a million rows: what it cannot read at a glance it hands
to `_carefully`, which alone decides and explains.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.amounts import LARGEST, LONGEST, SMALLEST, ZERO
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import Sheet
from coach.brokers.statements.statement import Format, check_width, read_one
from coach.brokers.statements.times import EARLIEST, LATEST
from coach.model.fills import Fill, Symbol

REQUIRED = ("timestamp", "symbol", "side", "quantity", "price", "fee")
OPTIONAL = ("fee_currency", "trade_id", "order_id")
TEMPLATE = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"

_MOST_REMEMBERED = 10_000
_LONGEST_TIME = len("2024-03-15T10:30:00.123456Z")


def read(sheet: Sheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of a generic statement."""
    ignored = [sheet.label(place) for place, name in enumerate(sheet.names) if _ignored(name)]
    if ignored:
        notices.add(f"columns that coach does not read: {', '.join(ignored)}")
    reader = _Reader(sheet)
    return reader.at_a_glance() if sheet.mark("strict") == "strict" else reader.carefully()


def _ignored(name: str) -> bool:
    return bool(name) and name not in REQUIRED and name not in OPTIONAL


class _Reader:
    """The places of the columns, and the symbols and currencies seen so far."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._mark = sheet.mark("strict")
        self._places = tuple(sheet.place(name) for name in REQUIRED + OPTIONAL)
        self._symbols: dict[str, tuple[Symbol, str]] = {}
        self._currencies: dict[str, str] = {}
        self._sides = pairs.SIDES | {"BUY": pairs.SIDES["buy"], "SELL": pairs.SIDES["sell"]}

    def at_a_glance(self) -> Iterator[Row]:
        time, pair, direction, size, rate, cost, coin, trade, order = self._places
        symbols, currencies, sides = self._symbols, self._currencies, self._sides
        parse, number, utc, cells = datetime.fromisoformat, Decimal, UTC, len(self._sheet.names) + 1
        for line, row in self._sheet.records():
            try:
                when, sized, rated, paid = row[time], row[size], row[rate], row[cost]
                at, quantity, price = parse(when), number(sized), number(rated)
                fee = number(paid or "0") or ZERO
                symbol, quote = symbols[row[pair]]
                currency = currencies[row[coin]] if row[coin] else quote
                side, order_id, trade_id = sides[row[direction]], row[order], row[trade]
                figures, ids = sized + rated + paid, order_id + trade_id
                plain = (
                    at.tzinfo is utc
                    and len(when) <= _LONGEST_TIME
                    and when[10] == "T"
                    and when[13] == ":"
                    and EARLIEST <= at < LATEST
                    and SMALLEST <= quantity < LARGEST
                    and SMALLEST <= price < LARGEST
                    and (fee is ZERO or SMALLEST <= fee < LARGEST)
                    and len(figures) <= LONGEST
                    and "_" not in figures
                    and figures.isascii()
                    and len(ids) <= pairs.LONGEST_ID
                    and ids.isprintable()
                    and len(row) == cells
                )
            except (ArithmeticError, LookupError, ValueError):
                plain = False
            if plain:
                yield Fill(
                    symbol, side, quantity, price, fee, currency, at, 0, order_id, trade_id, line
                )
            elif (outcome := read_one(self._sheet, self._carefully, row, line)) is not None:
                yield outcome

    def carefully(self) -> Iterator[Row]:
        for line, row in self._sheet.records():
            outcome = read_one(self._sheet, self._carefully, row, line)
            if outcome is not None:
                yield outcome

    def _carefully(self, row: list[str], line: int) -> Row:
        time, pair, direction, size, rate, cost, coin, trade, order = self._places
        check_width(row, len(self._sheet.names))
        at, nanos = times.on_clock(row[time], time, self._sheet.zone)
        symbol, quote = self._symbol(row[pair], pair)
        side = pairs.side_of(row[direction], direction)
        quantity = amounts.number(row[size], size, self._mark)
        price = amounts.number(row[rate], rate, self._mark)
        amounts.above_zero(quantity, size, "quantity")
        amounts.above_zero(price, rate, "price")
        fee = amounts.number(row[cost], cost, self._mark) if row[cost].strip() else ZERO
        currency = self._currency(row[coin], coin) if row[coin].strip() else quote
        order_id, trade_id = (
            pairs.identifier(row[order], order),
            pairs.identifier(row[trade], trade),
        )
        return Fill(
            symbol, side, quantity, price, fee, currency, at, nanos, order_id, trade_id, line
        )

    def _symbol(self, text: str, where: int) -> tuple[Symbol, str]:
        base, quote = pairs.joined(text, where)
        known = pairs.symbol(base, quote), quote
        if len(self._symbols) < _MOST_REMEMBERED:
            self._symbols[text] = known
        return known

    def _currency(self, text: str, where: int) -> str:
        name = pairs.coin(text, where)
        if len(self._currencies) < _MOST_REMEMBERED:
            self._currencies[text] = name
        return name


FORMAT = Format(
    info=SourceInfo("generic", "generic", "generic", "main", 10, shorts=True),
    about=f"coach's own template: {TEMPLATE}",
    required=REQUIRED,
    rows=read,
    time="timestamp",
)
