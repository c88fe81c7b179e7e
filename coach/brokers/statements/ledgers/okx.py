"""OKX trading history: a spot trade is two rows, whose `Action` is that of the leg.

    UID:...,Account Type:...,Time Zone:UTC+8
    id,Order id,Time,Trade Type,Symbol,Action,Amount,Trading Unit,Filled Price,PnL,Fee,Fee Unit,
    Position Change,Position Balance,Balance Change,Balance,Balance Unit

`Trading Unit` names the wrong coin on spot; `Balance Unit` is the leg's. Charges are below zero. A
contract counted in `cont` has a size that the file does not tell, and is refused.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.ledgers.legs import rows_of, skipped
from coach.brokers.statements.ledgers.moved import EntryColumns, EntryReader
from coach.brokers.statements.mapping import figures, instruments
from coach.brokers.statements.mapping.side_words import known_side
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.redundancy import TradedQuantity, agree
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.fills import Fill

REQUIRED = (
    *("id", "order id", "time", "trade type", "symbol", "action", "amount", "trading unit"),
    *("filled price", "fee", "fee unit", "balance unit"),
)
NO_SIZE = "counted in contracts, whose size the file does not tell"


class OkxRow(NamedTuple):
    """The cells of a row that is a trade, read."""

    fill: Fill
    coin: str
    amount: Decimal


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the trades of a trading history, and what its other rows are."""
    kind, action = sheet.place("trade type"), sheet.place("action")
    time, coin, change = map(sheet.place, ("time", "balance unit", "balance change"))
    entries = EntryReader(sheet, notices, EntryColumns(time, coin, change, -1, sheet.place("id")))

    def other(row: list[str], line: int) -> Other | None:
        word = figures.bare(row[kind]).lower()
        told = f"{word} {figures.bare(row[action]).lower()}"
        if word == "transfer" or "fund" in told or word == "":
            return entries.other(row, line, told)
        return None

    spot: dict[tuple[object, ...], list[OkxRow]] = {}
    for line, row, said in rows_of(sheet, other):
        if said is not None:
            yield said
            continue
        try:
            found = _row(sheet, row, line)
        except Unreadable as trouble:
            yield skipped(sheet, line, trouble)
            continue
        if figures.bare(row[kind]).lower() in {"spot", "margin"}:
            key = (found.fill.order_id, found.fill.at, found.fill.symbol)
            spot.setdefault(key, []).append(found)
        else:
            yield found.fill
    for together in spot.values():
        yield from _spot_fills(sheet, together)


def _row(sheet: StatementSheet, row: list[str], line: int) -> OkxRow:
    at = {name: sheet.place(name) for name in REQUIRED}
    moment, nanos = times.on_clock(figures.bare(row[at["time"]]), at["time"], sheet.zone)
    base, quote = instruments.market(row[at["symbol"]], at["symbol"], "pair", "USDT")
    if figures.bare(row[at["trading unit"]]).lower() == "cont":
        raise Unreadable(at["trading unit"], NO_SIZE)
    side = known_side(figures.bare(row[at["action"]]))
    if side is None:
        raise expected(at["action"], "buy or sell", row[at["action"]])
    values = (figures.figure(row[at[one]], at[one], "dot")[0] for one in ("amount", "filled price"))
    size, price = ((value or ZERO).copy_abs() for value in values)
    amounts.above_zero(size, at["amount"], "quantity")
    amounts.above_zero(price, at["filled price"], "price")
    fee = EXACT.minus(figures.figure(row[at["fee"]], at["fee"], "dot")[0] or ZERO)
    coin = figures.currency(row[at["fee unit"]], at["fee unit"]) or quote
    symbol, order = pairs.symbol(base, quote), figures.bare(row[at["order id"]])
    ids = (order, figures.bare(row[at["id"]]))
    fill = Fill(symbol, side, size, price, fee or ZERO, coin, moment, nanos, *ids, line)
    return OkxRow(fill, figures.currency(row[at["balance unit"]], at["balance unit"]), size)


def _spot_fills(sheet: StatementSheet, rows: list[OkxRow]) -> Iterator[Row]:
    """Pair the rows of an order's fills in one second, by the money that the price gives."""
    left = list(rows)
    for row in rows:
        base, quote = row.fill.symbol.split("-", 1)
        if row.coin != base:
            continue
        left.remove(row)
        fill = row.fill
        traded = TradedQuantity(base, quote, fill.side, fill.quantity, fill.price)
        legs = (
            one for one in left if one.coin == quote and agree(one.amount, traded.value, traded)
        )
        other = next(legs, None)
        if other is None:
            trouble = Unreadable(sheet.place("amount"), "its other row was not found")
            yield skipped(sheet, fill.line, trouble)
            continue
        left.remove(other)
        charged = fill if fill.fee else other.fill
        yield fill._replace(fee=charged.fee, fee_currency=charged.fee_currency)
    lone = Unreadable(sheet.place("balance unit"), "the row of what was traded for it is missing")
    yield from (skipped(sheet, row.fill.line, lone) for row in left)


FORMAT = Format(
    info=SourceInfo("okx-history", "okx-history", "okx", "okx", 20, shorts=True),
    about="OKX trading history since 2025",
    required=REQUIRED,
    rows=read,
    nothing_redundant="the two rows of a spot trade are held against each other",
)
