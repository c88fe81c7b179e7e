"""What conclusions are drawn from is at hand: no transaction waits for a bucket."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

import psycopg
import pytest

from coach.engine.market import objects, snapshots
from coach.engine.market.address import Keys, parse
from coach.engine.market.book import CandleShelf, FetchedWindow, bring_to_hand, keep, load
from coach.engine.market.lifecycle import GRACE, sweep
from coach.engine.market.objects import Objects, open_objects
from coach.errors import ObjectTrouble
from coach.model.accounts import UserId
from coach.model.candles import QUARTER, Candle, CandleWindow, Series
from coach.model.fills import Symbol
from tests import clock

SERIES = Series(Symbol("BTC-USD"), QUARTER, "coinbase")
START = 1_774_828_800_000_000
WEEK = CandleWindow(START, START + 7 * 86_400_000_000)
LATER = datetime(2026, 5, 1, 12, tzinfo=UTC)

Connect = Callable[[], psycopg.Connection]


class OwnS3(Protocol):
    port: int

    def stop(self) -> None: ...
    def freeze(self) -> None: ...


def bucket(server: OwnS3, copies: Path) -> Objects:
    where = f"http://127.0.0.1:{server.port}"
    address = parse(f"s3://bars/x?endpoint={where}&allow_http=true")
    return open_objects(address, Keys("id", "secret"), copies)


@contextmanager
def frozen(server: OwnS3) -> Iterator[None]:
    """Let a server accept and never answer, until the block ends."""
    server.freeze()
    try:
        yield
    finally:
        server.stop()


@pytest.fixture
def near(own_s3: OwnS3, connection: psycopg.Connection, tmp_path: Path) -> CandleShelf:
    """Return a shelf over a bucket, with copies in the folder `copies`; one week is kept there."""
    shelf = CandleShelf(connection, bucket(own_s3, tmp_path / "copies"), UserId("u-alice"))
    bring(shelf, 1)
    return shelf


def bring(shelf: CandleShelf, price: int) -> str:
    at = Decimal(price)
    kept = keep(shelf, SERIES, [Candle(START, at, at, at, at, at)], FetchedWindow(WEEK, LATER))
    return kept.weeks[0].sha256


def copies(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "copies").rglob("*") if path.is_file())


def test_what_was_just_kept_is_at_hand_and_read_without_the_bucket(
    near: CandleShelf, own_s3: OwnS3
) -> None:
    own_s3.stop()
    with near.connection.transaction():
        (loaded,) = load(near, SERIES.symbol, WEEK)
    assert loaded.columns.close.tolist() == [1.0]


def test_within_a_transaction_a_bucket_is_never_asked(
    near: CandleShelf, own_s3: OwnS3, tmp_path: Path
) -> None:
    for copy in copies(tmp_path):
        copy.unlink()
    with (
        frozen(own_s3),
        pytest.raises(ObjectTrouble, match="is not at hand yet"),
        near.connection.transaction(),
    ):
        load(near, SERIES.symbol, WEEK)


def test_what_is_missing_is_brought_before(
    near: CandleShelf, own_s3: OwnS3, tmp_path: Path
) -> None:
    for copy in copies(tmp_path):
        copy.unlink()
    bring_to_hand(near)
    own_s3.stop()
    with near.connection.transaction():
        assert len(load(near, SERIES.symbol, WEEK)) == 1
    assert [copy.stat().st_mode & 0o777 for copy in copies(tmp_path)] == [0o600]


def test_why_nothing_could_be_brought_is_told_to_who_reads(
    near: CandleShelf, own_s3: OwnS3, tmp_path: Path
) -> None:
    for copy in copies(tmp_path):
        copy.unlink()
    own_s3.stop()
    with pytest.raises(ObjectTrouble, match="does not answer"):
        bring_to_hand(near)
    with pytest.raises(ObjectTrouble, match="does not answer"), near.connection.transaction():
        load(near, SERIES.symbol, WEEK)


def test_a_request_that_breaks_before_it_is_sent_is_a_store_that_does_not_answer() -> None:
    broken = OSError(
        "Generic S3 error: Error performing GET http://127.0.0.1:9/bars/x in 4.1ms"
        " - HTTP error: error sending request"
    )
    trouble = objects._explained("object store: s3://bars", "x", broken)
    assert "s3://bars does not answer: error sending request" in str(trouble)


def test_a_copy_that_was_spoiled_is_fetched_anew(near: CandleShelf, tmp_path: Path) -> None:
    (copy,) = copies(tmp_path)
    good = copy.read_bytes()
    copy.write_bytes(b"spoiled")
    assert len(load(near, SERIES.symbol, WEEK)) == 1
    assert copy.read_bytes() == good


def test_what_is_swept_from_the_bucket_is_no_longer_at_hand(
    near: CandleShelf, tmp_path: Path
) -> None:
    new = bring(near, 2)
    assert len(copies(tmp_path)) == 2
    sweep(near.connection, near.objects, clock.now() + GRACE + GRACE)
    assert [copy.name for copy in copies(tmp_path)] == [new]


def test_a_folder_of_this_machine_is_at_hand_as_it_is(shelf: CandleShelf) -> None:
    name = bring(shelf, 1)
    bring_to_hand(shelf)
    with shelf.connection.transaction():
        assert len(load(shelf, SERIES.symbol, WEEK)) == 1
    assert snapshots.fetch_at_hand(shelf.objects, [name])[0].startswith(b"coach-candles 1")


def test_no_transaction_is_open_while_an_object_travels(
    near: CandleShelf, own_s3: OwnS3, connections: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.engine.market.objects.CALL_S", 1.0)
    watcher = connections()
    seen: list[str] = []
    asked = near.objects.put_all

    def watch(contents: Mapping[str, bytes]) -> None:
        row = watcher.execute(
            "select state from pg_stat_activity where pid = %s",
            [near.connection.info.backend_pid],
        ).fetchone()
        seen.append(str(row and row[0]))
        asked(contents)

    monkeypatch.setattr(near.objects, "put_all", watch)
    with (
        frozen(own_s3),
        pytest.raises(ObjectTrouble, match=r"does not answer within 1 s \(limit\)"),
    ):
        bring(near, 3)
    assert seen == ["idle"]
    assert near.connection.execute("select count(*) from candle_week").fetchone() == (1,)


def test_a_command_asks_a_bucket_for_an_hour_at_most(own_s3: OwnS3, tmp_path: Path) -> None:
    objects = bucket(own_s3, tmp_path / "copies")
    moments = iter([1.0, 3_600.0, 3_602.0])
    objects._ticks = lambda: next(moments)
    assert objects.get("a") is None
    assert objects.get("a") is None
    with pytest.raises(ObjectTrouble, match=r"the hour of one command is over \(3600 s, limit\)"):
        objects.get("a")
