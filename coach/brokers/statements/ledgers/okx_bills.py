"""OKX spot bills of the years before 2025: a trade is a row that bought and one that sold.

    id,Order id,Time,Trade Type,Instrument,Type,Amount,Unit,PL,Fee,Position Change,
    Position Balance,Balance Change,Balance,Unit

The two rows of a fill share their `id`; where they do not, those of an order are put together as
one trade with its average price. `Unit` stands twice: the first is that of the amount and of the
fee.
"""

from collections.abc import Iterator

from coach.brokers.base import Other, Row, SourceInfo, kind_of
from coach.brokers.statements import pairs, times
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.ledgers.legs import Ids, Leg, fill_of, rows_of, skipped
from coach.brokers.statements.mapping import figures
from coach.brokers.statements.mapping.side_words import known_side
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import Unreadable, expected

REQUIRED = (
    *("id", "order id", "time", "trade type", "instrument", "type", "amount", "pl", "fee"),
    *("balance change", "balance"),
)
TOGETHER = "fills that share no id are put together by their order: their prices are averages"
Rows = list[tuple[int, list[str]]]


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the trades of the bills, and what their other rows are."""
    kind, number, order = (sheet.place(name) for name in ("trade type", "id", "order id"))

    def other(row: list[str], line: int) -> Other | None:
        word = figures.bare(row[kind]).lower()
        return None if word == "spot" else Other(kind_of(word) or "without a word", line)

    by_id: dict[str, Rows] = {}
    for line, row, said in rows_of(sheet, other):
        if said is not None:
            yield said
        else:
            by_id.setdefault(figures.bare(row[number]), []).append((line, row))
    lone: dict[str, Rows] = {}
    for name, rows in by_id.items():
        if len(rows) > 1 and name:
            yield from _fill(sheet, rows, name)
        else:
            for line, row in rows:
                lone.setdefault(figures.bare(row[order]), []).append((line, row))
    for rows in lone.values():
        notices.add(TOGETHER)
        yield from _fill(sheet, rows, "")


def _fill(sheet: StatementSheet, rows: Rows, name: str) -> Iterator[Row]:
    """Yield the trade that rows make, or each of them as what cannot be put together."""
    try:
        legs = [leg for line, row in rows for leg in _legs(sheet, row, line)]
        place = sheet.place("order id")
        order = pairs.identifier(figures.bare(rows[0][1][place]), place)
        yield fill_of(legs, Ids(order, pairs.identifier(name, sheet.place("id"))))
    except Unreadable as trouble:
        yield from (skipped(sheet, line, trouble) for line, _ in rows)


def _legs(sheet: StatementSheet, row: list[str], line: int) -> Iterator[Leg]:
    at = {name: sheet.place(name) for name in REQUIRED}
    moment, nanos = times.on_clock(figures.bare(row[at["time"]]), at["time"], sheet.zone)
    side = known_side(figures.bare(row[at["type"]]))
    if side is None:
        raise expected(at["type"], "buy or sell", row[at["type"]])
    unit = sheet.place("unit")
    coin = pairs.coin(figures.bare(row[unit]), unit)
    cells = (figures.figure(row[at[one]], at[one], "dot")[0] for one in ("amount", "fee"))
    amount, fee = ((value or ZERO).copy_abs() for value in cells)
    yield Leg(line, moment, nanos, coin, amount if side == "buy" else EXACT.minus(amount))
    if fee:
        yield Leg(line, moment, nanos, coin, EXACT.minus(fee), is_fee=True)


FORMAT = Format(
    info=SourceInfo("okx-bills", "okx-bills", "okx", "okx", 10, shorts=False),
    about="OKX spot bills, before 2025",
    required=REQUIRED,
    rows=read,
    nothing_redundant="a movement has one figure",
)
