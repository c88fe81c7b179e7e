"""Tradovate performance: each row pairs a bought part with a sold part; fills are put together.

    symbol,_priceFormat,_priceFormatType,_tickSize,buyFillId,sellFillId,qty,buyPrice,sellPrice,pnl,
    boughtTimestamp,soldTimestamp,duration

A fill that closes two others stands in two rows: its quantities add up. What one contract is worth
a point follows from the row's own profit. Month first, on the clock of the platform; no fees.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from coach.brokers.base import Row, SourceInfo
from coach.brokers.statements import amounts, pairs
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.ledgers.legs import rows_of, skipped
from coach.brokers.statements.mapping import dates, figures, instruments
from coach.brokers.statements.mapping.reader import DIVIDED, NOBODY_SAID_SIZE, SIZED
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import ROW, Unreadable, expected
from coach.model.fills import Fill, Side

NAMES = {
    "symbol": ("symbol", "contract"),
    "quantity": ("qty", "paired qty"),
    "profit": ("pnl", "p/l"),
    "bought at": ("boughttimestamp", "bought timestamp"),
    "sold at": ("soldtimestamp", "sold timestamp"),
    "bought for": ("buyprice", "buy price"),
    "sold for": ("sellprice", "sell price"),
    "bought id": ("buyfillid", "buy fill id"),
    "sold id": ("sellfillid", "sell fill id"),
}
LEGS: tuple[tuple[Side, str], ...] = (("buy", "bought"), ("sell", "sold"))
NO_FEES = "this export holds no fees: results are before them"


def canonical(names: Sequence[str]) -> list[str]:
    """Return the header by what its columns are, in both of Tradovate's exports."""
    known = {name: ours for ours, theirs in NAMES.items() for name in theirs}
    return [known.get(name, name) for name in names]


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the fills of a performance report."""
    notices.add(NO_FEES)
    at = {name: place for place, name in enumerate(canonical(sheet.names))}
    fills: dict[tuple[str, Side], Fill] = {}
    for line, row, said in rows_of(sheet, lambda _row, _line: None):
        if said is not None:
            yield said
            continue
        try:
            parts = _parts(sheet, row, line, at)
        except Unreadable as trouble:
            yield skipped(sheet, line, trouble)
            continue
        size = _size(sheet, row, at)
        for fill in parts:
            if size != 1:
                notices.sizes[fill.symbol] = size
                notices.add(SIZED.format(symbol=fill.symbol, size=f"{size.normalize():f}"))
            key = (fill.native_id, fill.side)
            before = fills.get(key)
            quantity = EXACT.multiply(fill.quantity, size)
            if before is not None:
                quantity = EXACT.add(before.quantity, quantity)
            fills[key] = (before or fill)._replace(quantity=quantity)
    yield from sorted(fills.values(), key=lambda fill: (fill.at, fill.line))


def _parts(sheet: StatementSheet, row: list[str], line: int, at: dict[str, int]) -> list[Fill]:
    """Return the bought and the sold part of a row, in contracts."""
    place = at["symbol"]
    name = figures.bare(row[place])
    base, quote = instruments.market(name, place, "instrument", "USD")
    _size(sheet, row, at)
    count = figures.figure(row[at["quantity"]], at["quantity"], "dot")[0] or ZERO
    amounts.above_zero(count, at["quantity"], "quantity")
    found = []
    for side, word in LEGS:
        moment = at[f"{word} at"]
        time, nanos = dates.read(row[moment], moment, "mdy", sheet.zone)
        price = figures.figure(row[at[f"{word} for"]], at[f"{word} for"], "dot")[0] or ZERO
        number = pairs.identifier(figures.bare(row[at[f"{word} id"]]), at[f"{word} id"])
        if not number:
            raise expected(at[f"{word} id"], "the id of a fill", row[at[f"{word} id"]])
        symbol = pairs.symbol(base, quote)
        found.append(Fill(symbol, side, count, price, ZERO, quote, time, nanos, "", number, line))
    return found


def _size(sheet: StatementSheet, row: list[str], at: dict[str, int]) -> Decimal:
    """Return what one point of a contract is worth: by the row's profit, else as published."""
    del sheet
    names = ("profit", "bought for", "sold for", "quantity")
    profit, bought, sold, count = (figures.figure(row[at[n]], at[n], "dot")[0] for n in names)
    name = figures.bare(row[at["symbol"]])
    published = instruments.size_of(name, {})
    if profit and bought and sold and count and sold != bought:
        points = EXACT.multiply(EXACT.subtract(sold, bought), count)
        proved = DIVIDED.divide(profit, points)
        if published is not None and abs(proved - published) <= abs(published) / 100:
            return published
        whole = round(proved, 2).normalize()
        if whole > 0 and abs(proved - whole) <= whole / 1000:
            return whole
        raise expected(at["profit"], "a profit that the prices give", row[at["profit"]])
    if published is None:
        root = instruments.root_of(name)
        raise Unreadable(ROW, NOBODY_SAID_SIZE.format(root=root))
    return published


FORMAT = Format(
    info=SourceInfo("tradovate", "tradovate", "tradovate", "tradovate", 20, shorts=True),
    about="Tradovate performance, or its position history",
    required=tuple(NAMES),
    rows=read,
    canonical=canonical,
    time="bought at",
    names_zone=dates.names_zone,
    nothing_redundant="the profit proves what a contract is worth",
)
