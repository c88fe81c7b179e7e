"""Trading sessions by the clocks of their offices."""

from datetime import datetime

import pytest

from coach.engine.features.office_hours import sessions_at


@pytest.mark.parametrize(
    ("moment", "sessions"),
    [
        ("2026-03-04T00:30:00+00:00", ("Asia",)),
        ("2026-03-04T07:59:59+00:00", ("Asia",)),
        ("2026-03-04T08:00:00+00:00", ("Europe",)),
        ("2026-03-04T14:00:00+00:00", ("Europe", "US")),
        ("2026-03-04T18:00:00+00:00", ("US",)),
        ("2026-03-04T22:30:00+00:00", ()),
        ("2026-03-07T14:00:00+00:00", ()),
        ("2026-03-08T23:30:00+00:00", ("Asia",)),
    ],
)
def test_a_moment_is_in_the_hours_of_who_is_at_work(moment: str, sessions: tuple[str, ...]) -> None:
    assert sessions_at(datetime.fromisoformat(moment)) == sessions


def test_summer_time_moves_the_hours() -> None:
    """London is an hour ahead in July, Tokyo never is."""
    assert sessions_at(datetime.fromisoformat("2026-07-01T07:30:00+00:00")) == ("Asia", "Europe")
    assert sessions_at(datetime.fromisoformat("2026-01-05T07:30:00+00:00")) == ("Asia",)
