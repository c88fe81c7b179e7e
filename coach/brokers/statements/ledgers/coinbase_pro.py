"""Coinbase Pro account statement: movements by portfolio; a trade is two of them and a fee.

    portfolio,type,time,amount,balance,amount/balance unit,transfer id,trade id,order id

Rows of one trade share its order and its trade id, which is that of the fills report; that has no
ids of orders, so none is read here either.
"""

from collections.abc import Iterator, Sequence

from coach.brokers.base import Other, Row, SourceInfo, kind_of
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.ledgers.legs import Ids, Leg, fill_of, rows_of, skipped
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import Unreadable

REQUIRED = ("type", "time", "amount", "amount/balance unit", "trade id", "order id")
TRADES = frozenset(("match", "fee"))


def canonical(names: Sequence[str]) -> list[str]:
    """Return the header with its time's column as `time`, which some versions call a timestamp."""
    return ["time" if name == "timestamp" else name for name in names]


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the trades of an account statement, and what its other movements are."""
    del notices
    names = canonical(sheet.names)
    kind, time, amount, unit, trade, order = map(names.index, REQUIRED)

    def other(row: list[str], line: int) -> Other | None:
        word = row[kind].strip().lower()
        return None if word in TRADES else Other(kind_of(word) or "without a word", line)

    groups: dict[tuple[str, str], list[Leg]] = {}
    for line, row, said in rows_of(sheet, other):
        if said is not None:
            yield said
            continue
        try:
            at, nanos = times.on_clock(row[time], time, sheet.zone)
            moved = amounts.number(row[amount], amount, sheet.mark("dot"))
            is_fee = row[kind].strip().lower() == "fee"
            leg = Leg(line, at, nanos, pairs.coin(row[unit], unit), moved, is_fee)
        except Unreadable as trouble:
            yield skipped(sheet, line, trouble)
        else:
            groups.setdefault((row[trade].strip(), row[order].strip()), []).append(leg)
    for (trade_id, _), legs in groups.items():
        try:
            yield fill_of(legs, Ids("", pairs.identifier(trade_id, trade)))
        except Unreadable as trouble:
            yield from (skipped(sheet, leg.line, trouble) for leg in legs)


FORMAT = Format(
    info=SourceInfo(
        *("coinbase-pro-account", "coinbase-fills", "coinbase", "coinbase", 10), shorts=False
    ),
    about="Coinbase Pro account statement",
    required=REQUIRED,
    rows=read,
    canonical=canonical,
    nothing_redundant="a movement has one figure",
)
