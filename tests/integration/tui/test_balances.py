"""What does not add up stands among the imports, with the numbers of `coach reconcile --json`."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coach.engine.api.imports import ImportRequest, import_statement
from coach.settings.values import Settings
from coach.tui.widgets.drawer import Drawer
from coach.tui.widgets.row_table import RowTable
from tests.integration.tui.conftest import Driver, drive, with_session
from tests.integration.tui.shown_numbers import printed_lines, unexplained
from tests.made_exchange import MadeAccount, files, two_accounts

if TYPE_CHECKING:
    from coach.engine.api.session import Session

WIDE = (200, 60)


@pytest.fixture
def parted(empty: Settings, tmp_path: Path) -> Settings:
    """Two accounts that state their balances; a sale of the first is missing."""

    def bring(session: "Session") -> None:
        one, two = two_accounts()
        sold = one.trades()[2]
        _import(session, one, files(one, tmp_path, [row for row in one.trades() if row != sold]))
        _import(session, two, files(two, tmp_path))

    with_session(empty, bring)
    return empty


def _import(session: "Session", account: MadeAccount, paths: list[Path]) -> None:
    for path in paths:
        import_statement(session, path, ImportRequest(account=account.name, shorts=False))


async def go_to(panel: Driver, what: str) -> str:
    """Go to the first row of a kind, and return what stands behind it."""
    table = panel.app.panel.query_one(RowTable)
    names = [row["what"] for row in table.source.here()]
    table.move_to(names.index(what))
    drawer = panel.app.panel.query_one(Drawer)
    await panel.until(lambda: f"{what} " in text_of(drawer))
    return text_of(drawer)


def text_of(drawer: Drawer) -> str:
    from textual.widgets import Static

    return str(drawer.query_one(Static).content)


def test_a_gap_stands_with_its_date_its_cause_and_what_is_held(parted: Settings) -> None:
    [printed] = printed_lines(parted, "reconcile")
    data = printed["data"]
    [gap] = data["gaps"]
    balances = [one for one in data["balances"] if one["account"] == "one"]

    async def body(panel: Driver) -> None:
        await panel.shows("BTC, USD in one", "missing trade", gap["sentence"])
        await panel.shows(gap["before"][:16].replace("T", " "))
        shown = await go_to(panel, "balance")
        assert unexplained(shown, gap, balances) == []
        for one in balances:
            if one["asset"] in gap["amounts"]:
                assert f"{one['asset']}: {one['status']}" in shown
        await panel.press("y")
        await panel.shows("copied: coach reconcile --gaps --account one")

    drive(parted, body, "imports", WIDE)


def test_an_account_says_what_it_holds_of_every_asset(parted: Settings) -> None:
    [printed] = printed_lines(parted, "reconcile")
    [status] = printed_lines(parted, "status")
    [coverage] = printed_lines(parted, "coverage")
    balances = [one for one in printed["data"]["balances"] if one["account"] == "one"]

    async def body(panel: Driver) -> None:
        await panel.shows("BTC, USD in one")
        shown = await go_to(panel, "account")
        assert unexplained(shown, balances, status, coverage) == []
        for one in balances:
            assert f"{one['asset']}: {one['status']}" in shown
        await panel.press("y")
        await panel.shows("copied: coach accounts")
        await go_to(panel, "import")
        await panel.press("y")
        await panel.shows("copied: coach import list")

    drive(parted, body, "imports", WIDE)


def test_a_gap_says_no_amount_in_private(parted: Settings) -> None:
    async def body(panel: Driver) -> None:
        await panel.shows("(-0.04 BTC, +2077.92 USD)")
        await go_to(panel, "balance")
        await panel.press("p")
        await panel.shows("(••• BTC, ••• USD)")
        assert "2077.92" not in panel.text()
        await panel.until(lambda: "2077.92" not in text_of(panel.app.panel.query_one(Drawer)))
        await panel.press("p")
        await panel.shows("2077.92")

    drive(parted, body, "imports", WIDE)
