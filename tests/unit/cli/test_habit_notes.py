"""What was found of a habit, as a trader says it."""

from dataclasses import replace
from io import StringIO

import pytest

from coach.advice.habit_notes import notes
from coach.cli.commands.insights import findings_answer
from coach.cli.show.output import Output
from coach.cli.show.screen import Screen
from coach.engine.api.habits import OURS
from coach.engine.biases.habits.catalogue import HABITS
from coach.model.insights import Evidence, Finding

FOUND = Finding("revenge", "none", 216, 0, score=12.0, effect=0.229, interval=(0.141, 0.318), p=0.4)


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (
            FOUND,
            (
                "quick, larger entries came 22.9 percentage points more often after losses than"
                " after wins (likely 14.1 to 31.8)"
            ),
        ),
        (
            replace(FOUND, bias="size_after_win", effect=-0.276, interval=(-0.363, -0.178)),
            "entries were 27.6 % smaller after wins than after losses (likely 17.8 to 36.3)",
        ),
        (
            replace(FOUND, bias="fatigue", effect=-0.01, interval=(-0.02, 0.005)),
            "late trades earned 1 % of the money traded more than the others (likely -0.5 to 2)",
        ),
        (
            replace(FOUND, bias="averaging_down", effect=13.3, interval=(7.0, 25.1)),
            "more was bought 13.3 times as often in a loss as in a gain (likely 7 to 25.1)",
        ),
        (
            replace(FOUND, bias="concentration", effect=0.5, interval=None),
            "the effective number of positions was 2",
        ),
    ],
)
def test_an_effect_is_told_in_the_unit_of_its_habit(found: Finding, told: str) -> None:
    assert list(notes(found, OURS)) == [told]


def test_candles_of_several_symbols_are_asked_for_in_one_line() -> None:
    lacks = ("candles of BTC-USD", "candles of ETH-USD", "candles of 6 symbols or more")
    assert list(notes(Finding("lottery", "insufficient", 0, 0, lacks=lacks), OURS)) == [
        "needs candles of BTC-USD, ETH-USD: coach candles fetch",
        "needs candles of 6 symbols or more: coach candles fetch",
    ]


def test_what_is_all_by_plan_does_not_ask_for_more_trades() -> None:
    planned = Evidence("fomo@1:a", "fomo@1", {"n": 0, "planned_entries": 241}, (), ())
    found = Finding("fomo", "insufficient", 0, 200, evidence=(planned,))
    assert list(notes(found, OURS)) == [
        "all of it was by a plan that you declared: nothing is left to test"
    ]


def test_what_candles_do_not_cover_is_told() -> None:
    covered = Evidence("fomo@1:a", "fomo@1", {"covered": 0.126}, (), ())
    assert "candles cover 13 % of it, the rest is left out" in list(
        notes(replace(FOUND, evidence=(covered,)), OURS)
    )


def test_all_habits_stand_on_eighty_columns_with_their_names_whole(terminal: StringIO) -> None:
    wide = replace(FOUND, level="insufficient", n=99_999, p=0.000712, held=True)
    every = [replace(wide, bias=bias) for bias in HABITS]
    Output(terminal, json=False).show(findings_answer(every, OURS), Screen(80, color=False))
    lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= 80
    assert [line.split()[0] for line in lines[1:15]] == list(HABITS)
    assert "n: sample size" in lines[-2]
