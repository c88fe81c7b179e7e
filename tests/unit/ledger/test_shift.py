"""The same fills on two clocks are told from fills that only look alike."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.ledger.shift import NewFill, Shift, TimePair, find_shift, shift_between

NOON = datetime(2024, 3, 8, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def at(clock: str, day: int = 8) -> datetime:
    return datetime.fromisoformat(f"2024-03-{day:02d}T{clock}+00:00")


def new(*clocks: str, known: tuple[str, str] = ("00:00", "23:59")) -> list[NewFill]:
    return [
        NewFill(str(number).encode(), at(clock), at(known[0]), at(known[1]))
        for number, clock in enumerate(clocks)
    ]


def pair(number: int, ours: str, theirs: str) -> TimePair:
    return TimePair(str(number).encode(), at(ours), at(theirs))


@pytest.mark.parametrize(
    ("ours", "theirs", "shift"),
    [
        ("12:00:01", "11:00:01", Shift(HOUR, dropped=False)),
        ("10:00:01", "15:45:01", Shift(-5.75 * HOUR, dropped=False)),
        ("12:00", "12:00:41", Shift(timedelta(), dropped=True)),
        ("12:00:41", "12:00:41.250", Shift(timedelta(), dropped=True)),
        ("13:00", "12:00:41", Shift(HOUR, dropped=True)),
        ("12:00:01", "11:00:02", None),
        ("12:00:01", "11:50:01", None),
        ("12:00:01", "12:00:01", None),
        ("23:00:00", "08:00:00", None),
    ],
)
def test_a_shift_is_whole_quarter_hours_or_dropped_seconds(
    ours: str, theirs: str, shift: Shift | None
) -> None:
    assert shift_between(at(ours), at(theirs)) == shift


@given(st.integers(-56, 56).filter(bool), st.integers(0, 86_399))
def test_every_zone_on_earth_is_a_shift(quarters: int, second: int) -> None:
    known = NOON + timedelta(seconds=second)
    found = shift_between(known + quarters * timedelta(minutes=15), known)
    assert found == Shift(quarters * timedelta(minutes=15), dropped=False)


def test_two_fills_an_hour_later_are_the_same_two() -> None:
    found = find_shift(
        new("11:00:03", "12:30:09"),
        [pair(0, "11:00:03", "10:00:03"), pair(1, "12:30:09", "11:30:09")],
    )
    assert found is not None
    assert (str(found.shifts[0]), len(found.pairs)) == ("a shift of +1 h", 2)


def test_summer_time_makes_two_shifts_an_hour_apart() -> None:
    found = find_shift(
        new("11:00:03", "12:30:09"),
        [pair(0, "11:00:03", "10:00:03"), pair(1, "12:30:09", "10:30:09")],
    )
    assert found is not None
    assert [shift.by for shift in found.shifts] == [HOUR, 2 * HOUR]


def test_one_coincidence_among_many_fills_is_no_shift() -> None:
    clocks = [f"{hour:02d}:00:03" for hour in range(5, 15)]
    assert find_shift(new(*clocks), [pair(0, "05:00:03", "04:00:03")]) is None


def test_what_lies_outside_the_known_time_does_not_count_against_a_shift() -> None:
    clocks = ["05:00:03", *(f"{hour:02d}:00:03" for hour in range(10, 20))]
    fills = new(*clocks, known=("03:00", "04:30"))
    assert find_shift(fills, [pair(0, "05:00:03", "04:00:03")]) is not None


def test_a_bot_that_trades_every_hour_looks_like_no_shift() -> None:
    """bought 1 @ 100 at every full hour: known until 11:00:00, new from 12:00:00"""
    clocks = [f"{hour:02d}:00:00" for hour in range(12, 18)]
    pairs = [
        pair(number, clock, f"{hour:02d}:00:00")
        for number, clock in enumerate(clocks)
        for hour in range(4, 12)
    ]
    assert find_shift(new(*clocks, known=("00:00", "11:00")), pairs) is None


def test_one_fill_at_a_whole_minute_is_chance() -> None:
    assert find_shift(new("11:00"), [pair(0, "11:00", "10:00")]) is None
    assert find_shift(new("11:00:03"), [pair(0, "11:00:03", "10:00:03")]) is not None


def test_without_pairs_there_is_no_shift() -> None:
    assert find_shift(new("11:00:03"), []) is None


@pytest.mark.parametrize(
    ("shift", "words"),
    [
        (Shift(HOUR, dropped=False), "a shift of +1 h"),
        (Shift(-5.75 * HOUR, dropped=True), "a shift of -5 h 45 min and dropped seconds"),
        (Shift(timedelta(minutes=30), dropped=False), "a shift of +30 min"),
        (Shift(timedelta(), dropped=True), "dropped seconds"),
    ],
)
def test_a_shift_is_told_in_hours(shift: Shift, words: str) -> None:
    assert str(shift) == words
