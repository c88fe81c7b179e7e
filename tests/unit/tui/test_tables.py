"""Tables: which columns fit, which rows are asked for, what a line of keys holds."""

import pytest

from coach.tui.keys.keymap import KeyBinding
from coach.tui.prompts.palette import PaletteEntry, found_by
from coach.tui.widgets.columns import HIDDEN, ColumnLayout, TableColumn, share_width, wanted_widths
from coach.tui.widgets.key_line import keys_that_fit
from coach.tui.widgets.row_sources import MOST_PAGES, PAGE, WindowedRows
from coach.views.table import Column, Row

COLUMNS = (
    TableColumn(Column("symbol", "symbol"), 1, most=12),
    TableColumn(Column("net", "net", "money"), 1),
    TableColumn(Column("note", "note"), 2, least=10, most=40),
    TableColumn(Column("id", "trade", "key"), 3),
)
ROW = {"symbol": "BTC-USD", "net": "-1234.5", "quote": "USD", "note": "sold too early", "id": "ab"}


def laid_out(width: int) -> ColumnLayout:
    return share_width(COLUMNS, wanted_widths(COLUMNS, [ROW], "UTC"), width)


def names(width: int) -> list[str]:
    return [one.column.key for one in laid_out(width).columns]


def test_columns_of_the_highest_rank_leave_first() -> None:
    assert names(80) == ["symbol", "net", "note", "id"]
    assert names(38) == ["symbol", "net", "note"]
    assert names(20) == ["symbol", "net"]


@pytest.mark.parametrize("width", range(1, 90))
def test_a_line_is_never_wider_than_the_screen(width: int) -> None:
    layout = laid_out(width)
    assert sum(layout.widths) + 2 * (len(layout.widths) - 1) <= width


@pytest.mark.parametrize("width", range(20, 90))
def test_what_no_column_takes_is_left_at_the_right(width: int) -> None:
    layout = laid_out(width)
    gaps = 2 * (len(layout.widths) - 1)
    assert sum(layout.widths) + gaps + layout.spare == layout.width == width


def test_times_are_as_wide_as_a_time_before_one_is_read() -> None:
    columns = (TableColumn(Column("at", "at", "time")), TableColumn(Column("on", "on", "date")))
    assert wanted_widths(columns, [], "UTC") == (16, 10)


def test_in_private_money_is_dots_and_the_rest_is_not() -> None:
    texts = [one.text(ROW, "UTC", private=True) for one in COLUMNS]
    assert texts == ["BTC-USD", HIDDEN, "sold too early", "ab"]


def page_of(page: int) -> list[Row | None]:
    return [{"id": str(n)} for n in range(page * PAGE, (page + 1) * PAGE)]


def test_a_window_asks_once_for_a_page_that_is_seen_and_for_the_one_beside_it() -> None:
    asked: list[int] = []
    rows = WindowedRows(1_000, lambda _, page: asked.append(page))
    assert [rows.row(place) for place in (0, 1, PAGE - 1)] == [None] * 3
    assert asked == [0]
    rows.put(0, page_of(0))
    assert [rows.row(place) for place in (0, 3)] == [{"id": "0"}, {"id": "3"}]
    assert asked == [0]
    assert rows.row(PAGE - 1) == {"id": str(PAGE - 1)}
    assert asked == [0, 1]


def test_nothing_is_asked_for_beyond_the_ends_of_a_list() -> None:
    asked: list[int] = []
    rows = WindowedRows(PAGE, lambda _, page: asked.append(page))
    rows.put(0, page_of(0))
    assert [rows.row(0), rows.row(PAGE - 1)] == [{"id": "0"}, {"id": str(PAGE - 1)}]
    assert asked == []


def test_a_row_that_is_gone_meanwhile_stays_away_and_is_not_asked_for_again() -> None:
    asked: list[int] = []
    rows = WindowedRows(2, lambda _, page: asked.append(page))
    rows.put(0, [None, {"id": "b"}])
    assert [rows.row(0), rows.row(1)] == [None, {"id": "b"}]
    assert asked == []


def test_a_page_that_could_not_be_read_is_asked_for_again() -> None:
    asked: list[int] = []
    rows = WindowedRows(2, lambda _, page: asked.append(page))
    assert rows.row(0) is None
    rows.failed(0)
    assert rows.row(0) is None
    assert asked == [0, 0]


def test_a_list_that_is_counted_later_is_longer_then() -> None:
    rows = WindowedRows(200, lambda *_: None, is_counted=False)
    rows.counted(5_000)
    assert (len(rows), rows.is_counted) == (5_000, True)


def test_pages_that_were_needed_long_ago_leave() -> None:
    rows = WindowedRows(PAGE * (MOST_PAGES + 3), lambda *_: None)
    for page in range(MOST_PAGES + 3):
        rows.put(page, page_of(page))
    assert len(list(rows.here())) == PAGE * MOST_PAGES
    assert rows.row(0) is None


@pytest.mark.parametrize("width", range(80))
def test_a_line_of_keys_fits(width: int) -> None:
    bindings = [
        KeyBinding("app", name, (key,), text, rank)
        for name, key, text, rank in (
            ("help", "question_mark", "All keys", 1),
            ("leave", "q", "Leave: for good", 2),
            ("copy", "ctrl+y", "Copy the command that shows the same", 3),
        )
    ]
    line = keys_that_fit(bindings, width)
    assert line.cell_len <= width
    if width >= 20:
        assert line.plain.startswith("? All keys  q Leave")


def test_the_palette_finds_what_holds_every_word() -> None:
    entries = [
        PaletteEntry("command", "coach rules list", "Promises"),
        PaletteEntry("action", "Rules", "key 4", "app", "rules"),
        PaletteEntry("action", "Week", "key 1", "app", "week"),
    ]
    assert [one.name for one in found_by("rul", entries)] == ["Rules", "coach rules list"]
    assert [one.name for one in found_by("rules prom", entries)] == ["coach rules list"]
    assert found_by("", entries) == entries
