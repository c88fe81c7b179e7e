"""A trader keeps a journal: from the line, a pipe, the keyboard and an editor."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests import clock
from tests.e2e.cli.traders.conftest import HEADER, Coach, data

DAY = clock.now().date() - timedelta(days=10)


@pytest.fixture(autouse=True)
def trade(coach: Coach, tmp_path: Path) -> str:
    """09:00 buy BTC 1 @ 100, 10:00 sell BTC 1 @ 90"""
    file = tmp_path / "mine.csv"
    rows = (
        f"{DAY}T09:00:00Z,BTC-USD,buy,1,100,0,USD,",
        f"{DAY}T10:00:00Z,BTC-USD,sell,1,90,0,USD,",
    )
    file.write_text("\n".join((HEADER, *rows)) + "\n")
    assert coach("import", "csv", str(file), "--account", "main").returncode == 0
    trade: str = data(coach("trades", "--json"))[0]["id"]
    return trade


def test_a_note_is_written_from_a_line_and_from_a_pipe(coach: Coach, trade: str) -> None:
    on_line = data(coach("note", trade[:5], "sold", "too", "early", "--json"))
    assert (on_line["text"], on_line["trade_id"]) == ("sold too early", trade)
    piped = data(coach("note", str(DAY), "-", "--json", stdin="slept\r\nbadly\n"))
    assert (piped["text"], piped["day"]) == ("slept\nbadly", str(DAY))
    dashed = data(coach("note", trade, "--json", "--", "-2 R"))
    assert dashed["text"] == "-2 R"
    again = coach("note", trade, "sold too early", "--json")
    assert "it is there already" in again.stdout
    found = data(coach("note", "search", "SOLD", "early", "--json"))
    assert [one["id"] for one in found] == [on_line["id"]]


def test_a_text_that_is_left_out_is_typed_on_a_terminal(
    coach: Coach, on_terminal: Coach, trade: str
) -> None:
    shown = on_terminal("note", trade, typed="Slept BADLY\n")
    assert shown.returncode == 0
    assert f"Note on BTC-USD long of {DAY} 09:00" in " ".join(shown.stdout.split())
    assert [one["text"] for one in data(coach("note", "--json"))] == ["Slept BADLY"]
    assert on_terminal("note", trade, "--no-input").returncode == 2


def test_an_editor_begins_with_the_text_that_is_there(
    coach: Coach, on_terminal: Coach, home: Path, tmp_path: Path
) -> None:
    editor = tmp_path / "my editor"
    editor.write_text('#!/bin/sh\necho "$1: more" >> "$2"\n')
    editor.chmod(0o700)
    coach("note", "today", "slept badly")
    shown = on_terminal("note", "edit", "1", VISUAL=f"'{editor}' and", EDITOR="false")
    assert shown.returncode == 0
    assert data(coach("note", "list", "--json"))[0]["text"] == "slept badly\nand: more"
    assert not list(home.rglob("note-*"))
    for wrong in ("false", "no-such-editor", "'"):
        refused = on_terminal("note", "edit", "1", EDITOR=wrong)
        assert refused.returncode == 1
        assert "the editor" in refused.stdout


def test_a_word_that_names_nothing_writes_nothing(coach: Coach) -> None:
    for word in ("lst", "2026-03", "2026-02-30", "deadbeef", "abc"):
        assert coach("note", word, "text").returncode in {1, 2}
    assert data(coach("note", "list", "--json")) == []


def test_notes_beside_a_digest_leave_its_bytes_alone(
    coach: Coach, on_terminal: Coach, trade: str
) -> None:
    before = coach("digest", "--format", "json").stdout
    coach("note", trade, "sold too early")
    assert coach("digest", "--format", "json").stdout == before
    assert coach("digest", "--verify").returncode == 0
    assert "1 note on this week: coach note list" in on_terminal("digest").stdout
