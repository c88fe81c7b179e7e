"""Binance "generate all statements": movements of every account, trades among them.

    User_ID,UTC_Time,Account,Operation,Coin,Change,Remark

Fills of one second are interleaved and carry no id. They are put together by second and account:
one coin for another is a trade, as one with its average price; more than two coins in a second
cannot be told apart and are named.
"""

import re
from collections.abc import Iterator, Sequence

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.ledgers.legs import Ids, Leg, fill_of, rows_of, skipped
from coach.brokers.statements.ledgers.moved import EntryColumns, EntryReader
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import Unreadable

REQUIRED = ("time", "account", "operation", "coin", "change")
FEES = frozenset(("fee", "transaction fee"))
LEGS = frozenset(
    (
        *("buy", "sell", "transaction related", "transaction buy", "transaction spend", *FEES),
        *("transaction sold", "transaction revenue", "binance convert", "large otc trading"),
    )
)
FUTURES = re.compile("futures|delivery|margined")
"""Accounts whose trades are not told by statements, but their fees and profits are."""
TOGETHER = (
    "trades are put together from movements of one second: prices are averages, and there are no"
    " ids; prefer the trade history where you have it"
)


def canonical(names: Sequence[str]) -> list[str]:
    """Return the header with its time's column as `time`."""
    return ["time" if name in {"utc_time", "utc time", "date"} else name for name in names]


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the trades of a statement, and what its other movements are."""
    names = canonical(sheet.names)
    time, account, operation, coin, change = map(names.index, REQUIRED)
    read_time = times.short_year_on_clock
    entries = EntryReader(sheet, notices, EntryColumns(time, coin, change, read_time=read_time))

    def other(row: list[str], line: int) -> Other | None:
        word = " ".join(row[operation].lower().split())
        of_future = word in FEES and FUTURES.search(row[account].lower())
        return None if word in LEGS and not of_future else entries.other(row, line, word)

    groups: dict[tuple[str, str], list[Leg]] = {}
    for line, row, said in rows_of(sheet, other):
        if said is not None:
            yield said
            continue
        try:
            at, nanos = times.short_year_on_clock(row[time], time, sheet.zone)
            amount = amounts.number(row[change], change, sheet.mark("dot"))
            is_fee = row[operation].strip().lower() in FEES
            leg = Leg(line, at, nanos, pairs.coin(row[coin], coin), amount, is_fee)
        except Unreadable as trouble:
            yield skipped(sheet, line, trouble)
        else:
            groups.setdefault((row[time].strip(), row[account].strip().lower()), []).append(leg)
    for legs in groups.values():
        notices.add(TOGETHER)
        try:
            yield fill_of(legs, Ids())
        except Unreadable as trouble:
            yield from (skipped(sheet, leg.line, trouble) for leg in legs)


FORMAT = Format(
    info=SourceInfo("binance-statement", "binance-statement", "binance", "binance", 10, False),
    about='Binance "generate all statements"',
    required=REQUIRED,
    rows=read,
    canonical=canonical,
    nothing_redundant="a movement has one figure",
)
