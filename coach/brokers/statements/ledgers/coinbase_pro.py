"""Coinbase Pro account statement: movements by portfolio; a trade is two of them and a fee.

    portfolio,type,time,amount,balance,amount/balance unit,transfer id,trade id,order id

Rows of one trade share its order and its trade id, which is that of the fills report; that has no
ids of orders, so none is read here either.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.ledgers.legs import Ids, Leg, fill_of, rows_of, skipped
from coach.brokers.statements.ledgers.moved import EntryColumns, EntryReader
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import Unreadable

if TYPE_CHECKING:
    from coach.model.movements import StatedBalance

REQUIRED = ("type", "time", "amount", "amount/balance unit", "trade id", "order id")
TRADES = frozenset(("match", "fee"))


def canonical(names: Sequence[str]) -> list[str]:
    """Return the header with its time's column as `time`, which some versions call a timestamp."""
    return ["time" if name == "timestamp" else name for name in names]


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the trades of an account statement, and what its other movements are."""
    names = canonical(sheet.names)
    kind, time, amount, unit, trade, order = map(names.index, REQUIRED)
    rest = (sheet.place("transfer id"), sheet.place("balance"), (sheet.place("portfolio"),))
    entries = EntryReader(sheet, notices, EntryColumns(time, unit, amount, -1, *rest))

    def other(row: list[str], line: int) -> Other | None:
        word = row[kind].strip().lower()
        return None if word in TRADES else entries.other(row, line, word)

    groups: dict[tuple[str, str], list[Leg]] = {}
    stated: dict[tuple[str, str], list[StatedBalance]] = {}
    for line, row, said in rows_of(sheet, other):
        if said is not None:
            yield said
            continue
        try:
            at, nanos = times.on_clock(row[time], time, sheet.zone)
            moved = amounts.number(row[amount], amount, sheet.mark("dot"))
            is_fee = row[kind].strip().lower() == "fee"
            coin = pairs.coin(row[unit], unit)
            leg = Leg(line, at, nanos, coin, moved, is_fee)
        except Unreadable as trouble:
            yield skipped(sheet, line, trouble)
        else:
            key = (row[trade].strip(), row[order].strip())
            groups.setdefault(key, []).append(leg)
            stated.setdefault(key, []).extend(entries.stated(row, line, coin, at))
    for key, legs in groups.items():
        head = min(legs, key=lambda leg: leg.line)
        yield from (one._replace(at=head.at) for one in stated[key])
        try:
            yield fill_of(legs, Ids("", pairs.identifier(key[0], trade)))
        except Unreadable as trouble:
            yield from (skipped(sheet, leg.line, trouble) for leg in legs)
    yield from entries.balances


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
