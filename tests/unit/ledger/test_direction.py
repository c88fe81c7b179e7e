"""A file's direction follows from its times, and from nothing where they say both."""

from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.ledger.direction import direction_of

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "direction"),
    [
        ([0, 1, 1, 2], 1),
        ([2, 1, 1, 0], -1),
        ([1, 1, 1], 0),
        ([], 0),
        ([0, 2, 1, 3], 0),
        ([*range(20), *range(5, 25)], 1),
        ([*range(20, 0, -1), *range(25, 5, -1)], -1),
    ],
)
def test_direction_is_where_the_times_run(minutes: list[int], direction: int) -> None:
    assert direction_of(NINE + timedelta(minutes=minute) for minute in minutes) == direction
