"""What nothing refers to goes, and nothing else."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from threading import Event, Thread

import psycopg
import pytest

from coach.engine.market import snapshots
from coach.engine.market.address import Folder
from coach.engine.market.book import CandleShelf, FetchedWindow, keep, note_use
from coach.engine.market.lifecycle import GRACE, sweep
from coach.engine.market.objects import Objects, open_objects
from coach.engine.store import candles as stored
from coach.errors import Refused
from coach.model.accounts import UserId
from coach.model.candles import QUARTER, Candle, CandleWindow, Series
from coach.model.fills import Symbol
from tests import clock

Connect = Callable[[], psycopg.Connection]

SERIES = Series(Symbol("BTC-USD"), QUARTER, "coinbase")
START = 1_774_828_800_000_000
TOMORROW = clock.now() + GRACE + timedelta(hours=6)  # however long the run takes


def bring(shelf: CandleShelf, price: int) -> str:
    """Keep one bar at a price and return the snapshot's name."""
    at = Decimal(price)
    asked = FetchedWindow(CandleWindow(START, START + 1), TOMORROW)
    kept = keep(shelf, SERIES, [Candle(START, at, at, at, at, at)], asked)
    return kept.weeks[0].sha256


def there(objects: Objects) -> set[str | None]:
    return {snapshots.name_of(one.key) for one in objects.listed(snapshots.FOLDER)}


def test_a_snapshot_that_a_newer_one_replaced_goes(shelf: CandleShelf) -> None:
    old, new = bring(shelf, 1), bring(shelf, 2)
    swept = sweep(shelf.connection, shelf.objects, TOMORROW)
    assert [one.key for one in swept.objects] == [snapshots.key_of(old)]
    assert swept.size > 0
    assert there(shelf.objects) == {new}


def test_a_dry_run_says_the_same_and_deletes_nothing(shelf: CandleShelf) -> None:
    both = {bring(shelf, 1), bring(shelf, 2)}
    said = sweep(shelf.connection, shelf.objects, TOMORROW, dry_run=True)
    assert there(shelf.objects) == both
    assert sweep(shelf.connection, shelf.objects, TOMORROW) == said


def test_what_a_killed_coach_wrote_half_goes(
    connection: psycopg.Connection, tmp_path: Path
) -> None:
    """Its name ends in a number sign and a number; a file of somebody else stays."""
    objects = open_objects(Folder(tmp_path / "objects"))
    shelf = CandleShelf(connection, objects, UserId("u-ann"))
    kept = tmp_path / "objects" / snapshots.key_of(bring(shelf, 1))
    half, foreign = kept.with_name(f"{kept.name}#1"), kept.with_name("notes #1 of mine")
    for file in (half, foreign):
        file.write_bytes(b"half")
    early = clock.now()
    assert sweep(connection, objects, early).objects == ()
    assert [one.size for one in sweep(connection, objects, TOMORROW, dry_run=True).objects] == [4]
    assert half.exists()
    sweep(connection, objects, TOMORROW)
    assert (kept.exists(), half.exists(), foreign.exists()) == (True, False, True)


def test_what_a_digest_rests_on_stays_until_the_digest_lets_go(shelf: CandleShelf) -> None:
    old = bring(shelf, 1)
    note_use(shelf, [old], "digest:2026-W14")
    bring(shelf, 2)
    assert sweep(shelf.connection, shelf.objects, TOMORROW).objects == ()
    shelf.connection.execute("delete from candle_use where used_by = 'digest:2026-W14'")
    assert len(sweep(shelf.connection, shelf.objects, TOMORROW).objects) == 1


def test_what_another_user_refers_to_stays(shelf: CandleShelf) -> None:
    old = bring(shelf, 1)
    bring(replace(shelf, user_id=UserId("u-bob")), 1)
    bring(shelf, 2)
    sweep(shelf.connection, shelf.objects, TOMORROW)
    assert old in there(shelf.objects)


def test_what_was_written_lately_stays(shelf: CandleShelf) -> None:
    bring(shelf, 1)
    bring(shelf, 2)
    now = clock.now()
    assert sweep(shelf.connection, shelf.objects, now).objects == ()


