"""coach asks a bot that doubles after losses whether it is one, and claims nothing meanwhile."""

import json
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from tests import clock
from tests.doubling_bot import HEADER, bot_rows
from tests.e2e.cli.conftest import assert_published
from tests.e2e.cli.traders.conftest import Coach, data

FIRST = datetime.combine(clock.now().date() - timedelta(days=95), time(), UTC)


@pytest.fixture(autouse=True)
def traded(coach: Coach, tmp_path: Path) -> None:
    """A trade each three hours, day and night, for 90 days; after a loss twice the size."""
    file = tmp_path / "bot.csv"
    file.write_text("\n".join([HEADER, *bot_rows(FIRST, 90)]) + "\n")
    assert coach("import", "csv", str(file), "--account", "bot").returncode == 0


def test_a_question_is_listed_answered_and_taken_back(coach: Coach) -> None:
    listed = data(coach("plans", "questions", "--json"))
    assert_published("plans questions", listed)
    assert [(one["id"], one["bias"], one["state"]) for one in listed] == [
        ("machine", "size_after_loss", "open")
    ]
    given = data(coach("plans", "answer", "machine", "yes", "--json"))
    assert_published("plans answer", given)
    assert (given["state"], given["answer"]) == ("answered", "yes")
    [style] = data(coach("plans", "--json"))
    assert_published("plans", style)
    assert (style["id"], style["kind"], style["params"]["kind"]) == ("machine", "style", "machine")
    gone = data(coach("plans", "remove", "machine", "--json"))
    assert_published("plans remove QUESTION", gone)
    assert (gone["state"], gone["answer"]) == ("open", None)
    assert data(coach("plans", "list", "--json")) == []


def test_the_question_stands_in_every_list(coach: Coach) -> None:
    [found] = data(coach("biases", "--bias", "size_after_loss", "--json"))
    assert (found["standing"], found["question"]["id"], found["costs"]) == ("asked", "machine", [])
    [asked] = data(coach("label", "questions", "--json"))[-1:]
    assert (asked["question"], asked["trade_id"]) == ("machine", None)
    assert asked["sentence"] == found["question"]["sentence"]
    why = data(coach("why", "size_after_loss", "--json"))
    assert [one["id"] for one in why["questions"]] == ["machine"]
    told = [json.loads(line) for line in coach("events").stdout.splitlines()]
    assert [one["payload"]["sentence"] for one in told if one["type"] == "question.asked"] == [
        asked["sentence"]
    ]
    assert not [one for one in told if one["type"] == "trait.announced"]


def test_a_person_reads_a_pattern_and_what_to_type(coach: Coach, on_terminal: Coach) -> None:
    shown = on_terminal("biases", "--bias", "size_after_loss").stdout
    assert "pattern" in shown
    assert "habit" not in shown
    assert "cost" not in shown
    assert "coach plans answer machine yes|no|unsure" in " ".join(shown.split())
    assert "a pattern, as a rule may explain it" in on_terminal("why", "size_after_loss").stdout
    assert "asked  machine: coach plans questions" in on_terminal("status").stdout
    assert on_terminal("plans", "answer", "machine", typed="n\n").returncode == 0
    assert "plans questions" not in on_terminal("status").stdout
    assert data(coach("plans", "questions", "--json"))[0]["answer"] == "no"
    assert "strong" in on_terminal("biases", "--bias", "size_after_loss").stdout


def test_without_an_answer_or_a_question_it_says_what_is_missing(coach: Coach) -> None:
    for words, code in (
        (("machine",), 2),
        (("machine", "maybe"), 2),
        (("hope-target", "yes"), 1),
    ):
        ended = coach("plans", "answer", *words, "--json")
        assert ended.returncode == code
        assert json.loads(ended.stdout)["error"]["hint" if code == 1 else "message"]
    assert coach("plans", "remove", "machine").returncode == 2
