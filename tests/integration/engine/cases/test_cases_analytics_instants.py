"""Buys and sells of one second in ../shared/cases/analytics, with their right answers."""

from pathlib import Path

import pytest

from coach.engine.api import trades
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session

CASES = Path(__file__).parents[4].parent / "shared" / "cases" / "analytics"

pytestmark = pytest.mark.skipif(not CASES.is_dir(), reason="../shared/cases/analytics is not here")

TABLE = {
    "coinbase_same_second": ["long 3", "long 3"],
    "binance_same_second": ["long 13", "long -7"],
    "same_second_no_ids": ["long 3", "long 8", "long 5"],
    "same_second_newest_first": ["long 3", "long 8"],
    "reenter_same_second_ids": ["long 13", "long -7"],
    "reenter_same_second_noids": ["long 13", "long -7"],
    "short_same_second_ids": ["short 3"],
}


@pytest.mark.parametrize("name", TABLE)
def test_fills_of_one_second_are_the_trades_that_they_were(session: Session, name: str) -> None:
    run = import_statement(session, CASES / f"{name}.csv", ImportRequest())
    trips = [view.trip for view in trades.round_trips(session)]
    profit = trades.profit(session)
    assert [f"{trip.side} {trip.net}" for trip in trips] == TABLE[name]
    assert [row.position.open_quantity for row in profit.rows] == [0]
    assert not profit.unknown
    assert not any("was guessed at" in warning for warning in run.warnings)
