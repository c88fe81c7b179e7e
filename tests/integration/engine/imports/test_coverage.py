"""What is held of each account and symbol, from which import, and what is missing."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from coach.advice.record.coverage import gap_lines, period_lines, with_ways
from coach.engine.api.fills import single
from coach.engine.api.fills.coverage import coverage
from coach.engine.api.fills.single import FillFilter
from coach.engine.api.fills.summary import days_of_fills
from coach.engine.api.imports import ImportRequest, import_statement, undo
from coach.engine.api.pages import ListPage
from coach.engine.api.session import Session
from coach.engine.store import accounts
from coach.engine.store.accounts import BrokerConnection
from coach.engine.store.imports import connections
from coach.engine.store.imports.connections import OpenProduct
from coach.engine.store.single_fills import days
from coach.engine.store.single_fills.days import DayOfFills
from coach.errors import NotFound
from coach.model.bookkeeping.coverage import MissingPeriod
from coach.views.holdings.coverage import coverage_report
from coach.views.table import rows
from tests.integration.engine.conftest import HEADER, Importer


def bring_days(
    session: Session, folder: Path, symbol: str, *months: int, account: str = "main"
) -> str:
    """Import a purchase and a sale on each weekday of these months of 2025."""
    lines = [HEADER]
    for n in range(365):
        day = date(2025, 1, 1) + timedelta(days=n)
        if day.month in months and day.weekday() < 5:
            lines.append(f"{day}T09:00:00Z,{symbol},buy,1,100,0,,b{symbol}{n}")
            lines.append(f"{day}T10:00:00Z,{symbol},sell,1,101,0,,s{symbol}{n}")
    file = folder / f"{symbol}-{months[0]}.csv"
    file.write_text("\n".join(lines) + "\n")
    request = ImportRequest(account=account, shorts=False)
    return import_statement(session, file, request).id


def test_periods_and_imports_of_a_symbol(session: Session, tmp_path: Path) -> None:
    first = bring_days(session, tmp_path, "BTC-USD", 1, 2)
    second = bring_days(session, tmp_path, "BTC-USD", 5, 6)
    [found] = coverage(session)
    assert [(one.since, one.until, one.run_ids) for one in found.held] == [
        (date(2025, 1, 1), date(2025, 2, 28), (first,)),
        (date(2025, 5, 1), date(2025, 6, 30), (second,)),
    ]
    assert [one.run_id for one in found.imports] == [first, second]
    assert found.fills == sum(one.fills for one in found.held) == 172


def test_months_that_are_missing_are_named_with_what_brings_them(
    session: Session, tmp_path: Path
) -> None:
    bring_days(session, tmp_path, "BTC-USD", 1, 2, 3)
    bring_days(session, tmp_path, "BTC-USD", 6, 7, 8)
    [found] = coverage(session)
    [gap] = found.missing
    assert (gap.kind, gap.since, gap.until) == ("months", date(2025, 4, 1), date(2025, 6, 1))
    [row] = with_ways(rows([coverage_report(found)]))
    lines = list(gap_lines(row))
    assert "from 2025-04-01 to 2025-06-01" in lines[0]
    assert "coach import csv FILE --account main" in lines[1]
    assert next(period_lines(row)).startswith("  2025-01-01 to 2025-03-31")


def test_a_symbol_that_rests_while_another_is_traded_is_no_gap(
    session: Session, tmp_path: Path
) -> None:
    bring_days(session, tmp_path, "BTC-USD", 1, 2, 3, 6, 7, 8)
    bring_days(session, tmp_path, "ETH-USD", 3, 4, 5, 6)
    assert [one.missing for one in coverage(session)] == [(), ()]


def test_a_sale_of_more_than_is_held_misses_its_purchases(
    session: Session, imported: Importer
) -> None:
    imported(
        "09:00 buy BTC-USD 1 @ 100",
        "09:10 sell BTC-USD 3 @ 110",
        "09:20 sell BTC-USD 0.5 @ 110",
        shorts=False,
    )
    [found] = coverage(session)
    assert found.missing == (MissingPeriod("purchases", None, date(2026, 3, 2), Decimal("2.5"), 2),)
    [row] = with_ways(rows([coverage_report(found)]))
    [what, how] = gap_lines(row)
    assert "2 sales up to 2026-03-02 of 2.5 BTC more than is held" in what
    assert "up to 2026-03-02" in how


def test_a_sale_that_is_left_out_misses_nothing(session: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", "09:10 sell BTC-USD 3 @ 110", shorts=False)
    sale = single.fills(session, FillFilter())[-1].key.hex()
    single.leave_out(session, sale, "a mistake")
    [found] = coverage(session)
    assert (found.missing, found.fills, found.left_out) == ((), 2, 1)


def test_what_a_sync_left_out_is_missing(session: Session, imported: Importer) -> None:
    imported("09:00 buy BTC-USD 1 @ 100", shorts=False)
    connection, user_id = session.connection, session.user.id
    account = accounts.account_named(connection, user_id, "main")
    assert account is not None
    made = BrokerConnection(account.id, "main", "coinbase", "", "k", "", {}, session.clock())
    accounts.connect_broker(connection, user_id, made)
    left = {"ETH-USD": OpenProduct(session.clock(), "403")}
    connections.note_read(connection, user_id, account.id, left, session.clock())
    eth = coverage(session, symbol="ETH-USD")
    assert [(one.fills, one.connected) for one in eth] == [(0, True)]
    [row] = with_ways(rows([coverage_report(one) for one in eth]))
    [what, how] = gap_lines(row)
    assert what == "ETH-USD in main: not read since 2026-04-01: 403"
    assert how == "  coach import sync --account main tries it again"


def test_an_unknown_account_is_refused(session: Session) -> None:
    with pytest.raises(NotFound):
        coverage(session, "none")


def test_the_days_of_a_large_record_are_kept_until_they_change(
    session: Session, tmp_path: Path
) -> None:
    """What is read back is what counting says, after imports, undos, marks and another zone."""
    bring_days(session, tmp_path, "BTC-USD", 1, 2)
    run = bring_days(session, tmp_path, "ETH-USD", 2, 3)
    asked = session

    def counted() -> list[DayOfFills]:
        found = days.days(asked.connection, asked.user.id, asked.user.zone)
        assert days_of_fills(asked, 0) == found  # counted and kept
        assert days_of_fills(asked, 0) == found  # read back
        return found

    first = counted()
    (fill, *_) = single.fills(session, FillFilter(page=ListPage(limit=1)))
    single.leave_out(session, fill.key.hex(), "a test")
    marked = counted()
    assert sum(one.left_out for one in marked) == 1
    undo(session, run)
    assert {one.symbol for one in counted()} == {"BTC-USD"}
    asked = replace(session, user=replace(session.user, zone="Asia/Tokyo"))
    assert len(counted()) < len(first)


def test_a_page_of_fills_is_a_part_of_the_whole_list(session: Session, tmp_path: Path) -> None:
    """Two accounts hold fills of the same symbols, those of both at the same times."""
    for month, account in enumerate(("main", "other"), 1):
        bring_days(session, tmp_path, "BTC-USD", month, account=account)
        bring_days(session, tmp_path, "ETH-USD", month, account=account)
    for wanted in (FillFilter(), FillFilter(symbol="ETH-USD"), FillFilter(account="other")):
        every = [(one.account, one.key) for one in single.fills(session, wanted)]
        pages: list[tuple[str, bytes]] = []
        while True:
            after = pages[-1][1].hex() if pages else None
            page = replace(wanted, page=ListPage(after=after, limit=7))
            found = single.fills(session, page)
            if not found:
                break
            pages += [(one.account, one.key) for one in found]
        assert pages == every
        newest = replace(wanted, page=ListPage(newest=5))
        assert [(one.account, one.key) for one in single.fills(session, newest)] == every[-5:]


def test_a_symbol_that_was_never_traded_has_no_empty_record(
    session: Session, tmp_path: Path
) -> None:
    bring_days(session, tmp_path, "BTC-USD", 1)
    assert single.fills(session, FillFilter(symbol="BTC-USD", since=session.clock())) == []
    with pytest.raises(NotFound, match="no symbol 'ETH-USD'"):
        coverage(session, symbol="ETH-USD")
    with pytest.raises(NotFound, match="no symbol 'ETH-USD'"):
        single.fills(session, FillFilter(symbol="ETH-USD"))
