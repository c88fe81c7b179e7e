"""A fill is left out by a key, shown among the imports with the gaps, and taken back."""

from typing import TYPE_CHECKING

from coach import wiring
from coach.engine.api.fills import single
from coach.engine.api.fills.single import FillFilter
from coach.tui.widgets.row_table import RowTable
from tests.integration.tui.conftest import Driver, bring, drive

if TYPE_CHECKING:
    from pathlib import Path

    from coach.settings.values import Settings

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
LINES = (
    HEADER,
    "2026-03-02T09:00:00Z,BTC-USD,buy,1,100,0,USD,1",
    "2026-03-02T10:00:00Z,BTC-USD,sell,1,110,0,USD,2",
    "2026-03-03T09:00:00Z,ETH-USD,sell,2,50,0,USD,3",
    "2026-03-04T09:00:00Z,BTC-USD,buy,1,120,0,USD,4",
)
WIDE = (140, 40)


def left_out(settings: "Settings") -> int:
    with wiring.open_session(settings) as session:
        return len(single.fills(session, FillFilter(left_out=True)))


def test_a_fill_of_a_trade_is_left_out_with_a_reason_and_that_is_undone(
    empty: "Settings", tmp_path: "Path"
) -> None:
    bring(empty, tmp_path, iter(LINES))

    async def body(panel: Driver) -> None:
        await panel.shows("BTC-USD")
        await panel.press("O")
        await panel.shows("Which fill does not count?", "sell 1 BTC-USD at 110")
        await panel.press("b")
        await panel.shows("Why does it not count?")
        await panel.type("a test order")
        await panel.press("enter")
        await panel.shows("left out: a test order (z undoes it)")
        assert left_out(empty) == 1
        await panel.press("z")
        await panel.shows("undone:")
        assert left_out(empty) == 0

    drive(empty, body, "trades", WIDE)


def test_gaps_and_left_out_fills_stand_among_the_imports(
    empty: "Settings", tmp_path: "Path"
) -> None:
    bring(empty, tmp_path, iter(LINES))
    with wiring.open_session(empty) as session:
        single.leave_out(session, single.fills(session, FillFilter())[3].key.hex(), "a mistake")

    async def body(panel: Driver) -> None:
        await panel.shows("gap", "ETH-USD in main", "left out", "buy 1 BTC-USD", "a mistake")
        table = panel.app.panel.query_one(RowTable)
        while table.current is not None and table.current["what"] != "left out":
            await panel.press("down")
        await panel.press("x")
        await panel.shows("counts again (z undoes it)")
        assert left_out(empty) == 0

    drive(empty, body, "imports", WIDE)
