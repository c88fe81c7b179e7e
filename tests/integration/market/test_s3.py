"""Snapshots in a bucket, over the real protocol, in good weather and bad."""

import re
import select
import socket
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from socketserver import BaseRequestHandler, ThreadingTCPServer
from threading import Thread
from typing import Protocol

import psycopg
import pytest

from coach.engine.market import snapshots
from coach.engine.market.address import Keys, parse
from coach.engine.market.book import CandleShelf, FetchedWindow, keep, load
from coach.engine.market.lifecycle import GRACE, sweep
from coach.engine.market.objects import Objects, open_objects
from coach.engine.store import candles as stored
from coach.errors import ObjectTrouble, SnapshotLost
from coach.model.accounts import UserId
from coach.model.candles import QUARTER, Candle, CandleWindow, Series
from coach.model.fills import Symbol
from tests import clock

SECRET = "hunter2hunter2hunter2hunter2hunter2hunte"
KEYS = Keys("AKIAIOSFODNN7EXAMPLE", SECRET)
SERIES = Series(Symbol("BTC-USD"), QUARTER, "coinbase")
START = 1_774_828_800_000_000
WEEK = CandleWindow(START, START + 7 * 86_400_000_000)
LATER = datetime(2026, 5, 1, 12, tzinfo=UTC)
TEXT = b"coach-candles 1\n" * 100

Connect = Callable[[], psycopg.Connection]


class OwnS3(Protocol):
    port: int

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def ask(self, method: str, path: str) -> int: ...


class Relay(ThreadingTCPServer):
    """Breaks off so many connections, then leads each to the server behind."""

    daemon_threads = True

    def __init__(self, behind: int, broken: int) -> None:
        self.behind = behind
        self.broken = broken
        super().__init__(("127.0.0.1", 0), RelayedConnection)


class RelayedConnection(BaseRequestHandler):
    """Passes on what either side says until one hangs up."""

    server: Relay

    def handle(self) -> None:
        if self.server.broken:
            self.server.broken -= 1
            return
        with socket.create_connection(("127.0.0.1", self.server.behind)) as behind:
            other = {self.request: behind, behind: self.request}
            while True:
                for end in select.select(list(other), [], [])[0]:
                    told = end.recv(65_536)
                    if not told:
                        return
                    other[end].sendall(told)


@contextmanager
def relay(behind: int, broken: int) -> Iterator[int]:
    """Run a relay for the length of the block; yield its port."""
    with Relay(behind, broken) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def bucket(
    server: OwnS3, prefix: str = "coach/candles", name: str = "bars", port: int | None = None
) -> Objects:
    where = f"http://127.0.0.1:{port or server.port}"
    return open_objects(parse(f"s3://{name}/{prefix}?endpoint={where}&allow_http=true"), KEYS)


def bring(shelf: CandleShelf, price: int) -> str:
    at = Decimal(price)
    bars = [Candle(START, at, at, at, at, at)]
    return keep(shelf, SERIES, bars, FetchedWindow(WEEK, LATER)).weeks[0].sha256


def test_what_was_stored_in_a_bucket_is_fetched(own_s3: OwnS3) -> None:
    objects = bucket(own_s3)
    [name] = snapshots.store(objects, [TEXT])
    assert snapshots.store(objects, [TEXT]) == [name]
    assert snapshots.fetch(bucket(own_s3), name) == TEXT
    assert [one.key for one in objects.listed(snapshots.FOLDER)] == [snapshots.key_of(name)]
    with pytest.raises(SnapshotLost, match="gone"):
        snapshots.fetch(objects, "0" * 64)


def test_a_prefix_is_a_room_of_its_own(own_s3: OwnS3) -> None:
    [name] = snapshots.store(bucket(own_s3), [TEXT])
    assert own_s3.ask("HEAD", f"/bars/coach/candles/{snapshots.key_of(name)}") in {200, 403}
    assert list(bucket(own_s3, "other").listed("")) == []
    assert list(bucket(own_s3, "").listed("coach/candles/candles")) != []


def test_a_book_and_its_sweep_work_in_a_bucket(
    own_s3: OwnS3, connection: psycopg.Connection
) -> None:
    shelf = CandleShelf(connection, bucket(own_s3), UserId("u-alice"))
    old, new = bring(shelf, 1), bring(shelf, 2)
    tomorrow = clock.now() + GRACE + timedelta(minutes=1)
    swept = sweep(connection, shelf.objects, tomorrow)
    assert [one.key for one in swept.objects] == [snapshots.key_of(old)]
    [loaded] = load(shelf, SERIES.symbol, WEEK)
    assert loaded.sha256s == (new,)


def test_more_objects_than_one_page_are_all_listed(own_s3: OwnS3) -> None:
    objects = bucket(own_s3)
    for number in range(1005):
        objects.put(f"many/{number}", b"")
    assert len({one.key for one in objects.listed("many/")}) == 1005


def test_wrong_keys_are_said_so_and_never_told(strict_s3: OwnS3) -> None:
    objects = bucket(strict_s3)
    for use in (
        lambda: snapshots.store(objects, [TEXT]),
        lambda: snapshots.fetch(objects, "0" * 64),
        lambda: list(objects.listed("candles")),
        lambda: objects.delete(["candles/x"]),
    ):
        with pytest.raises(ObjectTrouble, match="does not let us in") as caught:
            use()
        told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.facts)
        assert SECRET not in told


def test_a_bucket_that_does_not_exist_is_no_missing_snapshot(own_s3: OwnS3) -> None:
    objects = bucket(own_s3, name="nowhere")
    for use in (
        lambda: snapshots.store(objects, [TEXT]),
        lambda: snapshots.fetch(objects, "0" * 64),
        lambda: list(objects.listed("candles")),
        lambda: objects.delete(["candles/x"]),
    ):
        with pytest.raises(ObjectTrouble, match=r"nowhere.*there is no such bucket"):
            use()


def test_a_server_that_dies_in_the_middle_leaves_nothing_half_done(
    own_s3: OwnS3, connection: psycopg.Connection
) -> None:
    shelf = CandleShelf(connection, bucket(own_s3), UserId("u-alice"))
    end = Thread(target=own_s3.stop)
    kept: list[str] = []

    def bring_until_it_dies() -> None:
        for price in range(1, 100_000):
            kept.append(bring(shelf, price))
            if price == 10:
                end.start()

    with pytest.raises(ObjectTrouble) as caught:
        bring_until_it_dies()
    end.join()
    assert SECRET not in "".join(traceback.format_exception(caught.value))
    (week,) = stored.weeks(connection, shelf.user_id)
    assert week.sha256 == kept[-1]
    own_s3.start()
    assert bring(shelf, 5) != week.sha256


def test_a_server_that_comes_back_in_time_is_not_noticed(own_s3: OwnS3) -> None:
    with relay(own_s3.port, broken=3) as port:
        objects = bucket(own_s3, port=port)
        [name] = snapshots.store(objects, [TEXT])
        assert snapshots.fetch(objects, name) == TEXT


def test_a_bucket_that_does_not_answer_is_told_in_one_short_line() -> None:
    nobody = open_objects(
        parse("s3://bucket/x?endpoint=http://127.0.0.1:9&allow_http=true"), Keys("id", "secret")
    )
    with pytest.raises(ObjectTrouble) as caught:
        nobody.get("candles/sha256/ab/abcd")
    assert re.fullmatch(
        r"object store: s3://bucket/x does not answer, tried again [1-6] times:"
        r" HTTP error: error sending request",
        str(caught.value),
    ), "how often depends on the time that the tries take"
