"""Kraken Futures account log: a fill is a row of the position and a row of the cash. Times are UTC.

    uid,dateTime,account,type,symbol,contract,change,new balance,new average entry price,
    trade price,...,realized pnl,fee,realized funding,collateral,...

The row whose symbol is the contract's has the signed quantity (`change`) and the price; the fee
stands, above zero, on the row of the money. The contract settles in dollars; one that settles in
its own coin (`pi_`, `fi_`) counts money and is refused.
"""

import re
from collections.abc import Iterator
from datetime import UTC
from decimal import Decimal

from coach.brokers.base import Other, Row, SourceInfo
from coach.brokers.statements import amounts, pairs, times
from coach.brokers.statements.amounts import EXACT, ZERO
from coach.brokers.statements.formats.kraken_trades import ours
from coach.brokers.statements.ledgers.legs import rows_of, side_of, skipped
from coach.brokers.statements.ledgers.moved import EntryColumns, EntryReader
from coach.brokers.statements.mapping import figures
from coach.brokers.statements.mapping.reader import INVERSE
from coach.brokers.statements.notices import Notices
from coach.brokers.statements.sheet import StatementSheet
from coach.brokers.statements.statement import Format
from coach.brokers.statements.unreadable import Unreadable, expected
from coach.model.fills import Fill

REQUIRED = (
    *("uid", "datetime", "type", "symbol", "contract", "change", "trade price", "fee"),
    "realized funding",
)
_CONTRACT = re.compile(r"(?P<kind>p[fi]|f[fi])_(?P<base>[a-z0-9]+?)usd(?P<dated>_\d{6})?")


def read(sheet: StatementSheet, notices: Notices) -> Iterator[Row]:
    """Yield the fills of an account log, and what its other rows are."""
    uid, time, kind, symbol, contract, change, rate, fee, _ = map(sheet.place, REQUIRED)
    cells = EntryColumns(time, symbol, change, -1, uid, read_coin=_coin)
    entries = EntryReader(sheet, notices, cells)

    def other(row: list[str], line: int) -> Other | None:
        word = row[kind].strip().lower()
        traded = word == "futures trade" or "liquidation" in word or "assign" in word
        return None if traded else entries.other(row, line, word)

    fees: dict[tuple[str, str], list[Decimal]] = {}
    fills: list[tuple[tuple[str, str], Fill]] = []
    for line, row, said in rows_of(sheet, other):
        if said is not None:
            yield said
            continue
        key = (row[time].strip(), row[contract].strip().lower())
        try:
            if row[symbol].strip().lower() != key[1]:
                charged, _ = figures.figure(row[fee], fee, "dot")
                fees.setdefault(key, []).append(charged or ZERO)
                continue
            at, nanos = times.on_clock(row[time], time, sheet.zone)
            base = _base(key[1], contract)
            moved = figures.figure(row[change], change, "dot")[0] or ZERO
            price = figures.figure(row[rate], rate, "dot")[0] or ZERO
            amounts.above_zero(price, rate, "price")
            size = amounts.above_zero(moved.copy_abs(), change, "quantity")
            side = side_of(moved)
            market = pairs.symbol(base, "USD")
            ids = ("", row[uid].strip())
            fill = Fill(market, side, size, price, ZERO, "USD", at, nanos, *ids, line)
        except Unreadable as trouble:
            yield skipped(sheet, line, trouble)
        else:
            fills.append((key, fill))
    yield from _charged(fills, fees)


def _charged(
    fills: list[tuple[tuple[str, str], Fill]], fees: dict[tuple[str, str], list[Decimal]]
) -> Iterator[Row]:
    """Yield the fills with their fees: those of one moment and contract in their order."""
    together: dict[tuple[str, str], list[Fill]] = {}
    for key, fill in fills:
        together.setdefault(key, []).append(fill)
    for key, several in together.items():
        charges = fees.get(key, [])
        if len(charges) == len(several):
            shares = charges
        else:  # several cash rows to one position row, or fee credits without a cash row
            shares = [EXACT.create_decimal(sum(charges, ZERO)), *[ZERO] * (len(several) - 1)]
        yield from (fill._replace(fee=fee) for fill, fee in zip(several, shares, strict=True))


def _coin(text: str, where: int) -> str:
    return pairs.coin(ours(text.upper()), where)


def _base(contract: str, where: int) -> str:
    found = _CONTRACT.fullmatch(contract)
    if found is None:
        raise expected(where, "a contract such as pf_xbtusd", contract)
    if found["kind"].endswith("i"):
        raise Unreadable(where, INVERSE)
    coin = ours(found["base"].upper())
    return f"{coin}{(found['dated'] or '').lstrip('_')}"


FORMAT = Format(
    info=SourceInfo("kraken-futures", "kraken-futures", "kraken", "kraken-futures", 20, True),
    about="Kraken Futures account log",
    required=REQUIRED,
    rows=read,
    time="datetime",
    documented_zone=UTC,
    nothing_redundant="the price stands on both rows of a fill",
)
