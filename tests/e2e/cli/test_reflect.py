"""`coach reflect` as it is typed: a question in words, a tone, and what would be sent."""

import json
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.e2e.cli.conftest import STATEMENT

Coach = Callable[..., CompletedProcess[str]]


@pytest.fixture
def traded(coach: Coach, tmp_path: Path) -> Coach:
    file = tmp_path / "mine.csv"
    file.write_text(STATEMENT)
    assert coach("import", "csv", str(file), "--account", "main", "--no-shorts").returncode == 0
    return coach


def test_a_question_is_answered_in_the_users_tone_and_never_sent(traded: Coach) -> None:
    warm = traded("reflect", "how", "is", "my", "profit?")
    assert (warm.returncode, warm.stderr) == (0, "")
    assert "They brought -12.00 USD after 2.00 USD in fees." in warm.stdout
    assert traded("config", "set", "tone", "strict").stdout == "tone = strict for user local\n"
    firm = json.loads(traded("reflect", "how is my profit?", "--json").stdout)["data"]
    assert firm["tone"] == traded("config", "get", "tone").stdout.strip() == "strict"
    assert traded("config", "unset", "tone").stdout == "tone is unset; it is supportive\n"
    assert "tone\tsupportive" in traded("config", "list").stdout
    listed = json.loads(traded("reflect", "list", "--last", "1", "--json").stdout)["data"]
    assert [one["id"] for one in listed] == [firm["id"]]


@pytest.mark.parametrize(
    "line",
    [
        "reflect --show-prompt",
        "reflect --show-prompt why do I lose",
        "reflect why do I lose --show-prompt",
    ],
)
def test_what_would_be_sent_is_shown_and_nothing_is_kept(traded: Coach, line: str) -> None:
    before = traded("reflect", "list").stdout
    shown = traded(*line.split())
    assert shown.returncode == 0
    assert "not financial advice" in shown.stdout
    assert ("why do I lose" in shown.stdout) == ("lose" in line)
    assert "main" not in shown.stdout
    assert traded("reflect", "list").stdout == before


def test_a_tone_that_nobody_has_is_refused(traded: Coach) -> None:
    ended = traded("config", "set", "tone", "loud")
    assert (ended.returncode, ended.stdout) == (2, "")
    assert "tone takes supportive or strict, not 'loud'" in ended.stderr


def test_a_terminal_talks_line_by_line_and_goes_on_the_next_time(
    traded: Coach, on_terminal: Coach
) -> None:
    first = on_terminal("reflect", typed="how is my profit?\nshould I sell now?\n\n", COLUMNS="80")
    assert first.returncode == 0
    assert "They brought -12.00 USD after 2.00 USD in fees." in first.stdout
    assert "not financial advice" in first.stdout
    answered = [line.rpartition("your question:  ")[2] for line in first.stdout.splitlines()]
    assert [line for line in answered if len(line) > 80] == []
    second = on_terminal("reflect", typed="\x04")
    assert second.returncode == 0
    assert "you: should I sell now?" in second.stdout
    *_, former, last = json.loads(traded("reflect", "list", "--json").stdout)["data"]
    assert (former["question"], last["question"]) == ("how is my profit?", "should I sell now?")
    assert last["after"] == former["id"]


def test_what_a_pipe_holds_is_one_question(traded: Coach) -> None:
    asked = traded("reflect", "--json", stdin="how is\nmy profit?\n")
    assert json.loads(asked.stdout)["data"]["question"] == "how is my profit?"
