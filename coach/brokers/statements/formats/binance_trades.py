"""Binance spot "Trade History": `Date(UTC),Pair,Side,Price,Executed,Amount,Fee`.

The header names the clock (`Date(UTC)`, `Date(UTC+1)`), or the newer ones do not (`Time`). It may
be in another language (`binance_words`). A header that nobody knows is read by position only where
the person says that it is this export, and where the first rows of seven columns read as time,
pair, side, price, amount, amount and fee.

Amounts carry their ticker (`0.48SOL`, `"2,500.00ADA"`), sometimes they do not.
`binance_trades_old` reads the older export on the same rules.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements import amounts, pairs, redundancy, times
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.formats import binance_words
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.redundancy import VALUE, Redundancy, TradedQuantity
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format, check_width, read_each
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.coins import folded
from coach.model.fills import Fill, Side
from coach.values import dataclass

REQUIRED = ("date", "pair", "side", "price", "executed", "amount", "fee")
OPTIONAL = ("fee coin", "base asset", "quote asset")

NO_FEE_COIN = "the fee names no coin; Binance takes it from what was received, so that was assumed"
_TIME_NAMES = ("date", "time", "datetime", "date time", "timestamp", "open time", "trade time")


_SIDES = binance_words.sides("es") | binance_words.sides("cs")
_TIME = re.compile(r"(?:\d\d)?\d\d-\d\d-\d\d \d\d:\d\d:\d\d")


COINS = (Redundancy("base asset", "the pair's base"), Redundancy("quote asset", "the pair's quote"))


@dataclass(frozen=True, slots=True)
class BinanceColumns:
    """Where the cells of a Binance trade stand.

    `coin` is the fee's own column, `base` and `quote` are those of the pair's coins, if any.
    """

    time: int
    pair: int
    side: int
    rate: int
    size: int
    total: int
    fee: int
    coin: int = -1
    base: int = -1
    quote: int = -1


class Reader:
    """Reads one row of either trade history."""

    def __init__(self, sheet: StatementSheet, notices: Notices, at: BinanceColumns) -> None:
        self._at = at
        self._zone = sheet.zone
        self._width = len(sheet.names)
        self._mark = sheet.mark("dot")
        self._notices = notices
        self._sides = _SIDES | binance_words.sides(binance_words.language_of(sheet.names))

    def read(self, row: list[str], line: int) -> Row:
        """Return the fill of a row."""
        at = self._at
        check_width(row, self._width)
        side = _side(row[at.side], at.side, self._sides)
        moment, nanos = times.short_year_on_clock(row[at.time], at.time, self._zone)
        base, quote = self._coins(row)
        tickers = _tickers(base, quote, row[at.total])
        quantity = self._amount(row, at.size, tickers[:-1], base)
        amounts.above_zero(quantity, at.size, "quantity")
        price = amounts.above_zero(self._amount(row, at.rate, (quote,), quote), at.rate, "price")
        fee, fee_coin = self._fee(row, tickers, (base, quote))
        if fee and not fee_coin:
            fee_coin = base if side == "buy" else quote
            self._notices.add(NO_FEE_COIN, line)
        traded = TradedQuantity(base, quote, side, quantity, price)
        if row[at.total].strip():
            total = self._amount(row, at.total, (quote,), quote)
            redundancy.check(total, traded, None, at.total, row[at.total])
        redundancy.check_fee(fee, fee_coin, traded, at.fee)
        symbol = pairs.symbol(base, quote)
        return Fill(
            symbol, side, quantity, price, fee, fee_coin or quote, moment, nanos, "", "", line
        )

    def _coins(self, row: list[str]) -> tuple[str, str]:
        """Return base and quote of the row's pair, cut where its other cells say."""
        at = self._at
        cells = row[at.size], row[at.total], row[at.fee] + row[at.coin]
        named = folded(row[at.base]), folded(row[at.quote])
        if not all(named):
            return pairs.glued(row[at.pair], at.pair, cells)
        base, quote = pairs.glued(row[at.pair], at.pair, (f"1{named[0]}", f"1{named[1]}", ""))
        for where, coin, found in ((at.base, base, named[0]), (at.quote, quote, named[1])):
            if coin != found:
                raise expected(where, coin, row[where])
        return base, quote

    def _amount(self, row: list[str], where: int, tickers: tuple[str, ...], coin: str) -> Decimal:
        figure, ticker = pairs.unglued(row[where], tickers)
        if ticker and ticker != coin:
            raise expected(where, f"an amount of {coin}", row[where])
        return amounts.number(figure, where, self._mark)

    def _fee(
        self, row: list[str], tickers: tuple[str, ...], coins: tuple[str, str]
    ) -> tuple[Decimal, str]:
        at = self._at
        figure, ticker = pairs.unglued(row[at.fee], tickers)
        beside = folded(row[at.coin])
        if ticker and beside and ticker != beside:
            raise expected(at.coin, ticker, row[at.coin])
        coin = ticker or beside
        if coin and coin not in coins:
            pairs.coin(coin, at.coin if beside else at.fee)
        return amounts.number(figure, at.fee, self._mark) if figure else ZERO, coin


