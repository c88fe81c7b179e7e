"""Every number on every screen is the one that the commands print with --json."""

from collections import Counter
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import pytest
from textual.widgets import Static

from coach.advice.readable import readable
from coach.settings.values import Settings
from coach.tui.panels import events, habits, rules, trade_rows
from coach.tui.widgets.columns import TableColumn
from coach.tui.widgets.drawer import Drawer
from coach.tui.widgets.lines_view import LinesView
from coach.tui.widgets.row_table import RowTable
from coach.wording.numbers import amount
from tests.integration.tui.conftest import Driver, drive
from tests.integration.tui.shown_numbers import printed_lines, unexplained
from tests.numerals import numerals, unsupported

Printed = Callable[..., Any]
TALL = (220, 140)


@pytest.fixture(scope="module")
def printed(traded: Settings) -> Printed:
    """Return what a command prints as data; each is run once."""
    kept: dict[tuple[str, ...], Any] = {}

    def data(*words: str) -> Any:  # noqa: ANN401 -- JSON
        if words not in kept:
            kept[words] = printed_lines(traded, *words)
        [first, *more] = kept[words]
        return [first, *more] if more or "data" not in first else first["data"]

    return data


def shown(panel: Driver, columns: tuple[TableColumn, ...]) -> list[dict[str, str]]:
    """Return the cells of the table as they are drawn, by the key of their column."""
    table = panel.app.panel.query_one(RowTable)
    layout = table._layout_of_columns
    assert layout is not None
    assert [one.column.key for one in layout.columns] == [one.column.key for one in columns]
    found = []
    for place in range(len(table.source)):
        line, start, cells = table.render_line(place + 1).text, 0, {}
        for one, width in zip(layout.columns, layout.widths, strict=True):
            cells[one.column.key] = line[start : start + width].strip()
            start += width + 2
        found.append(cells)
    return found


def cells(columns: tuple[TableColumn, ...], row: Mapping[str, Any]) -> dict[str, str]:
    return {one.column.key: readable(one.column, row, "UTC") for one in columns}


def test_trades(traded: Settings, printed: Printed) -> None:
    expected = [
        cells(trade_rows.COLUMNS, {**row, "notes": row["notes"] or None})
        for row in printed("trades")
    ]

    async def body(panel: Driver) -> None:
        assert shown(panel, trade_rows.COLUMNS) == expected[::-1]

    drive(traded, body, "trades", TALL)


def test_what_stands_behind_a_trade(traded: Settings, printed: Printed) -> None:
    trade = printed("trades")[-1]
    evidence = printed("why", trade["id"])

    async def body(panel: Driver) -> None:
        await panel.press("enter")
        await panel.shows(trade["id"])
        texts = [line for line in panel.lines() if "│" in line]
        fills = [line for line in texts if " buy " in line or " sell " in line]
        assert len(fills) == len(evidence["fills"])
        for fill, line in zip(evidence["fills"], fills, strict=True):
            assert numerals(line.rpartition("│")[2]) >= {fill["quantity"]}

    drive(traded, body, "trades", TALL)


def test_the_week(traded: Settings, printed: Printed) -> None:
    pack = printed("digest")
    closed = Counter(row["closed_at"][:10] for row in printed("trades"))
    broken = Counter(row["at"][:10] for row in printed("rules", "breaches"))

    async def body(panel: Driver) -> None:
        text = panel.text().partition("Trading days without")[0]
        assert unsupported(text.partition("]\n")[2], pack) == []
        for view, counts in (("count", closed), ("breaches", broken)):
            await panel.press("v")
            lines = [line.split() for line in panel.lines() if line[:4] in WEEKDAYS]
            total = sum(
                int(cell.rstrip("!"))
                for line in lines
                for cell in line[1:]
                if cell.rstrip("!").isdigit()
            )
            assert total == sum(counts.values()), view

    drive(traded, body, "week", (100, 140))


WEEKDAYS = {"Mon ", "Tue ", "Wed ", "Thu ", "Fri ", "Sat ", "Sun "}


def test_habits(traded: Settings, printed: Printed) -> None:
    found = {row["bias"]: row for row in printed("biases")}
    columns = tuple(
        one for one in habits.COLUMNS if one.column.key in {"effect", "interval", "n", "needed"}
    )

    async def body(panel: Driver) -> None:
        rows = [row for row in shown(panel, habits.COLUMNS) if row["group"] != "question"]
        assert {row["bias"] for row in rows} == found.keys()
        for row in rows:
            wanted = cells(columns, found[row["bias"]])
            assert {key: row[key] for key in wanted} == wanted
            assert row["shown_level"] in {found[row["bias"]]["level"], "counted"}

    drive(traded, body, "habits", TALL)


def test_rules(traded: Settings, printed: Printed) -> None:
    found = {row["id"]: row for row in printed("rules", "list")}
    columns = tuple(one for one in rules.COLUMNS if one.column.key not in {"state", "moved"})

    async def body(panel: Driver) -> None:
        rows = shown(panel, rules.COLUMNS)
        assert len(rows) == len(found)
        for row in rows:
            wanted = cells(columns, found[row["id"]])
            assert {key: row[key] for key in wanted} == wanted

    drive(traded, body, "rules", TALL)


