"""The minutes of a week, on the trader's own clock: which are free for trading."""

from collections.abc import Mapping

from coach.model.events import Json

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 1_440
WEEK = 7 * DAY


def allowed(params: Mapping[str, Json]) -> frozenset[int]:
    """Return the free minutes of a week, 0 being Monday's first.

    Hours that end at or before they begin end on the day after; they belong to the day on which
    they begin.
    """
    start, end = minute(params["from"]), minute(params["until"])
    length = (end - start) % DAY or DAY
    days = params["days"]
    assert isinstance(days, list)
    return frozenset(
        (DAYS.index(str(day)) * DAY + start + passed) % WEEK
        for day in days
        for passed in range(length)
    )


def minute(clock: Json) -> int:
    """Return the minute of the day of `09:30`."""
    hours, _, minutes = str(clock).partition(":")
    return int(hours) * 60 + int(minutes)
