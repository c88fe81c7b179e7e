"""Trades on margin from a Kraken export: a book of their own, on every surface."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from coach.engine.api import trades, why
from coach.engine.api.imports import ImportRequest, import_statement, undo
from coach.engine.api.session import Session
from coach.model.accounts import Run
from coach.views.profit import profit_report

HEADER = "txid,ordertxid,pair,time,type,ordertype,price,cost,fee,vol,margin,misc,ledgers\n"
BESIDE_OWNED_COINS = """
T1,O1,XETHZUSD,2026-03-02 09:00:00.1,buy,limit,2900,2900.00,1.00,1.0,0.00,,"L1,L2"
T2,O2,XETHZUSD,2026-03-02 09:01:00.1,sell,limit,3000,3000.00,1.00,1.0,600.00,,L3
T3,O3,XETHZUSD,2026-03-02 09:02:00.1,buy,limit,2800,1400.00,1.00,0.5,280.00,closing,L4
T4,O4,XETHZUSD,2026-03-02 09:03:00.1,sell,limit,3050,3050.00,1.00,1.0,0.00,,"L5,L6"
"""
REST = "T5,O5,XETHZUSD,2026-03-02 09:04:00.1,buy,limit,2700,1350.00,1.00,0.5,270.00,closing,L7\n"


@pytest.fixture
def bring(session: Session, tmp_path: Path) -> Callable[[str], Run]:
    def read(rows: str) -> Run:
        file = tmp_path / f"trades-{len(rows)}.csv"
        file.write_text(HEADER + rows.lstrip())
        return import_statement(session, file, ImportRequest())

    return read


Bring = Callable[[str], Run]


def test_a_short_on_margin_and_owned_coins_are_two_positions(
    session: Session, bring: Bring
) -> None:
    """Coins: 3050 - 2900 less 2. Short: half of it closed, 100 less 1.50; 0.5 are open."""
    bring(BESIDE_OWNED_COINS)
    profit = trades.profit(session)
    assert [
        (row.position.margin, row.position.net, row.position.open_quantity) for row in profit.rows
    ] == [(False, 148, 0), (True, Decimal("98.5"), Decimal("-0.5"))]
    assert profit.totals["USD"].net == Decimal("246.5")
    assert profit.unknown == ()


def test_a_later_import_closes_the_position(session: Session, bring: Bring) -> None:
    """The short: 100 + 150 less 3."""
    bring(BESIDE_OWNED_COINS)
    run = bring(REST)
    found = list(trades.round_trips(session))
    assert [(view.trip.side, view.trip.net) for view in found] == [
        ("long", Decimal(148)),
        ("short", Decimal(247)),
    ]
    undo(session, run.id)
    assert trades.profit(session).totals["USD"].net == Decimal("246.5")


def test_a_trade_names_its_own_fills_only(session: Session, bring: Bring) -> None:
    bring(BESIDE_OWNED_COINS + REST)
    long, short = (view.trip for view in trades.round_trips(session))
    assert [fill.order_id for fill in why.of_trade(session, long.id).fills] == ["O1", "O4"]
    assert [fill.order_id for fill in why.of_trade(session, short.id).fills] == ["O2", "O3", "O5"]


def test_the_order_of_the_rows_does_not_matter(session: Session, bring: Bring) -> None:
    bring("\n".join(reversed((BESIDE_OWNED_COINS + REST).strip().splitlines())) + "\n")
    assert trades.profit(session).totals["USD"].net == 395


def test_a_sale_of_unseen_coins_is_not_told_of_the_position_on_margin(
    session: Session, bring: Bring
) -> None:
    """A short on margin is covered by 0.5 too much, and 2 coins are sold that nobody saw coming."""
    bring(
        """
T1,O1,XETHZUSD,2026-03-02 09:00:00.1,sell,limit,3000,3000.00,1.00,1.0,600.00,,L1
T2,O2,XETHZUSD,2026-03-02 09:01:00.1,buy,limit,2900,4350.00,1.50,1.5,870.00,closing,L2
T3,O3,XETHZUSD,2026-03-02 09:02:00.1,sell,limit,3050,6100.00,2.00,2.0,0.00,,"L3,L4"
"""
    )
    profit = trades.profit(session)
    assert [(line.margin, line.side, line.quantity) for line in profit.unknown] == [
        (True, "buy", Decimal("0.5")),
        (False, "sell", Decimal(2)),
    ]
    rows = profit_report(profit)["by_symbol"]
    told = [(row["margin"], row["unknown_quantity"]) for row in rows]
    assert told == [(False, Decimal(2)), (True, Decimal("0.5"))]