def drawer(panel: Driver) -> str:
    """Return what the drawer of the open screen holds."""
    lines = panel.app.panel.query_one(Drawer).query_one(LinesView).query_one(Static)
    return str(lines.render())


async def open_row(panel: Driver, name: str, value: str, holds: str = "") -> str:
    """Open what stands behind the row that has a value, and return its lines once they hold it."""
    table = panel.app.panel.query_one(RowTable)
    rows = [table.source.row(place) for place in range(len(table.source))]
    table.move_to(next(n for n, row in enumerate(rows) if row and row.get(name) == value))
    await panel.press("enter")
    await panel.until(lambda: (holds or value) in drawer(panel))
    return drawer(panel)


def test_the_drawer_of_a_trade(traded: Settings, printed: Printed) -> None:
    row = next(row for row in printed("trades") if len(row["tags"]) > 1)

    async def body(panel: Driver) -> None:
        text = await open_row(panel, "id", row["id"])
        assert row["id"] in text
        # What a tag counts, as the losses in a row, is among the facts of its trade.
        assert unexplained(text, printed("why", row["id"]), row) == []

    drive(traded, body, "trades", TALL)


@pytest.mark.parametrize("bias", ["revenge", "size_after_win", "payoff_asymmetry"])
def test_the_drawer_of_a_habit(bias: str, traded: Settings, printed: Printed) -> None:
    async def body(panel: Driver) -> None:
        text = await open_row(panel, "bias", bias, f"{bias} (")
        assert text.startswith(bias)
        assert unexplained(text, printed("why", bias)) == []

    drive(traded, body, "habits", TALL)


def test_the_drawer_of_a_rule(traded: Settings, printed: Printed) -> None:
    broken = [row for row in printed("rules", "breaches") if row["rule_id"] == RULE]

    async def body(panel: Driver) -> None:
        text = await open_row(panel, "id", RULE)
        assert unexplained(text, printed("rules", "show", RULE), broken[-5:]) == []

    drive(traded, body, "rules", TALL)


RULE = "cooldown_after_loss"


def test_the_drawer_of_an_import(traded: Settings, printed: Printed) -> None:
    [run] = printed("import", "list")

    async def body(panel: Driver) -> None:
        text = await open_row(panel, "run_id", run["run_id"], run["label"])
        assert unexplained(text, run) == []

    drive(traded, body, "imports", TALL)


def test_the_drawer_of_an_event(traded: Settings, printed: Printed) -> None:
    event = next(one for one in printed("events") if one["type"] == "rule.breached")

    async def body(panel: Driver) -> None:
        text = await open_row(panel, "id", event["id"])
        assert unexplained(text, event) == []

    drive(traded, body, "events", TALL)


def test_the_page_of_a_what_if(traded: Settings, printed: Printed) -> None:
    answer = printed("simulate", "--skip-after-loss", "30")

    async def body(panel: Driver) -> None:
        await panel.press("right", "right", "right")
        await panel.shows("trades changed")
        lines = panel.lines()
        begin = next(n for n, line in enumerate(lines) if line.startswith("weeks"))
        end = next(n for n, line in enumerate(lines) if line.startswith("gain before fees"))
        assert unexplained("\n".join(lines[begin:end]), answer) == []

    drive(traded, body, "what_if", TALL)


def test_a_what_if(traded: Settings, printed: Printed) -> None:
    [sample] = printed("simulate", "--skip-after-loss", "30")["samples"]

    async def body(panel: Driver) -> None:
        await panel.press("right", "right", "right")
        await panel.shows("trades changed", f"{sample['changed']} of {sample['entries']}")
        values = [Decimal(sample[name]) for name in ("actual", "replay", "fees_saved")]
        values += [Decimal(repr(end)) for end in (sample["attributable"], *sample["interval"])]
        assert [one for one in values if amount(one, "USD", sign=True) not in panel.text()] == []
        await panel.press("y")
        await panel.shows("copied: coach simulate --skip-after-loss 30")

    drive(traded, body, "what_if", TALL)


def test_imports(traded: Settings, printed: Printed) -> None:
    [run] = printed("import", "list")
    [account] = printed("status")["accounts"]

    async def body(panel: Driver) -> None:
        counts = ", ".join(f"{name} {run[name]}" for name in ("new", "known", "changed"))
        assert f"{counts}, skipped {run['skipped_count']}" in panel.text()
        assert f"{account['fills']} fills, {account['trades_7d']} trades in 7 days" in panel.text()

    drive(traded, body, "imports", TALL)


def test_events(traded: Settings, printed: Printed) -> None:
    found = printed("events")

    async def body(panel: Driver) -> None:
        rows = shown(panel, events.COLUMNS)
        assert [row["type"] for row in rows] == [one["type"] for one in found][::-1]
        for row, one in zip(rows, found[::-1], strict=True):
            assert row["ts"] == one["ts"][:16].replace("T", " ")

    drive(traded, body, "events", TALL)
