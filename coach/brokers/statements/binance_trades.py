"""Binance spot "Trade History": `Date(UTC),Pair,Side,Price,Executed,Amount,Fee`.

The header names the clock (`Date(UTC)`, `Date(UTC+1)`), or the newer ones do not (`Time`).

Amounts carry their ticker (`0.48SOL`, `"2,500.00ADA"`), sometimes they do not. The header may be in
any language: seven columns whose first row reads as time, pair, side, price, amount, amount and fee
are this export. `binance_trades_old` reads the older one on the same rules.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import Sheet
from coach.brokers.statements.statement import Format, check_width, read_each
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.fills import Fill, Side

REQUIRED = ("date", "pair", "side", "price", "executed", "amount", "fee")

NO_FEE_COIN = "the fee names no coin; Binance takes it from what was received, so that was assumed"
NOT_ITS_PRODUCT = "price x quantity is not the amount; price and quantity are as printed"
_TIME_NAMES = ("date", "time", "datetime", "date time", "timestamp", "open time", "trade time")

_SIDES: dict[str, Side] = {"compra": "buy", "venta": "sell", "nákup": "buy", "prodej": "sell"}
_TOLERANCE = Decimal("0.01")
_TIME = re.compile(r"(?:\d\d)?\d\d-\d\d-\d\d \d\d:\d\d:\d\d")


@dataclass(frozen=True, slots=True)
class Places:
    """Where the cells of a Binance trade stand; `coin` is the fee's own column, if any."""

    time: int
    pair: int
    side: int
    rate: int
    size: int
    total: int
    fee: int
    coin: int = -1


class Reader:
    """Reads one row of either trade history."""

    def __init__(self, sheet: Sheet, notices: Notices, at: Places) -> None:
        self._at = at
        self._zone = sheet.zone
        self._width = len(sheet.names)
        self._mark = sheet.mark("dot")
        self._notices = notices

    def read(self, row: list[str], line: int) -> Row:
        """Return the fill of a row."""
        at = self._at
        check_width(row, self._width)
        side = _side(row[at.side], at.side)
        moment, nanos = times.short_year_on_clock(row[at.time], at.time, self._zone)
        cells = row[at.size], row[at.total], row[at.fee] + row[at.coin]
        base, quote = pairs.glued(row[at.pair], at.pair, cells)
        quantity = self._amount(row, at.size, (base,), "quantity")
        price = self._amount(row, at.rate, (quote,), "price")
        fee, fee_coin = self._fee(row, (base, quote))
        if fee and not fee_coin:
            fee_coin = base if side == "buy" else quote
            self._notices.add(NO_FEE_COIN, line)
        self._compare(EXACT.multiply(price, quantity), row, quote, line)
        symbol = pairs.symbol(base, quote)
        return Fill(
            symbol, side, quantity, price, fee, fee_coin or quote, moment, nanos, "", "", line
        )

    def _amount(self, row: list[str], where: int, tickers: tuple[str, ...], what: str) -> Decimal:
        figure, ticker = pairs.unglued(row[where], tickers)
        if ticker and ticker not in tickers:
            raise expected(where, f"an amount of {tickers[0]}", row[where])
        return amounts.above_zero(amounts.number(figure, where, self._mark), where, what)

    def _fee(self, row: list[str], tickers: tuple[str, str]) -> tuple[Decimal, str]:
        at = self._at
        figure, coin = pairs.unglued(row[at.fee], tickers)
        coin = coin or row[at.coin].strip().upper()
        fee = amounts.number(figure, at.fee, self._mark) if figure else ZERO
        return fee, pairs.coin(coin, at.coin if at.coin >= 0 else at.fee) if coin else ""

    def _compare(self, worth: Decimal, row: list[str], quote: str, line: int) -> None:
        figure, _ = pairs.unglued(row[self._at.total], (quote,))
        try:
            total = amounts.number(figure, self._at.total, self._mark)
        except Unreadable:
            return
        if abs(total - worth) > EXACT.multiply(worth, _TOLERANCE):
            self._notices.add(NOT_ITS_PRODUCT, line)


def canonical(names: Sequence[str]) -> list[str]:
    """Return the header with the time's column as `date`, whatever a version calls it."""
    time = next((name for name in _TIME_NAMES if name in names), "date")
    return ["date" if name == time else name for name in names]


def read(sheet: Sheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of a trade history; a header in another language is read by position."""
    if FORMAT.missing(sheet.names):
        at = Places(*range(len(REQUIRED)))
    else:
        names = canonical(sheet.names)
        places = [*map(names.index, REQUIRED), sheet.place("fee coin")]
        at = Places(*places)
    return read_each(sheet, Reader(sheet, notices, at).read)


def reads_by_position(row: list[str]) -> bool:
    """Tell whether the first row under an unknown header is a trade of this export."""
    if len(row) != len(REQUIRED) or not _TIME.fullmatch(row[0].strip()):
        return False
    figures = [pairs.unglued(cell, ())[0] for cell in row[3:]]
    try:
        _side(row[2], 2)
        pairs.glued(row[1], 1, (row[4], row[5], row[6]))
        price, quantity, amount, _ = (amounts.number(figure, 0) for figure in figures)
    except Unreadable:
        return False
    worth = EXACT.multiply(price, quantity)
    return abs(amount - worth) <= EXACT.multiply(worth, _TOLERANCE)


def _side(text: str, where: int) -> Side:
    return _SIDES.get(text.strip().lower()) or pairs.side_of(text, where)


FORMAT = Format(
    info=SourceInfo("binance-trades", "binance-trades", "binance", "binance", 20, shorts=False),
    about='Binance spot "Trade History", amounts with their tickers',
    required=REQUIRED,
    rows=read,
    canonical=canonical,
    time="date",
)
