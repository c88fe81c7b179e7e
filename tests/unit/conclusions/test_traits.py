"""A habit is announced once and withdrawn for a reason; all by the time of the data."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.conclusions.traits import TEST, compare, why_not
from coach.model.insights import Finding
from coach.model.reasons import Level, Standing
from coach.model.traits import Trait

SUNDAY = datetime(2026, 4, 5, tzinfo=UTC)
WEEK = timedelta(weeks=1)
HELD = Finding("revenge", "strong", 120, 0, score=99.0, held=True, standing="told")
STANDING = Trait("revenge", SUNDAY, SUNDAY, "strong", test=TEST)
EARLIER = replace(STANDING, test=TEST - 1)


def test_a_habit_that_holds_is_announced_as_of_the_data() -> None:
    found = compare({}, [HELD], SUNDAY)
    assert list(found.made) == [HELD]
    assert list(found.changed) == [STANDING]


@pytest.mark.parametrize("standing", ["untold", "asked", "style"])
@pytest.mark.parametrize("level", ["none", "possible", "likely", "strong"])
def test_only_what_is_told_is_announced(standing: Standing, level: Level) -> None:
    """Whatever its level: held with a rule behind it, or only counted, or not held."""
    finding = replace(HELD, standing=standing, level=level)
    assert list(compare({}, [finding], SUNDAY).changed) == []


def test_what_stands_is_not_announced_again_and_remembers_when_it_was_tested() -> None:
    found = compare({"revenge": STANDING}, [HELD], SUNDAY + WEEK)
    assert not found.made
    assert list(found.changed) == [replace(STANDING, as_of=SUNDAY + WEEK)]


@pytest.mark.parametrize(("score", "stands"), [(49.9, False), (50.0, True)])
def test_a_habit_less_likely_than_not_is_withdrawn(score: float, stands: bool) -> None:
    faded = replace(HELD, score=score, held=False, level="none", standing="untold")
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


@pytest.mark.parametrize(
    ("standing", "reason"),
    [
        ("untold", "coach's test is stricter now"),
        ("asked", "a rule of yours may explain it"),
        ("style", "a rule of yours explains it"),
    ],
)
def test_what_an_earlier_test_announced_is_taken_back_for_a_reason(
    standing: Standing, reason: str
) -> None:
    finding = replace(HELD, score=83.0, held=standing != "untold", standing=standing)
    found = compare({"revenge": EARLIER}, [finding], SUNDAY + WEEK)
    assert [one.reason for one in found.withdrawn] == [reason]
    assert [one.withdrawn_at for one in found.changed] == [SUNDAY + WEEK]


def test_what_an_earlier_test_announced_and_this_one_tells_has_passed_this_one() -> None:
    [kept] = compare({"revenge": EARLIER}, [HELD], SUNDAY + WEEK).changed
    assert kept == replace(STANDING, as_of=SUNDAY + WEEK)


def test_what_an_earlier_test_announced_waits_while_it_cannot_be_tested() -> None:
    untested = Finding("revenge", "insufficient", 3, 17)
    assert list(compare({"revenge": EARLIER}, [untested], SUNDAY + WEEK).changed) == []


@pytest.mark.parametrize("standing", ["asked", "style"])
def test_a_habit_that_a_rule_explains_is_taken_back_whichever_test_announced_it(
    standing: Standing,
) -> None:
    finding = replace(HELD, standing=standing)
    assert compare({"revenge": STANDING}, [finding], SUNDAY).withdrawn


def test_a_weaker_moment_takes_nothing_back() -> None:
    """P of .6 by the test that announced it: it stands until it is less likely than not."""
    weaker = replace(HELD, score=60.0, held=False, level="none", standing="untold")
    assert not compare({"revenge": STANDING}, [weaker], SUNDAY).withdrawn


def test_the_same_data_announce_the_same() -> None:
    assert compare({}, [HELD], SUNDAY) == compare({}, [HELD], SUNDAY)


def test_another_habit_is_left_as_it_is() -> None:
    assert list(compare({"fomo": replace(STANDING, bias="fomo")}, [], SUNDAY).changed) == []
