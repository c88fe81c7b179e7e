"""`coach mcp` without its extra, and at a terminal."""

from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess
from typing import TYPE_CHECKING

import pytest

from coach.cli.agents import mcp
from coach.cli.agents.calls import IDS_OF_EACH_HABIT, USUAL_WITHIN, HabitsCall
from coach.cli.agents.documents import LONGEST_TEXT, MOST_PER_LIST, ToolAnswer, document

if TYPE_CHECKING:
    from coach.model.events import Json

Coach = Callable[..., CompletedProcess[str]]


def test_without_its_package_it_says_which_extra_brings_it(
    real: Coach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mcp, "PACKAGE", "no_such_package")
    ended = real("mcp")
    assert ended.returncode == 1
    assert "pip install 'coach[mcp]'" in ended.stderr


def test_it_answers_no_person(real: Coach) -> None:
    assert "speaks to a program" in real("mcp", "--json").stderr


def test_where_nothing_was_imported_it_does_not_begin(real: Coach, home: Path) -> None:
    assert real("mcp").returncode == 10
    assert not (home / "data").exists()


def test_a_long_list_is_cut_where_it_stands() -> None:
    found = document("why", ToolAnswer({"bars": [*range(MOST_PER_LIST + 3)]}))
    assert found["data"] == {"bars": [*range(MOST_PER_LIST)]}
    assert found["cut"] == [
        {"at": "/data/bars", "left_out": f"3 of {MOST_PER_LIST + 3}, at the end"}
    ]


def test_lists_of_one_kind_are_cut_alike_and_told_as_one() -> None:
    habits: list[Json] = [{"ids": ["a", "b", "c"], "n": 3}, {"ids": ["a", "b"], "n": 2}]
    found = document("habits", ToolAnswer(habits), 1)
    assert found["data"] == [{"ids": ["a"], "n": 3}, {"ids": ["a"], "n": 2}]
    assert found["cut"] == [
        {
            "at": "/data/*/ids",
            "left_out": f"3 of 5, at the ends of 2 lists; give within, at most {MOST_PER_LIST}",
        }
    ]


def test_no_number_loses_the_evidence_that_it_names() -> None:
    evidence: list[Json] = [{"id": str(n), "fills": ["a", "b"]} for n in range(9)]
    found = document("digest", ToolAnswer({"evidence": evidence}), 1)
    assert found["data"] == {"evidence": [{"id": str(n), "fills": ["a"]} for n in range(9)]}


def test_of_one_habit_more_is_shown_than_of_each() -> None:
    every, one = HabitsCall(), HabitsCall(habit="revenge")
    assert (every.most_within, one.most_within) == (IDS_OF_EACH_HABIT, USUAL_WITHIN)
    assert HabitsCall(within=MOST_PER_LIST).most_within == MOST_PER_LIST


def test_a_long_text_is_cut_and_named() -> None:
    found = document("why", ToolAnswer({"notes": [{"text": "x" * (LONGEST_TEXT + 2)}]}))
    assert found["data"] == {"notes": [{"text": {"untrusted_text": "x" * LONGEST_TEXT}}]}
    assert found["cut"] == [{"at": "/data/notes/0/text", "left_out": "2 characters of the text"}]


def test_a_reason_is_marked_where_a_person_gave_it() -> None:
    theirs = document("why", ToolAnswer({"labels": [{"reason": "mine"}], "reason": "ours"}))
    assert theirs["data"] == {"labels": [{"reason": {"untrusted_text": "mine"}}], "reason": "ours"}


def test_a_number_of_notes_is_no_text() -> None:
    assert document("trades", ToolAnswer([{"notes": 2, "note": ""}]))["data"] == [
        {"notes": 2, "note": ""}
    ]
