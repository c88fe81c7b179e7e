"""Windows have the same edges whoever asks; together they hold every moment once."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.engine.imports.sync.windows import INSTANT, LATE, may_be_kept, windows

LENGTH = timedelta(days=90)
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
DAYS = st.floats(0, 9_000).map(lambda days: timedelta(days=days))
MOMENTS = DAYS.map(lambda age: NOW - age)


def newest_of(fills: Sequence[datetime]) -> Callable[[datetime], datetime | None]:
    return lambda until: max((at for at in fills if at <= until), default=None)


@given(fills=st.lists(MOMENTS, max_size=8))
def test_every_fill_lies_in_one_window(fills: list[datetime]) -> None:
    found = list(windows(None, NOW, LENGTH, newest_of(fills)))
    for at in fills:
        assert sum(one.begin is not None and one.begin <= at <= one.end for one in found) == 1


@given(fills=st.lists(MOMENTS, max_size=8), since=MOMENTS)
def test_nothing_before_the_beginning_is_read_and_nothing_after_it_left_out(
    fills: list[datetime], since: datetime
) -> None:
    found = list(windows(since, NOW, LENGTH, newest_of(fills)))
    assert all(one.begin is not None and one.begin >= since for one in found)
    for at in fills:
        held = sum(one.begin is not None and one.begin <= at <= one.end for one in found)
        assert held == (at >= since)


@given(fills=st.lists(MOMENTS, min_size=1, max_size=8), later=st.integers(0, 10**7))
def test_whole_windows_are_the_same_a_while_later(fills: list[datetime], later: int) -> None:
    now = {one for one in windows(None, NOW, LENGTH, newest_of(fills)) if one.whole}
    then = NOW + timedelta(seconds=later)
    assert now <= set(windows(None, then, LENGTH, newest_of(fills)))


def test_years_without_a_fill_take_no_window() -> None:
    """One fill of 2004, and today."""
    old = datetime(2004, 5, 6, tzinfo=UTC)
    found = list(windows(None, NOW, LENGTH, newest_of([old])))
    assert len(found) == 2


@pytest.mark.parametrize(("after", "kept"), [(timedelta(), False), (INSTANT, True)])
def test_a_window_is_kept_when_nothing_can_come_late_any_more(after: timedelta, kept: bool) -> None:
    whole = [one for one in windows(NOW - 3 * LENGTH, NOW, LENGTH, newest_of([NOW])) if one.whole]
    assert whole == []
    whole = [
        one
        for one in windows(None, NOW, LENGTH, newest_of([NOW - LENGTH, NOW - 2 * LENGTH]))
        if one.whole
    ]
    assert len(whole) == 2
    assert may_be_kept(whole[0], whole[0].end + LATE + after) is kept
