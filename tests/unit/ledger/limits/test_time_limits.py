"""Times and their order at the limits: shifts between clocks, quiet months, the way a file runs."""

from datetime import UTC, date, datetime, timedelta

import pytest

from coach.engine.ledger.coverage import QuietTime, quiet_times
from coach.engine.ledger.direction import direction_of, direction_of_steps
from coach.engine.ledger.shift import NewFill, Shift, TimePair, find_shift, shift_between

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2024-03-08T{clock}").replace(tzinfo=UTC)


def new(*clocks: str, known: tuple[str, str] = ("00:00", "23:59")) -> list[NewFill]:
    return [
        NewFill(str(number).encode(), at(clock), at(known[0]), at(known[1]))
        for number, clock in enumerate(clocks)
    ]


def pair(number: int, ours: str, theirs: str) -> TimePair:
    return TimePair(str(number).encode(), at(ours), at(theirs))


def test_seconds_may_be_dropped_as_far_as_fourteen_hours_away() -> None:
    assert shift_between(at("16:00"), at("02:00:41")) == Shift(14 * HOUR, dropped=True)
    assert shift_between(at("16:15"), at("02:00:41")) is None
    assert shift_between(at("16:15:41"), at("02:00:41")) is None
    assert shift_between(at("12:10"), at("12:00:41")) is None


KNOWN = ("03:00", "04:30")
FOUND = pair(0, "05:00:03", "04:00:03")


@pytest.mark.parametrize(
    ("others", "is_shift"),
    [
        (["05:31:00"], True),  # two could be shifted, and one of them is
        (["05:31:00", "05:31:00"], False),  # 04:31 is a minute after the last that is known
        (["05:31:01", "05:31:01"], True),
        (["03:59:00", "03:59:00"], False),  # 02:59 is a minute before the first
        (["03:58:59", "03:58:59"], True),
        (["04:20:00", "05:20:00"], False),
    ],
)
def test_half_of_what_lies_among_the_known_must_be_shifted(
    others: list[str], is_shift: bool
) -> None:
    found = find_shift(new("05:00:03", *others, known=KNOWN), [FOUND])
    assert (found is not None) is is_shift


def test_what_either_of_two_shifts_would_reach_counts() -> None:
    """03:59 is within a minute of the known by an hour, and not by two."""
    pairs = [FOUND, pair(1, "06:00:03", "04:00:03")]
    for others, is_shift in ((2, True), (3, False)):
        fills = new("05:00:03", "06:00:03", *["03:59:00"] * others, known=KNOWN)
        assert (find_shift(fills, pairs) is not None) is is_shift


def test_one_shift_explains_better_than_two() -> None:
    pairs = [
        pair(0, "10:00:03", "09:00:03"),
        pair(1, "11:00:03", "09:00:03"),
        pair(2, "12:00:03", "04:00:03"),
        pair(3, "13:00:03", "05:00:03"),
    ]
    found = find_shift(new("10:00:03", "11:00:03", "12:00:03", "13:00:03"), pairs)
    assert found is not None
    assert [shift.by for shift in found.shifts] == [8 * HOUR]


def test_a_single_fill_with_seconds_on_either_side_and_two_without_are_no_chance() -> None:
    assert find_shift(new("11:00"), [pair(0, "11:00", "10:00:41")]) is not None
    two = [pair(0, "11:00", "10:00"), pair(1, "12:30", "11:30")]
    assert find_shift(new("11:00", "12:30"), two) is not None


def test_a_fill_at_several_shifts_says_nothing() -> None:
    pairs = [FOUND, pair(0, "05:00:03", "03:00:03")]
    assert find_shift(new("05:00:03"), pairs) is None


@pytest.mark.parametrize(
    ("rising", "falling", "direction"),
    [
        *((10, 1, 1), (9, 1, 0), (20, 2, 1), (10, 2, 0), (1, 0, 1)),
        *((1, 10, -1), (1, 9, 0), (2, 20, -1), (2, 10, 0), (0, 1, -1)),
        (0, 0, 0),
    ],
)
def test_a_tenth_of_the_steps_may_go_against_the_direction(
    rising: int, falling: int, direction: int
) -> None:
    assert direction_of_steps(rising, falling) == direction


def test_equal_values_are_no_step() -> None:
    assert direction_of([1, 1, 1, 1]) == 0
    assert direction_of([1, *range(1, 11), 5]) == 0  # nine steps up, and one down
    assert direction_of([*range(1, 12), 5]) == 1
    assert direction_of([*range(11, 0, -1), 5]) == -1


def daily(first: date, until: date) -> list[date]:
    return [first + n * DAY for n in range((until - first).days + 1)]


JULY = date(2025, 7, 1), date(2025, 7, 31)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (90, 90, 31),
        (91, 91, 31),  # more than ninety days around do not count
        (90, 180, 31),
        (89, 90, 89 * 31 // 90),
        (90, 89, 89 * 31 // 90),
        (60, 90, 60 * 31 // 90),
        (59, 90, 59 * 31 // 90),
    ],
)
def test_the_rate_is_that_of_ninety_days_on_either_side(
    before: int, after: int, expected: int
) -> None:
    days = [
        *daily(JULY[0] - before * DAY, JULY[0] - DAY),
        *daily(JULY[1] + DAY, JULY[1] + after * DAY),
    ]
    assert [(one.since, one.until, one.expected) for one in quiet_times(days)] == [
        (*JULY, expected)
    ]


def test_days_ninety_away_count_and_those_farther_do_not() -> None:
    """Ten days before and after, of ninety: 10 x 279 days // 90."""
    quiet = date(2025, 1, 11), date(2025, 10, 16)
    near = [*daily(date(2024, 10, 13), date(2024, 10, 21)), date(2025, 1, 10)]
    later = [date(2025, 10, 17), *daily(date(2026, 1, 6), date(2026, 1, 14))]
    assert quiet_times([*near, *later])[1] == QuietTime(*quiet, 10 * 279 // 90)
    farther = [near[0] - DAY, *near[1:]], [*later[:-1], later[-1] + DAY]
    assert quiet_times([*farther[0], *later])[1].expected == 9 * 279 // 90
    assert quiet_times([*near, *farther[1]])[1].expected == 9 * 279 // 90


def test_twenty_expected_days_make_a_gap() -> None:
    assert QuietTime(*JULY, 20).is_gap
    assert not QuietTime(*JULY, 19).is_gap
