"""Times as text, quickly, and as `isoformat` writes them."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as some

from coach.model.times import iso_text

ZONES = some.sampled_from([UTC, ZoneInfo("UTC"), timezone(timedelta(hours=2)), None])


@given(some.datetimes(timezones=ZONES))
def test_the_text_of_a_time_is_that_of_isoformat(moment: datetime) -> None:
    whole = moment.replace(microsecond=0)
    assert iso_text(moment) == moment.isoformat()
    assert iso_text(whole) == whole.isoformat()


@pytest.mark.parametrize("year", [1, 999, 1000, 1970, 9999])
def test_a_year_has_four_digits(year: int) -> None:
    moment = datetime(year, 2, 3, 4, 5, 6, tzinfo=UTC)
    assert iso_text(moment) == moment.isoformat()
