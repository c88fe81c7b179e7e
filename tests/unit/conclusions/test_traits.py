"""A habit is announced once and withdrawn for a reason; all by the time of the data."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.conclusions.traits import compare, why_not
from coach.model.insights import Finding
from coach.model.traits import Trait

SUNDAY = datetime(2026, 4, 5, tzinfo=UTC)
WEEK = timedelta(weeks=1)
HELD = Finding("revenge", "strong", 120, 0, score=99.0, held=True)
STANDING = Trait("revenge", SUNDAY, SUNDAY, "strong")


def test_a_habit_that_holds_is_announced_as_of_the_data() -> None:
    found = compare({}, [HELD], SUNDAY)
    assert list(found.made) == [HELD]
    assert list(found.changed) == [STANDING]


@pytest.mark.parametrize(
    "finding",
    [
        replace(HELD, held=False),
        replace(HELD, kind="fact"),
        replace(HELD, level="none", score=57.0),
        Finding("revenge", "none", 3, 0),
    ],
)
def test_what_does_not_hold_or_was_only_counted_is_not_announced(finding: Finding) -> None:
    assert list(compare({}, [finding], SUNDAY).changed) == []


def test_what_stands_is_not_announced_again_and_remembers_when_it_was_tested() -> None:
    found = compare({"revenge": STANDING}, [HELD], SUNDAY + WEEK)
    assert not found.made
    assert list(found.changed) == [replace(STANDING, as_of=SUNDAY + WEEK)]


@pytest.mark.parametrize(("score", "stands"), [(49.9, False), (50.0, True)])
def test_a_habit_less_likely_than_not_is_withdrawn(score: float, stands: bool) -> None:
    faded = replace(HELD, score=score, held=False, level="none")
    found = compare({"revenge": STANDING}, [faded], SUNDAY + WEEK)
    assert bool(found.withdrawn) is not stands
    [kept] = found.changed
    assert (kept.withdrawn_at is None) is stands


@pytest.mark.parametrize(
    ("weeks", "reason"),
    [(7.9, None), (8, "not testable for 8 weeks"), (-1, "its trades are gone")],
)
def test_what_cannot_be_tested_stands_for_a_while(weeks: float, reason: str | None) -> None:
    untested = Finding("revenge", "insufficient", 3, 17)
    assert why_not(STANDING, untested, SUNDAY + weeks * WEEK) == reason


def test_a_week_in_which_it_was_tested_begins_the_count_anew() -> None:
    tested = replace(STANDING, as_of=SUNDAY + 5 * WEEK)
    untested = Finding("revenge", "insufficient", 3, 17)
    assert why_not(tested, untested, SUNDAY + 12 * WEEK) is None


def test_the_same_data_announce_the_same() -> None:
    assert compare({}, [HELD], SUNDAY) == compare({}, [HELD], SUNDAY)


def test_another_habit_is_left_as_it_is() -> None:
    assert list(compare({"fomo": replace(STANDING, bias="fomo")}, [], SUNDAY).changed) == []
