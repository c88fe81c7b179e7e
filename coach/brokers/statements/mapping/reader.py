"""Rows of a mapped file as fills: what each cell means, the mapping says.

A row that the mapping leaves out (a funding, an order that was cancelled) is counted under the
export's own word. What a row says never depends on its neighbours, but for equal closed trades,
which are told apart by how often they came before.
"""

import re
from collections.abc import Iterator
from datetime import tzinfo
from decimal import Context, Decimal
from typing import NamedTuple, TypeVar

from coach.brokers.base import Other, Row, kind_of
from coach.brokers.statements import amounts, clocks, pairs, redundancy
from coach.brokers.statements.amounts import CENT, EXACT, ZERO, Mark
from coach.brokers.statements.mapping import dates, figures, instruments
from coach.brokers.statements.mapping.dates import DateOrder
from coach.brokers.statements.mapping.instruments import ONE
from coach.brokers.statements.mapping.layout import RowRule, StatementMapping, place_of
from coach.brokers.statements.mapping.side_words import side_in
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.redundancy import TradedQuantity
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import check_width
from coach.brokers.statements.times import Moment
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.fills import Fill, Side

Key = TypeVar("Key")
Value = TypeVar("Value")
DIVIDED = Context(prec=28)
NO_TIME_OF_DAY = "times are days without an hour: how the trades of a day followed is not known"
MINIMUM_COMMISSION = "a fee above the value of its own trade, booked as printed"
SIZED = "{symbol}: a contract is {size} of what it is about, and quantities count those"
MOST_REMEMBERED = 4096
"""Different cells of a column, whose reading is kept for the rows to come."""
OF_MANY_MONIES = ("USD", "JPY")
"""What `$` and `\u00a5` are read as, which stand for other monies, too."""
_OF_A_MARKET = ("symbol", "base", "quote")
MINOR = {"GBX": "GBP", "GBP.PENCE": "GBP"}
INVERSE = "an inverse contract, whose quantity is money: coach cannot read it"
NOBODY_SAID_SIZE = "how many units one contract of {root} is, is not said"


class Figures(NamedTuple):
    """What a row traded, and the fee in its coin."""

    traded: TradedQuantity
    fee: Decimal
    fee_currency: str


