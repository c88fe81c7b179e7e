"""Times as people type them."""

from datetime import UTC, datetime

import pytest

from coach.cli.moments import since, until
from coach.errors import UsageError

NOW = datetime(2026, 4, 1, 9, tzinfo=UTC)


def test_a_date_belongs_to_its_span_whole() -> None:
    end = until("2026-04-01", "Asia/Tokyo", NOW)
    assert end is not None
    assert end.astimezone(UTC) == datetime(2026, 4, 1, 15, tzinfo=UTC)


def test_the_last_day_of_all_has_no_day_after() -> None:
    assert until("9999-12-31", "UTC", NOW) == datetime.max.replace(tzinfo=UTC)


def test_longer_ago_than_there_are_years_is_the_beginning() -> None:
    early = since("99999w", "UTC", NOW.replace(year=1900))
    assert early == datetime.min.replace(tzinfo=UTC)


def test_nonsense_is_no_time() -> None:
    with pytest.raises(UsageError, match="'soon' is no time"):
        since("soon", "UTC", NOW)
