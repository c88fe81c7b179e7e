"""Rows that are no fill each: a closed trade is two fills, an exchange of two coins is one.

The two fills of a closed trade are marked as derived in their ids. The fee of both, and what the
row calls profit, belong to the whole trade: the fee is booked with the exit, the profit is held
against the two prices.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from hashlib import sha256

from coach.brokers.base import Other, Row, kind_of
from coach.brokers.statements import amounts, pairs, redundancy
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.mapping import figures
from coach.brokers.statements.mapping.reader import DIVIDED, MappedReader
from coach.brokers.statements.mapping.side_words import known_side
from coach.brokers.statements.redundancy import TradedQuantity
from coach.brokers.statements.unreadable import expected
from coach.model.fills import Fill, Side

DERIVED = "derived:"
"""What begins the id of a fill that stands in no broker's list."""
TWO_FILLS = (
    "each row is a closed trade: it counts as two fills, an entry and an exit, whose ids are"
    " derived from it; entries and exits in several parts are not in the file"
)
_LONG = frozenset(("long", "l", "buy", "b", "bought"))
_SHORT = frozenset(("short", "s", "sell", "sold", "ss"))
STATE_MONEY = (
    *("USD", "EUR", "GBP", "CHF", "CAD", "AUD", "JPY", "CZK", "PLN", "SEK", "NOK", "DKK", "BRL"),
    *("TRY", "KRW", "INR", "ZAR", "NZD", "HUF", "RON", "MXN", "RUB", "UAH", "SGD", "HKD"),
)
MONEY = (
    *STATE_MONEY,
    *("USDT", "USDC", "BUSD", "FDUSD", "TUSD", "USDP", "DAI", "PYUSD", "EURC", "UST", "USD1"),
    *("BTC", "XBT", "ETH", "BNB"),
)
"""What prices are stated in, in this order; the other coin of an exchange is what is traded."""
PROFIT_SHARE = Decimal("0.02")


class ClosedTrades:
    """Reads rows of closed trades, and tells equal ones apart."""

    def __init__(self, reader: MappedReader) -> None:
        self._reader = reader
        self._seen = Counter[str]()

    def read(self, row: list[str], line: int) -> Iterator[Row]:
        """Yield the entry and the exit of a closed trade."""
        reader = self._reader
        (opened, nanos), (closed, later) = reader.time(row), reader.time(row, "exit_time")
        if (closed, later) < (opened, nanos):
            where = reader.where("exit_time")
            raise expected(where, "an exit not before the entry", row[where])
        entry, leaving, fee = self._legs(row)
        self._check_profit(row, entry, leaving, fee)
        reader.notices.add(TWO_FILLS)
        symbol = pairs.symbol(entry.base, entry.quote)
        name = self._name(reader.identifier(row, "id"), row)
        legs = ((entry, opened, nanos, "entry"), (leaving, closed, later, "exit"))
        for traded, at, fraction, word in legs:
            charged = fee if word == "exit" else (ZERO, traded.quote)
            yield Fill(
                *(symbol, traded.side, traded.quantity, traded.price, *charged, at, fraction),
                *("", f"{DERIVED}{name}:{word}", line),
            )

    def _legs(self, row: list[str]) -> tuple[TradedQuantity, TradedQuantity, tuple[Decimal, str]]:
        reader = self._reader
        base, quote = reader.market(row)
        amount, place = reader.quantity(row, base, quote), reader.where("quantity")
        side = self._entry_side(row, amount)
        size = reader.size(row, f"{base}-{quote}")
        quantity = amounts.above_zero(EXACT.multiply(amount.copy_abs(), size), place, "quantity")
        entry_price = self._price(row, "price", (base, quote))
        exit_price = self._price(row, "exit_price", (base, quote))
        other: Side = "sell" if side == "buy" else "buy"
        entry = TradedQuantity(base, quote, side, quantity, entry_price)
        leaving = TradedQuantity(base, quote, other, quantity, exit_price)
        fee, coin = reader.fee(row, leaving)
        further, _ = reader.fee(row, leaving, "exit_fee")
        return entry, leaving, (EXACT.add(fee, further), coin)

    def _entry_side(self, row: list[str], amount: Decimal) -> Side:
        mapping = self._reader.mapping
        if mapping.signed:
            return "buy" if amount > ZERO else "sell"
        where = self._reader.where("side")
        word = " ".join(row[where].lower().split()) if self._reader.has("side") else ""
        if mapping.buy or mapping.sell:
            found = mapping.side_of(word)
        elif word in _LONG | _SHORT:
            found = "buy" if word in _LONG else "sell"
        else:
            found = known_side(word)
        if found is None:
            raise expected(where, "long or short", word)
        return found

    def _price(self, row: list[str], field: str, market: tuple[str, str]) -> Decimal:
        where = self._reader.where(field)
        value = self._reader.price(row, field, *market)
        if value is None:
            raise expected(where, "a price", row[where])
        return amounts.above_zero(value, where, "price")

    def _check_profit(
        self,
        row: list[str],
        entry: TradedQuantity,
        leaving: TradedQuantity,
        fee: tuple[Decimal, str],
    ) -> None:
        """Refuse a row whose profit is not what its two prices give."""
        reader = self._reader
        printed = reader.number(row, "profit")
        if printed is None or not reader.mapping.profit:
            return
        gain = EXACT.subtract(leaving.value, entry.value)
        gross = gain if entry.side == "buy" else EXACT.minus(gain)
        net = EXACT.subtract(gross, fee[0])
        due = net if reader.mapping.profit == "net" else gross
        slack = max(EXACT.multiply(due.copy_abs(), PROFIT_SHARE), redundancy.unit(printed))
        rounded = EXACT.multiply(entry.quantity, redundancy.unit(entry.price))
        if EXACT.subtract(printed, due).copy_abs() > max(slack, rounded):
            where = reader.where("profit")
            raise expected(where, f"the profit of these prices, {due.normalize():f}", row[where])

    def _name(self, own: str, row: list[str]) -> str:
        """Return what names a row in ids: its own id, or its content and how often it came."""
        if own:
            return own
        content = sha256("\x1f".join(cell.strip() for cell in row).encode()).hexdigest()[:16]
        self._seen[content] += 1
        return f"{content}.{self._seen[content]}"


