"""Coinbase "Transaction history" (`coinbase_header` has its versions).

`Price Currency` is the currency of the report, not always the one the trade was in: there the note
decides (`coinbase_notes`), and price and fee are made to give the money that moved (`settling`).
Rows that are no trades, converts among them, are counted by Coinbase's own word for them. A kind
that coach does not know is a trade that was not read where anything in the row says so.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal

from coach.brokers.base import Other, Row, SourceInfo, kind_of
from coach.brokers.statements import amounts, pairs, redundancy, times
from coach.brokers.statements.amounts import CENT, ZERO
from coach.brokers.statements.formats.coinbase_header import REQUIRED, canonical, places
from coach.brokers.statements.formats.coinbase_movements import movements
from coach.brokers.statements.formats.coinbase_notes import Note, read_note
from coach.brokers.statements.formats.coinbase_settlement import (
    PRICE_FROM_SUBTOTAL,
    Contradiction,
    PrintedMoney,
    SettledMoney,
    per_coin,
    reconcile,
)
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.redundancy import MONEY_MOVED, VALUE, Redundancy, TradedQuantity
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format, check_width, read_each
from coach.brokers.statements.times import Moment
from coach.brokers.statements.unreadable import Unreadable, expected, shown
from coach.model.coins import folded
from coach.model.fills import Fill, Side

TRADE = re.compile(r"(?P<advanced>advanced? trade )?(?P<side>buy|sell)")
NO_TRADE = re.compile(
    r"send|receive|deposit|withdrawal|convert|staking income|rewards? income|learning reward"
    r"|coinbase earn|inflation reward|interest payout|incentives rewards payout"
    r"|retail staking transfer|retail unstaking transfer|retail eth2 deprecation"
    r"|(?:pro|exchange) (?:deposit|withdrawal)|vault withdrawal|cash to savings|donation"
    r"|admin debit|card spend|card buy back|asset migration|wrap asset|unwrap asset|subscription"
    r"|subscription rebates?(?: \(24 hours\))?"
)

TRADE_WORD = re.compile(
    r"\b(?:buy|sell|bought|sold|purchased?|sale|trade[ds]?|order|fill|kauf|verkauf|achat|vente"
    r"|compra|venta|venda|acquisto|vendita|aankoop|verkoop)\b"
)
"""Words that make an unknown kind, lower case, a trade."""
TRADE_NOTE = re.compile(
    r"\b(?:bought|sold|gekauft|verkauft|gekocht|verkocht|achet\u00e9e?|vendue?|comprad[oa]"
    r"|vendid[oa]|comprou|vendeu|acquistat[oi]|vendut[oi])\b",
    re.IGNORECASE,
)
"""Words of a note that make a row of unknown kind a trade."""

NO_MARKET = "the note names no market; the currency of the report was taken as the quote"
NO_MONEY = "the note names no money that moved; the fee is unknown and taken as none"
NO_PRICE = "the note names no price; it is the money that moved per coin, with the fees inside"
NEWER_REPORTS = "download the history of that year again: newer reports name the price"


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of a transaction history."""
    return read_each(sheet, _CoinbaseHistoryReader(sheet, notices).read)


