"""What is told and asked is counted as the trader hears it."""

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

import pytest

from coach.engine.lab.evaluate import claims
from coach.engine.lab.evaluate.announced import announced
from coach.engine.lab.evaluate.rows import Row
from coach.engine.lab.evaluate.targets import targets
from coach.engine.lab.evaluate.trial import HabitStatement, Trial, Truth, statements_of
from coach.engine.lab.evaluate.year import YearOfLooks
from coach.model.insights import Finding
from coach.model.reasons import Standing

Make = Callable[..., Trial]
TOLD = HabitStatement("likely", 99.0, flagged=True, announced=True, n=50)
ASKED = HabitStatement("likely", 99.0, flagged=True, announced=False, n=50, asked=True)
QUIET = HabitStatement("none", 10.0, flagged=False, announced=False, n=50)


def only(rows: list[Row], **wanted: object) -> Row:
    found = [row for row in rows if all(row.get(key) == value for key, value in wanted.items())]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("standing", "heard"),
    [("untold", "nothing"), ("told", "told"), ("asked", "asked"), ("style", "nothing")],
)
def test_what_a_trader_hears_hangs_on_the_standing_alone(standing: Standing, heard: str) -> None:
    """A finding that is held, and even strong, is announced only where its standing says so."""
    finding = Finding("revenge", "strong", 50, 0, held=True, standing=standing)
    assert announced(finding) == heard
    told = statements_of([finding])["revenge"]
    assert (told.announced, told.asked) == (heard == "told", heard == "asked")


def test_every_standing_is_heard_or_not() -> None:
    assert set(get_args(Standing)) == {"untold", "told", "asked", "style"}


def test_to_ask_a_rational_trader_is_no_accusation(trader: Make) -> None:
    people = [
        trader({"disposition": ASKED}, archetype="grid"),
        trader({"disposition": TOLD, "revenge": TOLD}, archetype="grid"),
        trader({"revenge": QUIET}, archetype="noise"),
        trader({"revenge": TOLD}, {"revenge": 1.0}),
    ]
    rows = claims.accused(people, (90,))
    everybody = only(rows, archetype="all")
    assert (everybody["told"], everybody["asked"], everybody["traders"]) == (1, 1, 3)
    grid = only(rows, archetype="grid")
    assert (grid["rate"], grid["asked_rate"]) == (0.5, 0.5)
    assert (grid["low"], grid["high"]) == (0.0126, 0.9874)
    assert only(rows, archetype="price-blind")["told"] == 0


def test_kinds_are_parted_by_ways_that_nobody_here_has_heard_of(trader: Make) -> None:
    people = [
        replace(trader({"fomo": said}), truth=Truth("astrologer", {}, way))
        for said, way in ((TOLD, "by moon"), (QUIET, "by sun"), (QUIET, "by sun"))
    ]
    rows = claims.accused(people, (90,))
    assert only(rows, archetype="astrologer", way="by moon")["rate"] == 1.0
    assert only(rows, archetype="astrologer", way="by sun")["rate"] == 0.0
    assert only(rows, archetype="astrologer", way="all")["told"] == 1


def test_a_habit_is_heard_when_it_is_told_or_asked_about(trader: Make) -> None:
    ways = (("leaning", TOLD), ("leaning", QUIET), ("profit_limits", ASKED))
    people = [
        replace(trader({"disposition": said}), truth=Truth("noise", {"disposition": 1.0}, way))
        for way, said in ways
    ]
    rows = claims.power(people, (90,))
    every = only(rows, way="all")
    assert (every["told"], every["asked"], every["heard"], every["traders"]) == (1, 1, 2, 3)
    assert only(rows, way="profit_limits")["heard_rate"] == 1.0
    assert only(rows, way="leaning")["rate"] == 0.5


def test_each_of_several_habits_has_its_own_way(trader: Make) -> None:
    truth = Truth("noise", {"revenge": 1.0, "fomo": 0.3}, "rampage+large_hour")
    rows = claims.power([replace(trader({"fomo": TOLD}), truth=truth)], (90,))
    assert {row["bias"]: row["heard"] for row in rows} == {"revenge": 0, "fomo": 1}


def test_a_planted_trader_can_be_told_of_another_habit(trader: Make) -> None:
    people = [
        trader({"revenge": TOLD, "fomo": TOLD}, {"revenge": 1.0}),
        trader({"disposition": ASKED}, {"revenge": 1.0}),
    ]
    row = only(claims.planted(people, (90,)))
    assert (row["traders"], row["told_other"], row["asked"], row["rate"]) == (2, 1, 1, 0.5)


def test_a_year_counts_a_trader_once_however_often_it_is_told(trader: Make) -> None:
    people = [
        replace(trader({}), year=YearOfLooks({"fomo": 30, "revenge": 2}, {})),
        replace(trader({}), year=YearOfLooks({}, {"disposition": 1})),
        replace(trader({}, {"revenge": 1.0}), year=YearOfLooks({"revenge": 9}, {})),
        trader({"revenge": TOLD}),
    ]
    rows = claims.year(people)
    everybody = only(rows, who="rational", archetype="all")
    assert (everybody["told"], everybody["traders"], everybody["asked"]) == (1, 2, 1)
    assert only(rows, who="planted")["told"] == 0


def test_the_promises_about_claims_are_targets(trader: Make) -> None:
    people = [replace(trader({"revenge": TOLD}), year=YearOfLooks({"revenge": 1}, {}))]
    people += [trader({"revenge": ASKED}, {"revenge": 1.0})]
    tables = {
        "accused": claims.accused(people, (90,)),
        "planted": claims.planted(people, (90,)),
        "told_and_asked": claims.power(people, (90,)),
        "year": claims.year(people),
    }
    found = {row["measure"]: row for row in targets(tables)}
    assert {name: row["met"] for name, row in found.items()} == {
        "accused, rational": False,
        "accused, of a kind": False,
        "asked, price-blind": True,
        "asked, planted": False,
        "told falsely in a year": False,
        "told at 1": False,
        "told or asked at 1": True,
    }