def test_what_is_no_snapshot_stays(shelf: CandleShelf) -> None:
    bring(shelf, 1)
    for key in ("candles/sha256/ab/notes.txt", "backup/x"):
        shelf.objects.put(key, b"mine")
    stored.forget(shelf.connection, shelf.user_id, SERIES)
    assert len(sweep(shelf.connection, shelf.objects, TOMORROW).objects) == 1
    assert shelf.objects.get("candles/sha256/ab/notes.txt") == b"mine"
    assert shelf.objects.get("backup/x") == b"mine"


def test_many_leftovers_go_in_one_run(shelf: CandleShelf) -> None:
    names = {bring(shelf, price) for price in range(1, 122)}
    swept = sweep(shelf.connection, shelf.objects, TOMORROW)
    assert len(swept.objects) == 120
    assert len(there(shelf.objects)) == 1
    assert there(shelf.objects) < names


def test_nothing_is_deleted_where_another_database_keeps_its_candles(
    shelf: CandleShelf, another_empty_database_url: str
) -> None:
    from coach.engine.store import migrate
    from coach.engine.store.connect import connect

    bring(shelf, 1)
    bring(shelf, 2)
    migrate.upgrade(another_empty_database_url)
    with (
        connect(another_empty_database_url) as stranger,
        pytest.raises(Refused, match="another coach"),
    ):
        sweep(stranger, shelf.objects, TOMORROW)
    assert len(there(shelf.objects)) == 2


class Slow(Objects):
    """Stops before it writes a snapshot, until it is told to go on."""

    def __init__(self, behind: Objects) -> None:
        super().__init__(behind._behind, behind.place, behind._folder)
        self.here = Event()
        self.go_on = Event()

    def put_all(self, contents: Mapping[str, bytes]) -> None:
        super().put_all(contents)
        if any(key.startswith(snapshots.FOLDER) for key in contents):
            self.here.set()
            assert self.go_on.wait(60)


def test_who_writes_the_same_content_at_the_same_time_does_not_lose_it(
    shelf: CandleShelf, connections: Connect
) -> None:
    """The object is there, unused; bob puts it again, and the sweep comes before his commit."""
    old = bring(shelf, 1)
    bring(shelf, 2)
    slow = Slow(shelf.objects)
    bob = CandleShelf(connections(), slow, UserId("u-bob"))
    writer = Thread(target=bring, args=(bob, 1))
    writer.start()
    assert slow.here.wait(60)
    during = sweep(shelf.connection, shelf.objects, TOMORROW)
    slow.go_on.set()
    writer.join()
    assert during.busy
    assert during.objects == ()
    assert sweep(shelf.connection, shelf.objects, TOMORROW).objects == ()
    assert old in there(shelf.objects)


class Dying(Objects):
    """Deletes one object, and then the power fails."""

    def __init__(self, behind: Objects) -> None:
        super().__init__(behind._behind, behind.place, behind._folder)

    def delete(self, keys: Sequence[str]) -> None:
        super().delete(keys[:1])
        raise KeyboardInterrupt


def test_a_sweep_that_was_cut_short_is_finished_by_the_next(shelf: CandleShelf) -> None:
    kept = [bring(shelf, price) for price in (1, 2, 3, 4)][-1]
    with pytest.raises(KeyboardInterrupt):
        sweep(shelf.connection, Dying(shelf.objects), TOMORROW)
    assert len(there(shelf.objects)) == 3
    assert len(sweep(shelf.connection, shelf.objects, TOMORROW).objects) == 2
    assert there(shelf.objects) == {kept}


def test_a_writer_that_was_cut_short_leaves_what_the_sweep_takes(
    shelf: CandleShelf, tmp_path: Path
) -> None:
    kept = bring(shelf, 1)
    with shelf.connection.transaction(force_rollback=True):
        bring(shelf, 2)
    assert len(there(open_objects(Folder(tmp_path / "objects")))) == 2
    sweep(shelf.connection, shelf.objects, TOMORROW)
    assert there(shelf.objects) == {kept}
