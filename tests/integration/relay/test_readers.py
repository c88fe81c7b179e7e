"""A few connections for however many readers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest

from coach.engine.relay.readers import Readers

Connect = Callable[[], psycopg.Connection]


def test_however_many_read_no_more_connections_are_opened(connections: Connect) -> None:
    opened: list[psycopg.Connection] = []

    def connect() -> psycopg.Connection:
        opened.append(connections())
        return opened[-1]

    readers = Readers(connect, most=2)

    def read(number: int) -> int:
        with readers.connection() as connection:
            row = connection.execute("select %s::int", [number]).fetchone()
            assert row is not None
            return int(row[0])

    with ThreadPoolExecutor(12) as pool:
        assert list(pool.map(read, range(60))) == list(range(60))
    assert len(opened) <= 2


def test_a_connection_is_used_again_and_closed_when_nobody_needs_it(connections: Connect) -> None:
    readers = Readers(connections)
    with readers.connection() as first:
        pass
    with readers.connection() as again:
        assert again is first
    readers.close_idle(60)
    assert not first.closed
    readers.close_idle(0)
    assert first.closed


def test_after_an_error_no_connection_is_trusted(connections: Connect) -> None:
    readers = Readers(connections)
    with readers.connection() as one, readers.connection() as other:
        pass
    with pytest.raises(psycopg.Error), readers.connection() as used:
        used.execute("select 1/0")
    assert one.closed
    assert other.closed
    with readers.connection() as new:
        assert new not in {one, other}