def read_swap(reader: MappedReader, row: list[str], line: int) -> Iterator[Row]:
    """Yield the fill of an exchange: the coin that prices are stated in is the quote."""
    got, got_coin = _side_of_swap(reader, row, "received")
    gave, gave_coin = _side_of_swap(reader, row, "sent")
    if not got or not gave or not got_coin or not gave_coin or got_coin == gave_coin:
        word = reader.text(row, "side").lower()
        yield Other(kind_of(word) or "one coin only", line)
        return
    at, nanos = reader.time(row)
    side: Side = "buy" if money_rank(gave_coin) <= money_rank(got_coin) else "sell"
    base, quote = (got_coin, gave_coin) if side == "buy" else (gave_coin, got_coin)
    size, money = (got, gave) if side == "buy" else (gave, got)
    quantity = amounts.above_zero(size, reader.where("received"), "quantity")
    price = amounts.above_zero(DIVIDED.divide(money, size), reader.where("sent"), "price")
    traded = TradedQuantity(base, quote, side, quantity, price)
    fee, coin = reader.fee(row, traded)
    reader.checked_fee(fee, coin, traded, line)
    order_id, trade_id = reader.identifier(row, "order"), reader.identifier(row, "id")
    symbol = pairs.symbol(base, quote)
    yield Fill(symbol, side, quantity, price, fee, coin, at, nanos, order_id, trade_id, line)


def _side_of_swap(reader: MappedReader, row: list[str], field: str) -> tuple[Decimal | None, str]:
    place = reader.where(field)
    value, ticker = reader.figure(row, place, ())
    named = reader.text(row, f"{field}_currency")
    if named:
        ticker = figures.currency(named, reader.where(f"{field}_currency"))
    return (None if value is None else value.copy_abs()), ticker


def money_rank(coin: str) -> int:
    """Return where a coin stands among those that prices are stated in, the first being 0."""
    return MONEY.index(coin) if coin in MONEY else len(MONEY)
