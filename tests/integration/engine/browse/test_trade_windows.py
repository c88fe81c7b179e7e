"""A page of a list of trades costs a page, in every order and under every filter."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import get_args

import pytest

from coach.engine.api.browse.trade_pages import (
    TradeOrder,
    TradeSearch,
    TradeSort,
    TradeWindow,
    trade_count,
    trade_ids,
)
from coach.engine.api.session import Session
from coach.engine.store.browse.trade_keys import count_query, facts_of, window_query
from coach.engine.store.fills import ANALYZE
from coach.model.accounts import Run

Importer = Callable[..., Run]
TRADES = 5_000
"""Every third has the same fees as all, and every net result stands a few times."""
INSERT = """
insert into trade (user_id, account_id, id, symbol, side, opened_at, closed_at, quantity, entry,
 exit, gross, fees, net, fills, entry_quantity, entry_notional, entry_fills, exit_fills, other_fees)
select %s, 1 + (n %% 50 = 0)::int, md5(n::text), 'C' || n %% 20 || '-USD', 'long', moment,
       moment + (n * 7919 %% 90) * interval '1 minute', 1, 1, 1, 0, n %% 3, n * 7919 %% 1999 - 900,
       2, 1, 1, decode(repeat('ab', 64), 'hex'), decode(repeat('cd', 64), 'hex'), '{}'
  from (select n, '2025-01-01Z'::timestamptz + n * interval '5 minutes' as moment
          from generate_series(1, 5000) n) every
"""
SEARCHES = (
    TradeSearch(),
    TradeSearch(symbol="c1"),
    TradeSearch(symbol="c7", outcome="loss"),
    TradeSearch(outcome="loss"),
    TradeSearch(since=datetime(2025, 1, 10, tzinfo=UTC), until=datetime(2025, 1, 12, tzinfo=UTC)),
    TradeSearch(above=Decimal(1000)),
    TradeSearch(below=Decimal(-800), symbol="c7"),
)
ORDERS: tuple[TradeOrder, ...] = get_args(TradeOrder)


@pytest.fixture
def busy(session: Session, imported: Importer) -> Session:
    """A trader of two accounts with 5,000 trades."""
    imported("09:00 buy ETH-USD 1 @ 100", account="one", day="2024-01-01")
    imported("09:00 buy ETH-USD 1 @ 100", account="two", day="2024-01-02")
    session.connection.execute(INSERT, [session.user.id])
    session.connection.execute("vacuum analyze trade")
    return session


def plan(session: Session, query: str, search: TradeSearch) -> str:
    """Return how PostgreSQL would answer a query about trades."""
    facts = facts_of(session.connection, session.user.id, search)
    assert facts is not None
    rows = session.connection.execute(f"explain {query}", facts | {"count": 100, "skipped": 0})
    return "\n".join(line for (line,) in rows)


def test_no_order_reads_the_whole_table_for_a_page(busy: Session) -> None:
    for order in ORDERS:
        for falling in (True, False):
            for of in (None, TRADES):
                window = TradeWindow(0 if of is None else TRADES - 100, 100, of)
                query, _ = window_query(TradeSearch(), TradeSort(order, falling), window)
                found = plan(busy, query, TradeSearch())
                assert f"using trade_{order}_idx" in found
                assert "Seq Scan" not in found
                assert "Sort  (" not in found.replace("Incremental Sort  (", "")


def test_no_filter_reads_the_whole_table(busy: Session) -> None:
    narrow = [one for one in SEARCHES if one not in {TradeSearch(), TradeSearch(outcome="loss")}]
    for search in (*narrow, TradeSearch(account="two"), TradeSearch(bias="revenge")):
        for sort in (TradeSort("closed", falling=True), TradeSort("net", falling=False)):
            query, _ = window_query(search, sort, TradeWindow(0, 100))
            assert "Seq Scan on trade" not in plan(busy, query, search), search
    for search in narrow:
        assert "Seq Scan on trade" not in plan(busy, count_query(search), search), search


def test_trades_that_lost_are_read_in_order_right_after_an_import(busy: Session) -> None:
    busy.connection.execute("delete from pg_statistic where starelid = 'trade'::regclass")
    busy.connection.execute(ANALYZE)
    search = TradeSearch(outcome="loss")
    query, _ = window_query(search, TradeSort("closed", falling=True), TradeWindow(0, 100))
    assert "using trade_closed_idx" in plan(busy, query, search)


def test_no_trade_has_a_symbol_that_is_nowhere(busy: Session) -> None:
    search = TradeSearch(symbol="nowhere")
    assert trade_count(busy, search) == 0
    assert trade_ids(busy, search, TradeSort("net", falling=False), TradeWindow(0, 100)) == []


def test_windows_in_any_order_make_up_the_list(busy: Session) -> None:
    dice = random.Random(5)
    for search in SEARCHES:
        sort = TradeSort(dice.choice(ORDERS), dice.random() < 0.5)
        whole = trade_ids(busy, search, sort, TradeWindow(0, TRADES + 10))
        assert len(whole) == len(set(whole)) == trade_count(busy, search)
        for _ in range(6):
            start, count = dice.randrange(len(whole) + 5), dice.randrange(1, 200)
            for of in (None, len(whole)):
                found = trade_ids(busy, search, sort, TradeWindow(start, count, of))
                assert found == whole[start : start + count]
