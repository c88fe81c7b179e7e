"""Kraken "Ledgers" export: two rows of a trade share its `refid`. Times are UTC.

    txid,refid,time,type,subtype,aclass,asset,[wallet,]amount,fee,balance

Trades on margin show only their profit and fees here, so they are read from the trades export;
rows without a txid repeat a pending one. The refid of a trade is its id in the trades export.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from typing import TYPE_CHECKING

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.kraken.earn import of_earn
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.formats.kraken_trades import ours
from coach.brokers.statements.ledgers.legs import Ids, Leg, fill_of, rows_of, skipped
from coach.brokers.statements.ledgers.moved import EntryColumns, EntryReader
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import Unreadable
from coach.model.coins import folded

if TYPE_CHECKING:
    from coach.model.movements import StatedBalance

REQUIRED = ("txid", "refid", "time", "type", "asset", "amount", "fee")
TRADES = frozenset(("trade", "spend", "receive"))
MARGIN = frozenset(("margin", "rollover", "settled"))
MARGIN_ELSEWHERE = (
    "trades on margin are not told by ledgers: import Kraken's trades export for them"
)
OLD_NAME = 4
DUST = re.compile("dust")


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the trades of a ledgers export, and what its other movements are."""
    txid, refid, time, kind, asset, amount, fee = map(sheet.place, REQUIRED)
    entries = _entries(sheet, notices)
    subtype = sheet.place("subtype")

    def other(row: list[str], line: int) -> Other | None:
        word = row[kind].strip().lower()
        if word in MARGIN:
            notices.add(MARGIN_ELSEWHERE)
        if not row[txid].strip():
            return Other("pending", line)
        if word in TRADES and not DUST.search(row[subtype].lower()):
            return None
        named = row[subtype] if word in TRADES else of_earn(word, row[subtype])
        return entries.other(row, line, named)

    groups: dict[str, list[Leg]] = {}
    stated: dict[str, list[StatedBalance]] = {}
    for line, row, said in rows_of(sheet, other):
        if said is not None:
            yield said
            continue
        try:
            at, nanos = times.on_clock(row[time], time, sheet.zone)
            coin = coin_of(row[asset], asset)
            moved = amounts.number(row[amount], amount, sheet.mark("dot"))
            cost = amounts.number(row[fee] or "0", fee, sheet.mark("dot"))
        except Unreadable as trouble:
            yield skipped(sheet, line, trouble)
        else:
            leg = Leg(line, at, nanos, coin, moved)
            charged = leg._replace(amount=amounts.EXACT.minus(cost), is_fee=True)
            name = row[refid].strip()
            groups.setdefault(name, []).extend((leg, charged))
            stated.setdefault(name, []).extend(entries.stated(row, line, coin, at))
    yield from _trades(sheet, groups, stated)
    yield from entries.balances


def _entries(sheet: StatementSheet, notices: Notices) -> EntryReader:
    """Return what reads the rows that are no trades, and the balances that all rows state."""
    txid, _, time, _, asset, amount, fee = map(sheet.place, REQUIRED)
    cells = (time, asset, amount, fee, txid, sheet.place("balance"))
    return EntryReader(
        sheet, notices, EntryColumns(*cells, (asset, sheet.place("wallet")), coin_of)
    )


def _trades(
    sheet: StatementSheet, groups: dict[str, list[Leg]], stated: "dict[str, list[StatedBalance]]"
) -> Iterator[Row]:
    refid = sheet.place("refid")
    for name, legs in groups.items():
        head = min(legs, key=lambda leg: leg.line)
        yield from (one._replace(at=head.at) for one in stated[name])
        try:
            yield fill_of(legs, Ids("", pairs.identifier(name, refid)))
        except Unreadable as trouble:
            lines = dict.fromkeys(leg.line for leg in legs)
            yield from (skipped(sheet, line, trouble) for line in lines)


def coin_of(text: str, where: int) -> str:
    """Return a coin by everybody's name; how it is held (`.S`, `.HOLD`, `.F`) does not count."""
    name = folded(text).partition(".")[0]
    if len(name) == OLD_NAME and name[0] == "Z" and name[1:] in {"USD", "EUR", "GBP", "CAD"}:
        name = name[1:]
    return pairs.coin(ours(name), where)


FORMAT = Format(
    info=SourceInfo("kraken-ledgers", "kraken", "kraken", "kraken", 10, shorts=False),
    about='Kraken "Ledgers" export',
    required=REQUIRED,
    rows=read,
    documented_zone=UTC,
    nothing_redundant="a movement has one figure",
)