class MappedReader:
    """Where the fields stand in this file, and how its cells are written."""

    def __init__(self, sheet: StatementSheet, notices: Notices, mapping: StatementMapping) -> None:
        self.mapping = mapping
        self.notices = notices
        self._sheet = sheet
        self._places = mapping.places(sheet.names) or {}
        self._width = len(sheet.names)
        self._mark = _mark_of(mapping, sheet)
        self._order = _order_of(mapping)
        self._rules = [(place_of(rule.column, sheet.names), rule) for rule in mapping.rules]
        zones = {word: clocks.find_zone(zone) for word, zone in mapping.zone_names.items()}
        self._zone_names = {word: zone for word, zone in zones.items() if zone is not None}
        self._zones: dict[str, tzinfo | None] = {}
        self._first = {field: places[0] for field, places in self._places.items()}
        self._markets: dict[tuple[str, ...], tuple[str, str]] = {}
        self._sides: dict[str, Side] = {}
        self._left_out: dict[tuple[int, str], bool] = {}
        self._only_one: set[str] = set()
        """Symbols of which one contract is one unit."""

    def left_out(self, row: list[str], line: int) -> Other | None:
        """Return what a row is that the mapping leaves out, or None for a trade."""
        check_width(row, self._width)
        for place, rule in self._rules:
            if place >= 0 and self._is_left_out(place, rule, row[place]):
                return Other(kind_of(row[place].lower()) or "without a word", line)
        return None

    def _is_left_out(self, place: int, rule: RowRule, cell: str) -> bool:
        key = (place, cell) if rule.keep else (-place - 1, cell)
        known = self._left_out.get(key)
        if known is None:
            known = not rule.takes(cell)
            _remember(self._left_out, key, known)
        return known

    def has(self, field: str) -> bool:
        """Return whether the file has a column for a field."""
        return field in self._places

    def label(self, where: int) -> str:
        """Return a column's printed name, or `row` for the whole row."""
        return self._sheet.label(where)

    def where(self, field: str) -> int:
        """Return where the first column of a field stands, or -1 for the whole row."""
        return self._first.get(field, -1)

    def text(self, row: list[str], field: str) -> str:
        """Return the text of a field; empty where the file has no column for it."""
        return figures.bare(row[self._first[field]]) if field in self._first else ""

    def number(self, row: list[str], field: str, tickers: tuple[str, ...] = ()) -> Decimal | None:
        """Return the number of a field, or None where the cell or the column is empty."""
        place = self._first.get(field)
        return None if place is None else self.figure(row, place, tickers)[0]

    def quantity(self, row: list[str], base: str, quote: str) -> Decimal:
        """Return how much of the base was traded; an amount of money or another coin is refused."""
        place = self.where("quantity")
        amount, unit = self.figure(row, place, (base, quote))
        unit = pairs.SAME_COIN.get(unit, unit)
        other = unit == quote or unit in pairs.QUOTES
        if amount is None or (other and unit != pairs.SAME_COIN.get(base, base)):
            raise expected(place, f"a quantity of {base}", row[place])
        return amount

    def price(self, row: list[str], field: str, base: str, quote: str) -> Decimal | None:
        """Return a price in the quote, None where there is none; one in another coin is refused."""
        place = self._first.get(field)
        if place is None:
            return None
        price, unit = self.figure(row, place, (base, quote))
        unit = pairs.SAME_COIN.get(unit, unit)
        of_the_quote = unit in {"", quote, *OF_MANY_MONIES}
        if not of_the_quote and (unit == base or unit in pairs.QUOTES):
            raise expected(place, f"a price in {quote}", row[place])
        return price

    def figure(self, row: list[str], place: int, tickers: tuple[str, ...]) -> figures.Figure:
        """Return the figure in a cell."""
        return figures.figure(row[place], place, self._mark, tickers)

    def time(self, row: list[str], field: str = "time") -> Moment:
        """Return a time, on the clock that the row, else the file names."""
        places = self._places[field]
        text = " ".join([figures.bare(row[place]) for place in places]).strip()
        if self._order != "epoch" and text and ":" not in text and not dates.has_time(text):
            self.notices.add(NO_TIME_OF_DAY)
        zone = self._zone_of(row)
        return dates.read(text, places[0], self._order, zone, self._zone_names)

    def market(self, row: list[str], fee: str = "") -> tuple[str, str]:
        """Return base and quote of a row; of `fee` only the coin behind the figure counts."""
        names = [row[self._first[name]] for name in _OF_A_MARKET if name in self._first]
        key = (*names, fee.lstrip("0123456789.,"))
        found = self._markets.get(key)
        if found is None:
            found = self._read_market(row, fee)
            _remember(self._markets, key, found)
        return found

    def _read_market(self, row: list[str], fee: str) -> tuple[str, str]:
        form, quote = self.mapping.form, self.mapping.quote
        if self.has("quote"):
            place = self.where("quote")
            quote = figures.unit_of(row[place], place) or quote
        if quote.lower() in self.mapping.inverse:
            raise Unreadable(self.where("symbol"), INVERSE)
        if self.has("base"):
            place = self.where("base")
            name = figures.unit_of(row[place].partition("(")[0], place)
            return pairs.base_of(name, place), MINOR.get(quote, quote)
        place = self.where("symbol")
        base, other = instruments.market(row[place], place, form, quote, fee)
        if other.lower() in self.mapping.inverse:
            raise Unreadable(place, INVERSE)
        return base, MINOR.get(other, other)

    def in_whole_money(self, row: list[str], price: Decimal) -> Decimal:
        """Return a price in pounds where the row states pence."""
        place = self.where("quote")
        pence = self.has("quote") and figures.bare(row[place]).upper() in MINOR
        return EXACT.multiply(price, CENT) if pence else price

    def side(self, row: list[str], quantity: Decimal) -> Side:
        """Return the side: by its word, or by the sign of the quantity."""
        if self.mapping.signed:
            return "buy" if quantity > ZERO else "sell"
        place = self.where("side")
        side = self._sides.get(row[place])
        if side is None:
            side = self._read_side(row[place], place)
            _remember(self._sides, row[place], side)
        return side

    def _read_side(self, cell: str, place: int) -> Side:
        side = side_in(self.mapping, figures.bare(cell))
        if side is None:
            raise expected(place, "a word for buy or sell", cell)
        return side

    def size(self, row: list[str], symbol: str) -> Decimal:
        """Return the units in one contract, and note it where it is not one."""
        if symbol in self._only_one:
            return ONE
        own = self._own_size(row)
        text = self.text(row, "symbol") or symbol
        alone = self.has("symbol") and self.mapping.form in {"instrument", "either"}
        size = own or (instruments.size_of(text, self.mapping.contracts) if alone else ONE)
        if self.mapping.lots:
            size = instruments.size_of_lot(text, self.mapping.contracts)
        if size is None:
            root = instruments.root_of(text) or text
            raise Unreadable(self.where("symbol"), NOBODY_SAID_SIZE.format(root=root))
        if size != 1:
            self.notices.sizes[symbol] = size
            self.notices.add(SIZED.format(symbol=symbol, size=f"{size.normalize():f}"))
        elif not self.has("contract_size") and len(self._only_one) < MOST_REMEMBERED:
            self._only_one.add(symbol)
        return size

    def _own_size(self, row: list[str]) -> Decimal | None:
        """Return what the columns of the contract's size multiply to; None where all are empty."""
        cells = (self.figure(row, at, ())[0] for at in self._places.get("contract_size", ()))
        sizes = [size for size in cells if size]
        total = ONE
        for size in sizes:
            total = EXACT.multiply(total, size)
        return total if sizes else None

    def fee(
        self, row: list[str], traded: TradedQuantity, field: str = "fee"
    ) -> tuple[Decimal, str]:
        """Return the fee as a charge and its coin."""
        tickers = (traded.base, traded.quote)
        total, coin = ZERO, ""
        for place in self._places.get(field, ()):
            value, ticker = self._charged(row, place, traded)
            if value:
                total = EXACT.add(total, value)
                coin = coin or ticker
        rebate = self.number(row, "rebate", tickers) if field == "fee" else None
        if rebate:
            total = EXACT.subtract(total, rebate.copy_abs())
        if self.mapping.fee_sign == "credit":
            total = EXACT.minus(total)
        elif self.mapping.fee_sign == "absolute":
            total = total.copy_abs()
        return total or ZERO, self._fee_coin(row, coin, traded)

    def _charged(self, row: list[str], place: int, traded: TradedQuantity) -> figures.Figure:
        """Return what a cell of fees charges; a rate is one of what was received."""
        text = figures.bare(row[place])
        if not text.endswith("%"):
            return self.figure(row, place, (traded.base, traded.quote))
        rate, _ = figures.figure(text[:-1], place, self._mark)
        coin = self._fee_coin(row, "", traded)
        of = traded.quantity if coin == traded.base else traded.value
        return (
            (None, "") if rate is None else (EXACT.multiply(EXACT.multiply(of, rate), CENT), coin)
        )

    def _fee_coin(self, row: list[str], glued: str, traded: TradedQuantity) -> str:
        received = traded.base if traded.side == "buy" else traded.quote
        if self.has("fee_currency"):
            place = self.where("fee_currency")
            named = figures.currency(row[place], place)
            if named:
                return named
        rule = self.mapping.fee_currency
        if rule == "received of pairs":
            rule = "received" if re.search(r"[/@]", self.text(row, "symbol")) else "quote"
        known = {"received": received, "quote": traded.quote, "base": traded.base}
        return glued or known.get(rule, rule) or traded.quote

    def checked_fee(self, fee: Decimal, coin: str, traded: TradedQuantity, line: int) -> None:
        """Refuse a fee that no broker charges, and note one that may be a minimum commission."""
        if redundancy.may_be_minimum_commission(fee, coin, traded):
            self.notices.add(MINIMUM_COMMISSION, line)
        else:
            redundancy.check_fee(fee, coin, traded, self.where("fee"))

    def identifier(self, row: list[str], field: str) -> str:
        """Return a source's own id; nothing where a spreadsheet made a number of it."""
        return pairs.identifier(self.text(row, field), self.where(field))

    def _zone_of(self, row: list[str]) -> tzinfo | None:
        name = self.text(row, "zone")
        if not name:
            return self._sheet.zone
        if name not in self._zones:
            self._zones[name] = clocks.find_zone(name)
        zone = self._zones[name]
        if zone is None:
            raise expected(self.where("zone"), "a time zone such as Europe/Madrid", name)
        return zone


