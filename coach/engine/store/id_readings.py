"""The stored readings of source ids: which there are, and which of them stand under which key.

A reading is a row of `fill` while it stands, else of `fill_version`, where `stands_for` is the
key of the fill that stands in its place.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.ledger.identity import PREFIX, Content, StoredReading
from coach.engine.store.fills import COLUMNS, SAYS, Shelf
from coach.engine.store.keys import LENGTH
from coach.model.fills import FillKey

MOST_OF_AN_ID = 1_000
"""Readings that a look-up returns of one id; a word in place of ids may stand on a million."""


class KnownReading(NamedTuple):
    """A stored reading as an import compares it with a row."""

    key: FillKey
    n: int
    native_id: str
    content: Content


def known(
    connection: Connection[Any], shelf: Shelf, ranges: Iterable[tuple[bytes, bytes]]
) -> dict[bytes, list[KnownReading]]:
    """Return the readings of each range of keys in stored order, by the range's beginning.

    `offset 0` keeps the look-up on the key alone: while a table grows within a transaction the
    planner thinks it nearly empty and would take any index.
    """
    lows, highs = _ends(ranges)
    found: dict[bytes, list[KnownReading]] = {}
    for table in ("fill_version", "fill"):
        rows = connection.execute(
            f"select low, key, n, native_id, {SAYS}"  # noqa: S608 - constant names
            " from unnest(%s::bytea[], %s::bytea[]) as wanted (low, high) cross join lateral"
            f" (select * from {table} where key >= low and key <= high"
            f"   limit {MOST_OF_AN_ID} offset 0) f where user_id = %s and account_id = %s",
            [lows, highs, shelf.user_id, shelf.account_id],
        )
        for low, key, n, native_id, *content in rows:
            found.setdefault(low, []).append(KnownReading(key, n, native_id, tuple(content)))
    for readings in found.values():
        readings.sort(key=lambda reading: reading.n)
    return found


def _ends(ranges: Iterable[tuple[bytes, bytes]]) -> tuple[list[bytes], list[bytes]]:
    wanted = list(ranges)
    return [low for low, _ in wanted], [high for _, high in wanted]


def range_of(key: bytes) -> tuple[bytes, bytes]:
    """Return the first and the last key that a fill of the same id may have."""
    return key[:PREFIX] + bytes(LENGTH - PREFIX), key[:PREFIX] + b"\xff" * (LENGTH - PREFIX)


class PlacedReading(NamedTuple):
    """A stored reading and where it is: under which key, and for whom it stands aside."""

    key: FillKey
    stands_for: FillKey | None
    run_n: int
    native_id: str
    family: str
    reading: StoredReading


def placed(
    connection: Connection[Any], shelf: Shelf, ranges: Iterable[tuple[bytes, bytes]]
) -> list[PlacedReading]:
    """Return the readings whose keys lie in these ranges, with the runs that hold them."""
    lows, highs = _ends(ranges)
    found: list[PlacedReading] = []
    for table, aside in (("fill", "null::bytea"), ("fill_version", "stands_for")):
        rows = connection.execute(
            f"select key, {aside}, f.run_n, native_id, o.family, f.n, f.rank, array("  # noqa: S608 - constant names
            "   select r.n from run r where r.user_id = f.user_id and r.account_id = f.account_id"
            "      and (r.state = 'done' or r.n = %s) and (r.n = f.run_n or r.seen @> f.n)),"
            f" {SAYS} from unnest(%s::bytea[], %s::bytea[]) as wanted (low, high)"
            f" cross join lateral (select * from {table}"
            "   where key >= low and key <= high offset 0) f"
            " join run o on o.user_id = f.user_id and o.n = f.run_n"
            " where f.user_id = %s and f.account_id = %s",
            [shelf.run_n, lows, highs, shelf.user_id, shelf.account_id],
        )
        for key, stands_for, run_n, native_id, family, n, rank, runs, *content in rows:
            reading = StoredReading(n, tuple(content), rank, frozenset(runs))
            found.append(PlacedReading(key, stands_for, run_n, native_id, family, reading))
    return found


class Move(NamedTuple):
    """A reading and where it is to be: under `key`, standing where `stands_for` is None."""

    reading: PlacedReading
    key: FillKey
    stands_for: FillKey | None


def move(connection: Connection[Any], shelf: Shelf, moves: Sequence[Move]) -> None:
    """Put readings where they are to be; versions of other ids follow the fill they stand for."""
    leave = [m for m in moves if m.reading.stands_for is None and m.stands_for is not None]
    rename = [m for m in moves if m.reading.stands_for is None and m.stands_for is None]
    enter = [m for m in moves if m.reading.stands_for is not None and m.stands_for is None]
    shift = [m for m in moves if m.reading.stands_for is not None and m.stands_for is not None]
    _follow(connection, shelf, [*leave, *rename])
    _leave(connection, shelf, leave)
    _rename(connection, shelf, rename)
    _shift(connection, shelf, shift)
    _enter(connection, shelf, enter)


def _follow(connection: Connection[Any], shelf: Shelf, moves: Sequence[Move]) -> None:
    connection.execute(
        "update fill_version v set stands_for = pair.place"
        " from unnest(%s::bytea[], %s::bytea[]) as pair (old, place)"
        " where v.user_id = %s and v.account_id = %s and v.stands_for = pair.old",
        [
            [m.reading.key for m in moves],
            [m.stands_for or m.key for m in moves],
            shelf.user_id,
            shelf.account_id,
        ],
    )


_OTHERS = COLUMNS.replace(" key,", "")


def _leave(connection: Connection[Any], shelf: Shelf, moves: Sequence[Move]) -> None:
    old = [m.reading.key for m in moves]
    connection.execute(
        f"insert into fill_version ({_OTHERS}, n, key, stands_for)"  # noqa: S608 - constant names
        f" select {_OTHERS}, n, pair.name, pair.place from fill"
        " join unnest(%s::bytea[], %s::bytea[], %s::bytea[]) as pair (old, name, place)"
        " on key = old where user_id = %s and account_id = %s",
        [
            old,
            [m.key for m in moves],
            [m.stands_for for m in moves],
            shelf.user_id,
            shelf.account_id,
        ],
    )
    connection.execute(
        "delete from fill where user_id = %s and account_id = %s and key = any(%s)",
        [shelf.user_id, shelf.account_id, old],
    )


def _rename(connection: Connection[Any], shelf: Shelf, moves: Sequence[Move]) -> None:
    connection.execute(
        "update fill f set key = pair.name"
        " from unnest(%s::bytea[], %s::bytea[]) as pair (old, name)"
        " where f.key = pair.old and f.user_id = %s and f.account_id = %s",
        [
            [m.reading.key for m in moves],
            [m.key for m in moves],
            shelf.user_id,
            shelf.account_id,
        ],
    )


def _shift(connection: Connection[Any], shelf: Shelf, moves: Sequence[Move]) -> None:
    connection.execute(
        "update fill_version v set key = pair.name, stands_for = pair.place"
        " from unnest(%s::bigint[], %s::bytea[], %s::bytea[]) as pair (n, name, place)"
        " where v.user_id = %s and v.n = pair.n",
        [
            [m.reading.reading.n for m in moves],
            [m.key for m in moves],
            [m.stands_for for m in moves],
            shelf.user_id,
        ],
    )


def _enter(connection: Connection[Any], shelf: Shelf, moves: Sequence[Move]) -> None:
    connection.execute(
        "with gone as (delete from fill_version v"  # noqa: S608 - constant names
        "   using unnest(%s::bigint[], %s::bytea[]) as pair (n, name)"
        "   where v.user_id = %s and v.n = pair.n returning v.*, pair.name)"
        f" insert into fill ({_OTHERS}, n, key) select {_OTHERS}, n, name from gone",
        [[m.reading.reading.n for m in moves], [m.key for m in moves], shelf.user_id],
    )


class FormerReading(NamedTuple):
    """A fill under a key of earlier versions, and the equal reading that takes its place."""

    key: FillKey
    kept: PlacedReading


def absorb(connection: Connection[Any], shelf: Shelf, former: Sequence[FormerReading]) -> None:
    """Drop fills that stand twice: the runs that hold them hold the equal readings instead."""
    facts = {
        "keys": [one.key for one in former],
        "kept": [one.kept.reading.n for one in former],
        "place": [one.kept.stands_for or one.kept.key for one in former],
        "user": shelf.user_id,
        "account": shelf.account_id,
    }
    connection.execute(
        "update run r set seen = seen + held.kept from (select r.n, range_agg("
        "     int8range(pair.kept, pair.kept, '[]')) as kept from run r"
        "   join unnest(%(keys)s::bytea[], %(kept)s::bigint[]) as pair (key, kept) on true"
        "   join fill f on f.key = pair.key and f.user_id = r.user_id"
        "    and f.account_id = r.account_id and (r.n = f.run_n or r.seen @> f.n)"
        "   where r.user_id = %(user)s and r.account_id = %(account)s group by r.n) held"
        " where r.user_id = %(user)s and r.n = held.n",
        facts,
    )
    connection.execute(
        "update fill_version v set stands_for = pair.place"
        " from unnest(%(keys)s::bytea[], %(place)s::bytea[]) as pair (key, place)"
        " where v.user_id = %(user)s and v.account_id = %(account)s and v.stands_for = pair.key",
        facts,
    )
    connection.execute(
        "delete from fill where user_id = %(user)s and account_id = %(account)s"
        " and key = any(%(keys)s)",
        facts,
    )