def _tickers(base: str, quote: str, total: str) -> tuple[str, ...]:
    """Return the tickers that the row's amounts may carry, the quote last.

    Where the total is a bare figure the others are too, so that the last digit of an amount of
    the coin `4` is its own.
    """
    bare = base.isdigit() and not folded(total).endswith(quote)
    return (quote,) if bare else (base, quote)


def canonical(names: Sequence[str]) -> list[str]:
    """Return the header in English, with the time's column as `date`."""
    english = binance_words.in_english(names)
    time = next((name for name in _TIME_NAMES if name in english), "date")
    return ["date" if name == time else name for name in english]


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of a trade history; a header that nobody knows is read by position."""
    if FORMAT.missing(sheet.names):
        at = BinanceColumns(*range(len(REQUIRED)))
    else:
        names = canonical(sheet.names)
        optional = (names.index(name) if name in names else -1 for name in OPTIONAL)
        at = BinanceColumns(*map(names.index, REQUIRED), *optional)
    return read_each(sheet, Reader(sheet, notices, at).read)


def is_surely_binance(names: Sequence[str], row: Sequence[str]) -> bool:
    """Tell whether a tidied header that has all columns, with its first row, is Binance's.

    Words that any exchange could use are believed where the amounts carry their tickers.
    """
    if binance_words.language_of(names) not in binance_words.ANY_EXCHANGE:
        return True
    columns = ("executed", "amount", "total")
    figures = [
        row[n] for n, name in enumerate(canonical(names)) if name in columns and n < len(row)
    ]
    return bool(figures) and all(pairs.unglued(figure, ())[1] for figure in figures)


def reads_by_position(row: Sequence[str]) -> bool:
    """Tell whether a row under an unknown header is a trade of this export."""
    if len(row) != len(REQUIRED) or not _TIME.fullmatch(row[0].strip()):
        return False
    try:
        side = _side(row[2], 2, _SIDES)
        base, quote = pairs.glued(row[1], 1, (row[4], row[5], row[6]))
        tickers = _tickers(base, quote, row[5])
        figures = [pairs.unglued(cell, tickers)[0] for cell in row[3:]]
        price, quantity, amount, _ = (amounts.number(figure, 0) for figure in figures)
    except Unreadable:
        return False
    return redundancy.agree(
        amount, EXACT.multiply(price, quantity), TradedQuantity(base, quote, side, quantity, price)
    )


def _side(text: str, where: int, sides: Mapping[str, Side]) -> Side:
    return sides.get(text.strip().lower()) or pairs.side_of(text, where)


FORMAT = Format(
    info=SourceInfo("binance-trades", "binance-trades", "binance", "binance", 20, shorts=False),
    about='Binance spot "Trade History", amounts with their tickers',
    required=REQUIRED,
    rows=read,
    canonical=canonical,
    time="date",
    redundant=(Redundancy("amount", VALUE), *COINS),
)