def _remember(known: dict[Key, Value], key: Key, value: Value) -> None:
    """Keep what a cell was read as, while there are few different ones."""
    if len(known) < MOST_REMEMBERED:
        known[key] = value


def _mark_of(mapping: StatementMapping, sheet: StatementSheet) -> Mark:
    if mapping.decimal:
        return "dot" if mapping.decimal == "." else "comma"
    return sheet.mark("strict")


def _order_of(mapping: StatementMapping) -> DateOrder:
    return mapping.orders[0] if mapping.orders else "ymd"


def read_fill(reader: MappedReader, row: list[str], line: int) -> Iterator[Row]:
    """Yield the fill of a row that is one execution."""
    at, nanos = reader.time(row)
    traded, fee, coin = _figures(reader, row)
    _check_total(reader, row, traded, (fee, coin))
    reader.checked_fee(fee, coin, traded, line)
    symbol = pairs.symbol(traded.base, traded.quote)
    order_id, trade_id = reader.identifier(row, "order"), reader.identifier(row, "id")
    yield Fill(
        *(symbol, traded.side, traded.quantity, traded.price, fee, coin, at, nanos),
        *(order_id, trade_id, line),
    )


def _figures(reader: MappedReader, row: list[str]) -> Figures:
    fee_text = row[reader.where("fee")] if reader.has("fee") else ""
    named = reader.text(row, "fee_currency")
    base, quote = reader.market(row, f"1{named}" if named else figures.bare(fee_text).lstrip("-+"))
    tickers = (base, quote)
    amount, place = reader.quantity(row, base, quote), reader.where("quantity")
    side = reader.side(row, amount)
    size = reader.size(row, f"{base}-{quote}")
    quantity = amounts.above_zero(EXACT.multiply(amount.copy_abs(), size), place, "quantity")
    price = _price(reader, row, tickers, quantity)
    traded = TradedQuantity(base, quote, side, quantity, price)
    return Figures(traded, *reader.fee(row, traded))


