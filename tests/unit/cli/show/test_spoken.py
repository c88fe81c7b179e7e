"""What is drawn for eyes is said for ears: the same facts, one a line."""

from collections.abc import Callable
from io import StringIO
from subprocess import CompletedProcess

import pytest

from coach.advice.spoken import fan_sentences, samples_one_by_one
from coach.advice.trials.fan import FanWeek
from coach.cli.help import pages
from coach.cli.lab import layout
from coach.cli.show.answers import Answer
from coach.cli.show.output import for_a_person
from coach.cli.show.progress import progress, spoken_progress
from coach.cli.show.screen import Screen, without_columns
from coach.cli.show.talk import Talk
from coach.settings import read_terminal
from coach.views.table import Column, Table

Coach = Callable[..., CompletedProcess[str]]
ALOUD = Screen(80, color=True, accessible=True)
COLUMNS = (Column("symbol", "symbol"), Column("net", "net", "money"), Column("id"))


@pytest.mark.parametrize(("value", "expected"), [("1", True), ("0", False), ("", False)])
def test_the_variable_switches_it_on(value: str, *, expected: bool) -> None:
    assert read_terminal({"ACCESSIBLE": value}).accessible is expected


def test_a_table_is_read_cell_by_cell_with_its_titles() -> None:
    rows = [{"symbol": "BTC-USD", "quote": "USD", "net": "-12.5", "id": "x"}] * 2
    said = list(for_a_person(Answer("x", [], Table(COLUMNS, rows), below=("rules  2",)), ALOUD))
    cells = ["symbol: BTC-USD", "net: -12.50"]
    assert said == ["1 of 2", *cells, "2 of 2", *cells, "rules, 2"]


def test_room_between_parts_becomes_a_comma_and_the_margin_stays() -> None:
    assert without_columns("  BTC-USD    long   3") == "  BTC-USD, long, 3"
    assert without_columns("a sentence with single spaces") == "a sentence with single spaces"
    assert without_columns("") == ""


def test_a_fan_is_said_by_its_end_and_by_the_weeks_outside_of_luck() -> None:
    luck = (-20.0, -5.0, 0.0, 5.0, 20.0)
    weeks = [FanWeek("W01", 0.0, luck), FanWeek("W02", 30.0, luck), FanWeek("W03", -1.0, luck)]
    said = list(fan_sentences(weeks, "USD"))
    assert said == [
        "running gain before fees, W01 to W03",
        "this replay ended at -1.00",
        "luck: in the middle 0.00, half of it from -5.00 to +5.00",
        "luck: nine tenths of it from -20.00 to +20.00",
        "of 3 weeks the replay was above nine tenths of luck in 1, below in 0",
    ]
    assert list(fan_sentences([], "USD")) == []


def test_samples_follow_each_other() -> None:
    columns = [[("", "in-sample"), ("weeks", "1")], [("", "out-of-sample"), ("weeks", "2")]]
    assert list(samples_one_by_one(columns)) == [
        *("sample: in-sample", "weeks: 1", "sample: out-of-sample", "weeks: 2")
    ]


def test_a_sheet_of_the_lab_names_the_column_of_each_cell() -> None:
    sheet = layout.TextTable("recall", "per cent", ("habit", "90"), (("revenge", "0.9"),))
    assert list(layout.spoken(sheet)) == ["recall (per cent)", "habit: revenge; 90: 0.9", ""]


def test_progress_is_a_line_every_half_minute(terminal: StringIO) -> None:
    now = 0.0
    talk = Talk(terminal, quiet=False, json=False, accessible=True)
    report = spoken_progress(talk, "importing", lambda: now)
    report(1, 5_000)
    now = 30.0
    report(2_000, 5_000)
    now = 59.0
    report(2_500, 5_000)
    now = 60.0
    report(3_000, None)
    assert terminal.getvalue().splitlines() == [
        "importing, still working: 2,000 of 5,000",
        "importing, still working: 3,000",
    ]


def test_a_work_is_said_to_begin_and_to_end(terminal: StringIO) -> None:
    with progress(Talk(terminal, quiet=False, json=False, accessible=True), "fetching") as report:
        assert report is not None
        report(1, 2)
    assert terminal.getvalue().splitlines() == ["fetching begins", "fetching has ended"]


def test_a_page_of_help_has_its_tables_row_by_row() -> None:
    page = pages.find("exit codes")
    assert page is not None
    said = page.lines(80, columns=False)
    assert said[said.index("  75") + 1] == "      the network or the broker is down; try later"


def test_a_pipe_gets_the_same_as_ever(real: Coach, monkeypatch: pytest.MonkeyPatch) -> None:
    before = real("help", "exit codes").stdout
    monkeypatch.setenv("ACCESSIBLE", "1")
    assert real("help", "exit codes").stdout == before
