"""A decision as a sentence."""

from dataclasses import replace

import pytest

from coach.engine.rules.calibration.calibrate import calibrate
from coach.engine.rules.calibration.values import CredibleMean, Decision, GridRow, fresh
from coach.engine.rules.calibration.words import sentence
from coach.model.times import DAY_US

NOW = 200 * DAY_US


@pytest.fixture
def decision() -> Decision:
    empty = calibrate("spike", [], NOW, fresh(2.0), "1")
    rows = list(empty.grid)
    rows[4] = GridRow(
        2.0, 20, CredibleMean(0.62, 0.45, 0.77), CredibleMean(0.7, 0.6, 0.8), None, 0.9
    )
    rows[5] = GridRow(
        2.25, 14, CredibleMean(0.74, 0.55, 0.88), CredibleMean(0.6, 0.5, 0.7), None, 0.9
    )
    return replace(
        empty,
        n=31,
        need=0,
        kind="move",
        reason="better",
        grid=tuple(rows),
        theta_to=2.25,
        p_improve=0.94,
    )


def test_a_move_says_how_right_both_thresholds_are(decision: Decision) -> None:
    assert sentence(decision) == (
        "in your last 120 days, 31 labelled: at 2 right 62 % (45-77), at 2.25 74 % (55-88);"
        " 94 % sure that 2.25 is better"
    )


def test_a_lower_threshold_is_praised_for_what_it_catches(decision: Decision) -> None:
    lower = replace(decision, theta_from=2.25, theta_to=2.0, p_improve=0.999)
    assert sentence(lower).endswith(
        "at 2.25 right 74 % (55-88), at 2 62 % (45-77) but catching 70 % instead of 60 %;"
        " more than 99 % sure that 2 is better"
    )


def test_what_is_missing_is_counted(decision: Decision) -> None:
    waiting = replace(decision, kind="keep", reason="insufficient", need=9)
    assert sentence(waiting).endswith("9 more are needed before anything can be said")
    assert "1 more is needed" in sentence(replace(waiting, need=1))
    assert sentence(replace(waiting, reason="cooling")).endswith("stays for now; 9 more are needed")


def test_the_other_ends_are_sentences_too(decision: Decision) -> None:
    steady = replace(decision, kind="keep", reason="steady")
    assert sentence(steady).endswith("31 labelled: no other threshold looks better")
    assert "mute" in sentence(replace(decision, kind="mute", reason="useless"))
    wolf = replace(decision, reason="false_alarms")
    assert sentence(wolf).endswith("at 2 right 62 % (45-77); 2.25 would say less")
    unseen = replace(wolf, theta_from=3.5)
    assert "at 3.5 right never yet" in sentence(unseen)