def _price(
    reader: MappedReader, row: list[str], tickers: tuple[str, str], quantity: Decimal
) -> Decimal:
    printed = reader.price(row, "price", *tickers)
    place = reader.where("price")
    if printed is not None:
        price = reader.in_whole_money(row, printed.copy_abs())
        return amounts.above_zero(price, place, "price")
    total = reader.number(row, "total", tickers)
    if reader.has("price") or total is None:
        raise Unreadable(place, "expected a price, found nothing")
    value = DIVIDED.divide(total.copy_abs(), quantity)
    return amounts.above_zero(value, reader.where("total"), "price")


def _check_total(
    reader: MappedReader, row: list[str], traded: TradedQuantity, fee: tuple[Decimal, str]
) -> None:
    """Hold the total against price x quantity, where the mapping says what it repeats."""
    meaning = reader.mapping.total
    if meaning == "unproved" or not reader.has("price"):
        return
    printed = reader.number(row, "total", (traded.base, traded.quote))
    if printed is None:
        return
    where, amount = reader.where("total"), printed.copy_abs()
    if meaning == "either" and fee[1] == traded.quote:
        moved = traded.moved(fee[0]).copy_abs()
        if redundancy.agree(amount, moved, traded):
            return
    if meaning in {"value", "either"}:
        redundancy.check(amount, traded, None, where, row[where])
    elif fee[1] == traded.quote:
        redundancy.check(amount, traded, fee[0], where, row[where])