class _CoinbaseHistoryReader:
    def __init__(self, sheet: StatementSheet, notices: Notices) -> None:
        self._at = places(sheet.names)
        self._width = len(sheet.names)
        self._mark = sheet.mark("dot")
        self._notices = notices
        self._zone = sheet.zone
        self._time = times.american if self._at.has_dates_only else times.on_clock

    def read(self, row: list[str], line: int) -> Row:
        kind = kind_of(row[self._at.kind].lower())
        trade = TRADE.fullmatch(kind)
        if trade:
            side: Side = "buy" if trade["side"] == "buy" else "sell"
            return self._trade(row, line, side, bool(trade["advanced"]))
        if not kind:
            raise expected(self._at.kind, "a transaction type", "")
        if not NO_TRADE.fullmatch(kind):
            if self._may_be_trade(row, kind):
                reason = f"unknown kind {shown(kind)}, which the row says is a trade"
                raise Unreadable(self._at.kind, f"{reason}; it was not read")
            self._notices.add(f"unknown kind {shown(kind)}, counted and not read", line)
        return Other(kind, line, movements(kind, row, self._at, self._mark, self._moment))

    def _moment(self, text: str, where: int) -> Moment:
        return self._time(text, where, self._zone)

    def _may_be_trade(self, row: list[str], kind: str) -> bool:
        """Tell whether the words or the money of a row of unknown kind speak of a trade."""
        at = self._at
        if TRADE_WORD.search(kind) or TRADE_NOTE.search(row[at.note]):
            return True
        if not row[at.asset].strip():
            return False
        try:
            size = amounts.number(row[at.size], at.size, self._mark)
            figures = [self._money(row, where) for where in (at.rate, at.subtotal, at.fee)]
        except Unreadable:
            return False
        return all([size, *figures])

    def _trade(self, row: list[str], line: int, side: Side, advanced: bool) -> Row:
        at = self._at
        check_width(row, self._width)
        note = read_note(row[at.note], at.note)
        asset = _asset(row[at.asset], at.asset, row[at.note])
        report = folded(row[at.currency]) or at.currency_name
        quote = pairs.coin(note.quote or report, at.currency)
        if note.base and note.base != asset:
            raise expected(at.note, f"a note about {asset}", f"{note.base}-{note.quote}")
        if asset == quote:
            return Other(f"{side} of a currency with itself", line)
        size = amounts.number(row[at.size], at.size, self._mark)
        sold = size.copy_abs() if side == "sell" else size
        quantity = amounts.above_zero(sold, at.size, "quantity")
        moment, nanos = self._moment(row[at.time], at.time)
        native_id = pairs.identifier(row[at.id], at.id)
        in_report = report in ("", quote)
        settled = self._settled(row, (side, quantity), note, in_report)
        traded = TradedQuantity(asset, quote, side, quantity, settled.price)
        where = at.fee if in_report else at.note
        redundancy.check_fee(settled.fee, quote, traded, where, CENT)
        if settled.warning:
            self._notices.add(settled.warning, line)
        if advanced and not note.base:
            self._notices.add(NO_MARKET, line)
        price = amounts.above_zero(settled.price, at.rate, "price")
        fee = amounts.bounded(settled.fee, at.fee, "fee")
        symbol = pairs.symbol(asset, quote)
        return Fill(symbol, side, quantity, price, fee, quote, moment, nanos, "", native_id, line)

    def _settled(
        self, row: list[str], traded: tuple[Side, Decimal], note: Note, in_report: bool
    ) -> SettledMoney:
        """Price and fee in the quote; the row's own money counts only where the report is in it."""
        at = self._at
        if not in_report:
            return _by_note(traded, note, row[at.note], at.note)
        if note.price is not None and note.money is not None:
            subtotal, total = self._money(row, at.subtotal), self._money(row, at.total)
            fee = self._money(row, at.fee)
            settled = reconcile(PrintedMoney(*traded, note.price, subtotal, note.money, fee))
            if isinstance(settled, SettledMoney) and not settled.warning:
                if total and not _are_same(note.money, total):
                    what = f"the money that the note names, {note.money:f}"
                    raise expected(at.total, what, row[at.total])
                return settled
        settled = self._by_columns(row, traded, note.price)
        if note.money is not None:
            columns = self._money(row, at.subtotal), self._money(row, at.total)
            _check_note(note.money, columns, row[at.note], at.note)
        return settled

    def _by_columns(
        self, row: list[str], traded: tuple[Side, Decimal], of_note: Decimal | None
    ) -> SettledMoney:
        at = self._at
        fee, total = self._money(row, at.fee), self._money(row, at.total)
        subtotal = self._money(row, at.subtotal)
        price = of_note or amounts.money(row[at.rate], at.rate, self._mark)
        if not price and subtotal:
            made, _ = per_coin(*traded, subtotal)
            amounts.above_zero(made, at.rate, "price")
            if price is not None and made > redundancy.unit(price):
                raise expected(at.rate, f"subtotal / quantity, {made.normalize():f}", row[at.rate])
            settled = self._agreed(row, PrintedMoney(*traded, made, subtotal, total, fee))
            return settled._replace(warning=settled.warning or PRICE_FROM_SUBTOTAL)
        if price is None:
            raise expected(at.rate, "a price", "")
        amounts.above_zero(price, at.rate, "price")
        return self._agreed(row, PrintedMoney(*traded, price, subtotal, total, fee))

    def _agreed(self, row: list[str], printed: PrintedMoney) -> SettledMoney:
        settled = reconcile(printed)
        if isinstance(settled, SettledMoney):
            return settled
        where = self._at.subtotal if settled.column == "subtotal" else self._at.total
        raise _contradiction(settled, row[where], where)

    def _money(self, row: list[str], where: int) -> Decimal | None:
        value = amounts.money(row[where], where, self._mark)
        return None if value is None else value.copy_abs()


def _asset(text: str, where: int, note: str) -> str:
    """Read the coin that was traded; a whole number is one where the note names it (`00`)."""
    return pairs.base_of(text, where) if text.strip() in note.split() else pairs.coin(text, where)


def _check_note(
    money: Decimal, columns: tuple[Decimal | None, Decimal | None], text: str, where: int
) -> None:
    """Refuse a note whose money, in the currency of the report, is not what its columns say."""
    subtotal, total = columns
    if total and not any(_are_same(money, amount) for amount in (subtotal, total) if amount):
        raise expected(where, f"a note about the total, {total:f}", text)


def _are_same(one: Decimal, other: Decimal) -> bool:
    return abs(one - other) <= redundancy.unit(one) + redundancy.unit(other)


def _contradiction(found: Contradiction, text: str, where: int) -> Unreadable:
    formula = VALUE if found.column == "subtotal" else MONEY_MOVED
    return expected(where, f"{formula}, {found.expected.normalize():f}", text)


def _by_note(traded: tuple[Side, Decimal], note: Note, text: str, where: int) -> SettledMoney:
    if note.price is not None and note.money is not None:
        settled = reconcile(PrintedMoney(*traded, note.price, None, note.money, None))
        if isinstance(settled, Contradiction):
            raise _contradiction(settled, f"{note.money:f}", where)
        return settled
    if note.price is not None:
        return SettledMoney(note.price, ZERO, NO_MONEY)
    price, dust = per_coin(*traded, note.money) if note.money else (ZERO, ZERO)
    if not price:
        raise Unreadable(
            where,
            f"expected a note that names price or money in {note.quote}, found {shown(text)};"
            f" {NEWER_REPORTS}",
        )
    return SettledMoney(price, dust, NO_PRICE)


FORMAT = Format(
    info=SourceInfo(
        "coinbase-history", "coinbase-history", "coinbase", "coinbase", 10, shorts=False
    ),
    about='Coinbase "Transaction history" report, every version',
    required=REQUIRED,
    rows=read,
    redundant=(Redundancy("subtotal", VALUE), Redundancy("total", MONEY_MOVED)),
    canonical=canonical,
    time="timestamp",
    documented_zone=UTC,
)
