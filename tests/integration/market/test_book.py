"""Candles of one user: kept by the week, read back where they cover a window best."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import psycopg
import pytest

from coach.engine.market.address import Folder
from coach.engine.market.book import (
    CandleShelf,
    FetchedWindow,
    StorageResult,
    keep,
    load,
    load_weeks,
    note_use,
    recall,
)
from coach.engine.market.objects import open_objects
from coach.engine.store import candles as stored
from coach.errors import ObjectTrouble, SnapshotLost
from coach.model.accounts import UserId
from coach.model.candles import (
    DAY,
    QUARTER,
    Candle,
    CandleWindow,
    Granularity,
    Series,
    week_start_us,
)
from coach.model.fills import Symbol
from coach.model.times import DAY_US, SECOND_US

Connect = Callable[[], psycopg.Connection]

BTC = Symbol("BTC-USD")
SERIES = Series(BTC, QUARTER, "coinbase")
MONDAY = date(2026, 3, 30)
START = week_start_us(MONDAY)
WEEK = CandleWindow(START, START + 7 * DAY_US)
LATER = datetime(2026, 5, 1, 12, tzinfo=UTC)


def some(*numbers: int, price: str = "100", granularity: Granularity = QUARTER) -> list[Candle]:
    """Bars of the week by number, all at one price."""
    step = granularity * SECOND_US
    at = Decimal(price)
    return [Candle(START + number * step, at, at, at, at, Decimal(1)) for number in numbers]


def bring(
    shelf: CandleShelf, *numbers: int, price: str = "100", window: CandleWindow | None = None
) -> StorageResult:
    bars = some(*numbers, price=price)
    asked = window or CandleWindow(bars[0].start_us, bars[-1].start_us + 1)
    return keep(shelf, SERIES, bars, FetchedWindow(asked, LATER))


def starts(shelf: CandleShelf, window: CandleWindow = WEEK) -> list[int]:
    [loaded] = load(shelf, BTC, window)
    return [(start - START) // (QUARTER * SECOND_US) for start in loaded.columns.start_us.tolist()]


def test_bars_are_read_back(shelf: CandleShelf) -> None:
    kept = bring(shelf, 0, 1, 5)
    assert (kept.new, kept.changed) == (3, 0)
    [loaded] = load(shelf, BTC, WEEK)
    assert loaded.series == SERIES
    assert loaded.sha256s == (kept.weeks[0].sha256,)
    assert loaded.columns.close.tolist() == [100.0] * 3
    bars = loaded.bars()
    assert (bars.source, bars.step_us, bars.snapshots) == (
        "coinbase",
        900_000_000,
        loaded.sha256s,
    )


def test_any_order_of_keeping_ends_in_the_same_snapshot(shelf: CandleShelf) -> None:
    bring(shelf, 3, 4)
    one = bring(shelf, 0, 1, 2).weeks[0]
    other = replace(shelf, user_id=UserId("u-bob"))
    bring(other, 0, 1, 4)
    assert bring(other, 2, 3).weeks[0].sha256 == one.sha256


def test_keeping_again_changes_nothing(shelf: CandleShelf) -> None:
    first = bring(shelf, 0, 1)
    later = keep(shelf, SERIES, some(0, 1), FetchedWindow(WEEK, LATER - timedelta(days=1)))
    assert (later.new, later.changed) == (0, 0)
    assert later.weeks[0].sha256 == first.weeks[0].sha256
    assert len(list(shelf.objects.listed("candles"))) == 1


def test_of_two_bars_with_one_start_the_new_one_stands(shelf: CandleShelf) -> None:
    first = bring(shelf, 0, 1)
    second = bring(shelf, 1, 2, price="200")
    assert (second.new, second.changed) == (1, 1)
    [loaded] = load(shelf, BTC, WEEK)
    assert loaded.columns.close.tolist() == [100.0, 200.0, 200.0]
    (old,) = recall(shelf, [first.weeks[0].sha256])
    assert old.columns.close.tolist() == [100.0, 100.0]


def test_a_bar_that_is_not_over_is_not_kept(shelf: CandleShelf) -> None:
    at = datetime(2026, 3, 30, 0, 31, tzinfo=UTC)
    kept = keep(shelf, SERIES, some(0, 1, 2), FetchedWindow(WEEK, at))
    assert kept.weeks[0].bars == 2


@pytest.mark.parametrize(
    ("window", "at", "complete"),
    [
        (WEEK, LATER, True),
        (WEEK, datetime(2026, 4, 5, 23, 59, tzinfo=UTC), False),
        (CandleWindow(START + 1, START + 7 * DAY_US), LATER, False),
        (CandleWindow(START, START + 7 * DAY_US - 1), LATER, False),
    ],
)
def test_a_week_is_complete_when_all_of_it_was_asked_for_after_it_was_over(
    shelf: CandleShelf, window: CandleWindow, at: datetime, complete: bool
) -> None:
    kept = keep(shelf, SERIES, some(0, 5), FetchedWindow(window, at))
    assert kept.weeks[0].complete is complete


def test_a_week_without_a_gap_is_complete(shelf: CandleShelf) -> None:
    bring(shelf, *range(600))
    assert not bring(shelf, *range(600, 671)).weeks[0].complete
    assert bring(shelf, 671).weeks[0].complete


def test_a_complete_week_stays_complete(shelf: CandleShelf) -> None:
    bring(shelf, 0, 1, window=WEEK)
    assert bring(shelf, 1).weeks[0].complete
    assert bring(shelf, 2).weeks[0].complete


def test_bars_of_two_weeks_are_two_weeks(shelf: CandleShelf) -> None:
    kept = bring(shelf, 0, 671, 672, 1343)
    assert [(week.week, week.bars) for week in kept.weeks] == [
        (MONDAY, 2),
        (date(2026, 4, 6), 2),
    ]
    assert starts(shelf, CandleWindow(START, START + 14 * DAY_US)) == [0, 671, 672, 1343]


def test_only_bars_that_begin_in_the_window_are_loaded(shelf: CandleShelf) -> None:
    bring(shelf, 0, 1, 2, 3)
    step = QUARTER * SECOND_US
    assert starts(shelf, CandleWindow(START + 1, START + 3 * step)) == [1, 2]


def test_where_nothing_is_known_nothing_is_loaded(shelf: CandleShelf) -> None:
    bring(shelf, 0)
    assert load(shelf, Symbol("ETH-USD"), WEEK) == []
    assert load(replace(shelf, user_id=UserId("u-bob")), BTC, WEEK) == []
    assert load(shelf, BTC, CandleWindow(WEEK.end_us, WEEK.end_us + 1)) == []
    assert load(shelf, BTC, CandleWindow(START + DAY_US, WEEK.end_us)) == []


def test_every_series_of_a_window_is_loaded(shelf: CandleShelf) -> None:
    bring(shelf, *range(100))
    days = Series(BTC, DAY, "file")
    keep(shelf, days, some(*range(7), granularity=DAY), FetchedWindow(WEEK, LATER))
    assert [one.series for one in load(shelf, BTC, WEEK)] == [SERIES, days]
    later = CandleWindow(START + 2 * DAY_US, WEEK.end_us)
    assert [one.series for one in load(shelf, BTC, later)] == [days]


def test_whole_weeks_of_one_length_are_loaded_by_source(shelf: CandleShelf) -> None:
    bring(shelf, 0, 672)
    other = SERIES._replace(source="another")
    keep(shelf, other, some(5), FetchedWindow(WEEK, LATER))
    keep(shelf, Series(BTC, DAY, "file"), some(1, granularity=DAY), FetchedWindow(WEEK, LATER))
    found = load_weeks(shelf, BTC, QUARTER, [MONDAY])
    assert [(one.series.source, len(one.columns.start_us)) for one in found] == [
        ("another", 1),
        ("coinbase", 1),
    ]
    assert sorted(stored.lengths(shelf.connection, shelf.user_id, BTC)) == [QUARTER, DAY]


def test_bars_that_make_no_sense_leave_nothing_behind(shelf: CandleShelf) -> None:
    off = some(700)[0]._replace(start_us=START + 8 * DAY_US + 1)
    with pytest.raises(ValueError, match="no bar of the week"):
        keep(shelf, SERIES, [*some(0, 1), off], FetchedWindow(WEEK, LATER))
    assert stored.weeks(shelf.connection, shelf.user_id) == []


def test_a_lost_snapshot_is_said_and_mended_by_new_bars(shelf: CandleShelf, tmp_path: Path) -> None:
    lost = bring(shelf, 0, 1, window=WEEK).weeks[0]
    next((tmp_path / "objects" / "candles").rglob(lost.sha256)).unlink()
    with pytest.raises(SnapshotLost):
        load(shelf, BTC, WEEK)
    assert not bring(shelf, 1).weeks[0].complete
    assert starts(shelf) == [1]


def test_a_place_that_cannot_be_written_keeps_nothing(shelf: CandleShelf, tmp_path: Path) -> None:
    (tmp_path / "objects" / "candles").write_text("in the way")
    with pytest.raises(ObjectTrouble):
        bring(shelf, 0)
    assert stored.weeks(shelf.connection, shelf.user_id) == []


def test_many_who_keep_at_once_lose_no_bar(connections: Connect, tmp_path: Path) -> None:
    folder = Folder(tmp_path / "objects")
    shelves = [
        CandleShelf(connections(), open_objects(folder), UserId("u-alice")) for _ in range(6)
    ]
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda pair: bring(pair[1], *range(pair[0], 60, 6)), enumerate(shelves)))
    assert starts(shelves[0]) == list(range(60))


def test_what_rests_on_a_snapshot_is_noted_once(shelf: CandleShelf) -> None:
    name = bring(shelf, 0).weeks[0].sha256
    note_use(shelf, [name, name], "digest:2026-W14")
    note_use(shelf, [name], "digest:2026-W14")
    assert stored.uses(shelf.connection, shelf.user_id, "digest:2026-W14") == (name,)


def test_nothing_can_rest_on_a_snapshot_that_is_gone(shelf: CandleShelf) -> None:
    with pytest.raises(SnapshotLost):
        note_use(shelf, ["0" * 64], "digest:2026-W14")
    assert stored.uses(shelf.connection, shelf.user_id, "digest:2026-W14") == ()


def test_snapshots_are_recalled_by_series_and_in_order(shelf: CandleShelf) -> None:
    weeks = bring(shelf, 0, 672).weeks
    eth = Series(Symbol("ETH-USD"), QUARTER, "coinbase")
    other = keep(shelf, eth, some(3), FetchedWindow(WEEK, LATER)).weeks[0]
    names = sorted(week.sha256 for week in (*weeks, other))
    found = recall(shelf, names)
    assert [one.series for one in found] == [SERIES, eth]
    assert found[0].sha256s == tuple(week.sha256 for week in weeks)
    assert found[0].columns.start_us.tolist() == [START, WEEK.end_us]


def test_the_listing_is_the_users_own(shelf: CandleShelf) -> None:
    bring(shelf, 0, 672)
    keep(shelf, Series(BTC, DAY, "file"), some(0, granularity=DAY), FetchedWindow(WEEK, LATER))
    listed = stored.weeks(shelf.connection, shelf.user_id)
    assert [(week.series.source, week.week, week.bars) for week in listed] == [
        ("coinbase", MONDAY, 1),
        ("coinbase", date(2026, 4, 6), 1),
        ("file", MONDAY, 1),
    ]
    assert stored.weeks(shelf.connection, UserId("u-bob")) == []
    assert stored.weeks_of(shelf.connection, shelf.user_id, SERIES, WEEK) == listed[:1]
    assert stored.forget(shelf.connection, shelf.user_id, SERIES) == 2
    assert stored.weeks(shelf.connection, shelf.user_id, BTC) == listed[2:]
