"""Coverage: which periods of each account and symbol are held, and which are missing."""

from __future__ import annotations

from collections import defaultdict
from functools import reduce
from itertools import groupby
from typing import TYPE_CHECKING

from coach.engine.api import doubts
from coach.engine.api.fills.summary import days_of_fills
from coach.engine.api.trades import require_symbol
from coach.engine.features.zones import zone_named
from coach.engine.ledger.coverage import held_periods, quiet_times
from coach.engine.ledger.doubts import is_sale
from coach.engine.ledger.exact import add
from coach.engine.store import accounts, trades
from coach.engine.store.imports import connections
from coach.engine.store.single_fills import days as stored_days
from coach.errors import NotFound
from coach.model.bookkeeping.coverage import (
    CoveringImport,
    HeldPeriod,
    MissingPeriod,
    SymbolCoverage,
)
from coach.model.fills import Symbol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, tzinfo

    from coach.engine.api.session import Session
    from coach.engine.ledger.coverage import QuietTime
    from coach.engine.store.single_fills.days import DayOfFills, NamedRun
    from coach.model.accounts import Account
    from coach.model.trades import UnknownBasis

    BySymbol = dict[Symbol, list[MissingPeriod]]


def coverage(
    session: Session, account: str | None = None, symbol: str | None = None
) -> list[SymbolCoverage]:
    """Return the record of each account and symbol, by name; NotFound for what there is not."""
    connection, user = session.connection, session.user
    every = accounts.accounts(connection, user.id)
    if account is not None and account not in {one.name for one in every}:
        raise NotFound(kind="account", name=account)
    found = days_of_fills(session)
    of_account = {key: list(rows) for key, rows in groupby(found, lambda row: row.account_id)}
    names = stored_days.run_names(connection, user.id)
    connected = {one.account for one in accounts.connected(connection, user.id)}
    sales = _unexplained_sales(session)
    records = [
        one
        for each in sorted(every, key=lambda one: one.name)
        if account in {None, each.name}
        for one in _of_account(
            session,
            each,
            of_account.get(each.id, []),
            sales.get(each.name, ()),
            names,
            connected=each.name in connected,
        )
        if symbol in {None, one.symbol}
    ]
    if symbol is not None and not records:
        require_symbol(session, symbol)
    return records


def _of_account(
    session: Session,
    account: Account,
    found: Sequence[DayOfFills],
    sales: Sequence[UnknownBasis],
    names: Mapping[int, NamedRun],
    *,
    connected: bool,
) -> list[SymbolCoverage]:
    zone = zone_named(session.user.zone)
    of_symbol = {key: list(rows) for key, rows in groupby(found, lambda row: row.symbol)}
    missing: BySymbol = defaultdict(list)
    for symbol, line in _without_purchase(sales, zone).items():
        missing[symbol].append(line)
    for quiet in (one for one in quiet_times(row.day for row in found) if one.is_gap):
        for symbol in _concerned(of_symbol, quiet):
            missing[symbol].append(
                MissingPeriod("months", quiet.since, quiet.until, count=quiet.expected)
            )
    if connected:
        for symbol, unread in _unread(session, account, zone).items():
            missing[symbol].append(unread)
    return [
        _record(account, symbol, of_symbol.get(symbol, []), missing[symbol], names, connected)
        for symbol in sorted({*of_symbol, *missing})
    ]


def _record(
    account: Account,
    symbol: Symbol,
    found: Sequence[DayOfFills],
    missing: Iterable[MissingPeriod],
    names: Mapping[int, NamedRun],
    connected: bool,
) -> SymbolCoverage:
    return SymbolCoverage(
        account=account.name,
        broker=account.broker,
        connected=connected,
        symbol=symbol,
        fills=sum(row.fills for row in found),
        left_out=sum(row.left_out for row in found),
        held=tuple(_held(found, names)),
        imports=tuple(_imports(found, names)),
        missing=tuple(missing),
    )


def _held(found: Sequence[DayOfFills], names: Mapping[int, NamedRun]) -> Iterable[HeldPeriod]:
    for since, until in held_periods(row.day for row in found):
        own = [row for row in found if since <= row.day <= until]
        runs = tuple(names[number].run_id for number in sorted({row.run_n for row in own}))
        yield HeldPeriod(since, until, sum(row.fills for row in own), runs)


def _imports(
    found: Sequence[DayOfFills], names: Mapping[int, NamedRun]
) -> Iterable[CoveringImport]:
    for number in sorted({row.run_n for row in found}):
        own = [row for row in found if row.run_n == number]
        first, last = min(row.day for row in own), max(row.day for row in own)
        yield CoveringImport(*names[number], first, last, sum(row.fills for row in own))


def _unexplained_sales(session: Session) -> dict[str, list[UnknownBasis]]:
    """Return the sales of more than is held whose coins nothing else explains, by account."""
    known = doubts.doubts(session)
    found: dict[str, list[UnknownBasis]] = defaultdict(list)
    for line in trades.unknown_basis(session.connection, session.user.id):
        if is_sale(line) and not known.origin(line).enough:
            found[line.account].append(line)
    return found


def _without_purchase(sales: Iterable[UnknownBasis], zone: tzinfo) -> dict[Symbol, MissingPeriod]:
    """Return the purchases that are missing before sales of more than is held."""
    of_symbol: dict[Symbol, list[UnknownBasis]] = defaultdict(list)
    for line in sales:
        of_symbol[line.symbol].append(line)
    return {
        symbol: MissingPeriod(
            "purchases",
            None,
            max(line.at for line in lines).astimezone(zone).date(),
            reduce(add, (line.quantity for line in lines)),
            len(lines),
        )
        for symbol, lines in of_symbol.items()
    }


def _concerned(of_symbol: Mapping[Symbol, Sequence[DayOfFills]], quiet: QuietTime) -> list[Symbol]:
    """Return the symbols that were traded before and after a quiet time, else those just before."""
    spans = {symbol: (rows[0].day, rows[-1].day) for symbol, rows in of_symbol.items()}
    around = [one for one, (first, last) in spans.items() if first < quiet.since < last]
    return around or _nearest(spans, quiet)


def _nearest(spans: Mapping[Symbol, tuple[date, date]], quiet: QuietTime) -> list[Symbol]:
    before = {one: last for one, (_, last) in spans.items() if last < quiet.since}
    newest = max(before.values())
    return sorted(one for one, last in before.items() if last == newest)


def _unread(session: Session, account: Account, zone: tzinfo) -> dict[Symbol, MissingPeriod]:
    """Return the products that syncs left out, since when each is to be read."""
    left = connections.left_out(session.connection, session.user.id, account.id)
    return {
        Symbol(name): MissingPeriod(
            "unread",
            one.since.astimezone(zone).date() if one.since else None,
            None,
            reason=one.reason,
        )
        for name, one in left.items()
    }
