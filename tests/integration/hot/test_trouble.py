"""What happens when the store behind is down, slow, or comes back."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Protocol

import psycopg
import pytest

from coach.engine.hot.base import DayBucket, HotStore, TokenBucket
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.hot.in_postgres import PostgresHotStore
from coach.engine.hot.in_redis import RedisHotStore
from coach.engine.hot.lenient import LenientHotStore
from coach.engine.store.connect import connect
from coach.errors import HotStoreDown
from tests import clock

Opener = Callable[[], HotStore]


class OwnRedis(Protocol):
    url: str

    def start(self) -> None: ...
    def stop(self) -> None: ...
    def freeze(self) -> None: ...


def uses(store: HotStore) -> list[Callable[[], object]]:
    return [
        lambda: store.get("a"),
        lambda: store.put("a", b"x", 60),
        lambda: store.claim("a", 60),
        lambda: store.take("a", TokenBucket(1, 1)),
    ]


@pytest.mark.redis
def test_a_redis_that_is_down_says_so_and_works_when_it_is_back(own_redis: OwnRedis) -> None:
    store = RedisHotStore(own_redis.url)
    store.put("a", b"x", 60)
    own_redis.stop()
    for use in uses(store):
        with pytest.raises(HotStoreDown, match="Redis"):
            use()
    own_redis.start()
    assert store.get("a") is None
    assert store.claim("a", 60)
    store.close()


@pytest.mark.redis
def test_a_redis_that_hangs_costs_about_a_second_and_then_nothing(own_redis: OwnRedis) -> None:
    warnings: list[str] = []
    behind = RedisHotStore(own_redis.url)
    store = LenientHotStore(behind, MemoryHotStore(clock.seconds), warnings.append)
    own_redis.freeze()
    began = time.monotonic()
    answers = [use() for use in uses(store) * 30]
    assert time.monotonic() - began < 60  # a hundred and twenty tries of a second each would be 120
    assert answers[:4] == [None, None, True, 0]
    assert answers[4:7] == [b"x", None, False]
    assert len(warnings) == 1
    behind.close()


@pytest.mark.redis
def test_a_redis_that_forgot_its_scripts_takes_tokens_all_the_same(own_redis: OwnRedis) -> None:
    store = RedisHotStore(own_redis.url)
    assert store.take("a", TokenBucket(2, 0.001)) == 0
    store._redis.script_flush()
    assert store.take("a", TokenBucket(2, 0.001)) == 0
    store.close()


def test_the_password_of_a_redis_is_never_told() -> None:
    store = RedisHotStore("redis://:hunter2@127.0.0.1:1/0")
    with pytest.raises(HotStoreDown) as caught:
        store.get("a")
    assert "hunter2" not in str(caught.value)


@pytest.mark.redis
@pytest.mark.usefixtures("far_from_midnight")
def test_yesterdays_day_bucket_is_full_again_in_redis(own_redis: OwnRedis) -> None:
    store = RedisHotStore(own_redis.url)
    assert store.take("a", DayBucket(1)) == 0
    assert store.take("a", DayBucket(1)) > 0
    store._redis.hincrbyfloat("coach:bucket:a", "at", -86_400)
    assert store.take("a", DayBucket(1)) == 0
    store.close()


@pytest.mark.redis
def test_what_redis_keeps_has_an_end(own_redis: OwnRedis) -> None:
    store = RedisHotStore(own_redis.url)
    store.put("a", b"x", 60)
    store.claim("a", 60)
    store.take("a", TokenBucket(10, 1))
    store.take("b", DayBucket(10))
    keys = sorted(store._redis.keys())
    assert len(keys) == 4
    assert all(0 < store._redis.ttl(key) <= 86_401 for key in keys)
    store.close()


@pytest.mark.usefixtures("far_from_midnight")
def test_yesterdays_day_bucket_is_full_again_in_postgresql(
    connection: psycopg.Connection, database_url: str
) -> None:
    store = PostgresHotStore(lambda: connect(database_url))
    assert store.take("a", DayBucket(1)) == 0
    assert store.take("a", DayBucket(1)) > 0
    connection.execute("update hot_bucket set at = at - interval '1 day'")
    assert store.take("a", DayBucket(1)) == 0
    store.close()


def test_a_connection_that_was_cut_is_opened_again(
    connection: psycopg.Connection, database_url: str
) -> None:
    store = PostgresHotStore(lambda: connect(database_url))
    store.put("a", b"x", 60)
    connection.execute(
        "select pg_terminate_backend(pid) from pg_stat_activity"
        " where datname = current_database() and pid <> pg_backend_pid()"
    )
    with pytest.raises(HotStoreDown):
        store.get("a")
    assert store.get("a") == b"x"
    store.close()


def test_a_database_that_cannot_be_reached_is_a_store_that_is_down() -> None:
    store = PostgresHotStore(lambda: connect("postgresql://x:hunter2@127.0.0.1:1/x"))
    for use in uses(store):
        with pytest.raises(HotStoreDown) as caught:
            use()
        assert "hunter2" not in str(caught.value)


def test_a_claim_stays_when_the_work_around_it_is_rolled_back(
    connection: psycopg.Connection, database_url: str
) -> None:
    store = PostgresHotStore(lambda: connect(database_url))
    with connection.transaction(force_rollback=True):
        assert store.claim("a", 60)
    assert not store.claim("a", 60)
    store.close()


def test_the_table_forgets_what_is_over(connection: psycopg.Connection, database_url: str) -> None:
    store = PostgresHotStore(lambda: connect(database_url))
    for number in range(40):
        store.put(f"{number}", b"x", 0.001)
        store.take(f"{number}", TokenBucket(1, 100_000))
    connection.execute("update hot_bucket set expires_at = now()")
    time.sleep(0.01)
    for number in range(25):
        store.put(f"long {number}", b"x", 60)
        store.take(f"long {number}", DayBucket(1))
    left = connection.execute("select key from hot_value union all select key from hot_bucket")
    long = {f"long {number}" for number in range(25)}
    assert {key.split(":", 2)[2] for (key,) in left} == long
    store.close()


def test_a_redis_that_sends_bits_now_and_then_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.engine.hot.redis_limits.CALL_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        dripping = Thread(target=drip, args=(listener,))
        dripping.start()
        store = RedisHotStore(f"redis://127.0.0.1:{listener.getsockname()[1]}")
        with pytest.raises(HotStoreDown, match="no reply within"):
            store.get("a")
        store.close()
        dripping.join()


def drip(listener: socket.socket) -> None:
    """Answer each question of one connection with the beginning of a long reply, bit by bit."""
    listener.settimeout(60)
    with suppress(OSError), listener.accept()[0] as wire:
        wire.sendall(b"$1000000\r\n")
        while True:
            wire.sendall(b"x")
            time.sleep(0.02)
