"""Coinbase "Transaction history" (`coinbase_header` has its versions).

`Price Currency` is the currency of the report, not always the one the trade was in: there the note
decides (`coinbase_notes`), and price and fee are made to give the money that moved (`settling`).
Rows that are no trades, converts among them, are counted by Coinbase's own word for them.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal

from coach.brokers.base import Other, Row, SourceInfo, kind_of
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.coinbase_header import REQUIRED, canonical, places
from coach.brokers.statements.coinbase_notes import Note, read_note
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.settling import (
    PRICE_FROM_SUBTOTAL,
    Printed,
    Settled,
    per_coin,
    settle,
)
from coach.brokers.statements.sheet import Sheet
from coach.brokers.statements.statement import Format, check_width, read_each
from coach.brokers.statements.unreadable import expected, shown
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

NO_MARKET = "the note names no market; the currency of the report was taken as the quote"
NO_MONEY = "the note names no money that moved; the fee is unknown and taken as none"
NO_PRICE = "the note names no price; it is the money that moved per coin, with the fees inside"


def read(sheet: Sheet, notices: Notices) -> Iterator[Row]:
    """Yield the rows of a transaction history."""
    return read_each(sheet, _Reader(sheet, notices).read)


class _Reader:
    def __init__(self, sheet: Sheet, notices: Notices) -> None:
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
            self._notices.add(f"unknown kind {shown(kind)}, counted and not read", line)
        return Other(kind, line)

    def _trade(self, row: list[str], line: int, side: Side, advanced: bool) -> Row:
        at = self._at
        check_width(row, self._width)
        asset, note = pairs.coin(row[at.asset], at.asset), read_note(row[at.note], at.note)
        report = row[at.currency].strip().upper() or at.currency_name
        quote = pairs.coin(note.quote or report, at.currency)
        if note.base and note.base != asset:
            raise expected(at.note, f"a note about {asset}", f"{note.base}-{note.quote}")
        if asset == quote:
            return Other(f"{side} of a currency with itself", line)
        size = amounts.number(row[at.size], at.size, self._mark)
        quantity = amounts.above_zero(abs(size) if side == "sell" else size, at.size, "quantity")
        moment, nanos = self._time(row[at.time], at.time, self._zone)
        native_id = pairs.identifier(row[at.id], at.id)
        settled = self._settled(row, (side, quantity), note, report in ("", quote))
        if settled.warning:
            self._notices.add(settled.warning, line)
        if advanced and not note.base:
            self._notices.add(NO_MARKET, line)
        symbol, price, fee = pairs.symbol(asset, quote), settled.price, settled.fee
        return Fill(symbol, side, quantity, price, fee, quote, moment, nanos, "", native_id, line)

    def _settled(
        self, row: list[str], traded: tuple[Side, Decimal], note: Note, in_report: bool
    ) -> Settled:
        """Price and fee in the quote; the row's own money counts only where the report is in it."""
        at = self._at
        if not in_report:
            return _by_note(traded, note, row[at.note], at.note)
        fee = self._money(row, at.fee)
        if note.price is not None and note.money is not None:
            settled = settle(Printed(*traded, note.price, None, note.money, fee))
            if not settled.warning:
                return settled
        price = note.price or amounts.money(row[at.rate], at.rate, self._mark)
        subtotal, total = self._money(row, at.subtotal), self._money(row, at.total)
        if not price and subtotal:
            made, _ = per_coin(*traded, subtotal)
            amounts.above_zero(made, at.rate, "price")
            settled = settle(Printed(*traded, made, subtotal, total, fee))
            return settled._replace(warning=settled.warning or PRICE_FROM_SUBTOTAL)
        if price is None:
            raise expected(at.rate, "a price", "")
        amounts.above_zero(price, at.rate, "price")
        return settle(Printed(*traded, price, subtotal, total, fee))

    def _money(self, row: list[str], where: int) -> Decimal | None:
        value = amounts.money(row[where], where, self._mark)
        return None if value is None else abs(value)


def _by_note(traded: tuple[Side, Decimal], note: Note, text: str, where: int) -> Settled:
    if note.price is not None and note.money is not None:
        return settle(Printed(*traded, note.price, None, note.money, None))
    if note.price is not None:
        return Settled(note.price, amounts.ZERO, NO_MONEY)
    price, dust = per_coin(*traded, note.money) if note.money else (amounts.ZERO, amounts.ZERO)
    if not price:
        raise expected(where, "a note that names price or money in the quote", text)
    return Settled(price, dust, NO_PRICE)


FORMAT = Format(
    info=SourceInfo(
        "coinbase-history", "coinbase-history", "coinbase", "coinbase", 10, shorts=False
    ),
    about='Coinbase "Transaction history" report, every version',
    required=REQUIRED,
    rows=read,
    canonical=canonical,
    time="timestamp",
    documented_zone=UTC,
)
