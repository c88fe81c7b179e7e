"""The stored readings of source ids: which there are, and which of them stand under which key.

A reading is a row of `fill` while it stands, else of `fill_version`, where `stands_for` is the
key of the fill that stands in its place.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.ledger.identity import PREFIX, Content, StoredReading
from coach.engine.store.fills import COLUMNS, SAYS, RunTarget
from coach.engine.store.keys import joined, rows_of
from coach.model.fills import FillKey

MOST_OF_AN_ID = 64
"""Readings that a look-up returns of one id; a word in place of ids may stand on a million."""


class KnownReading(NamedTuple):
    """A stored reading as an import compares it with a row; `n` counts them as they were stored."""

    key: FillKey
    n: int
    native_id: str
    content: Content


# `offset 0` keeps the look-up on the key alone: while a table grows within a transaction the
# planner thinks it nearly empty and would take any index. Keys that begin so lie below the bound.
READINGS_OF_IDS = f"""
select wanted.start, key, n, native_id, {SAYS}
  from {rows_of("start", length=PREFIX)} wanted cross join lateral (
    select * from (
      select * from {{table}} where key >= wanted.start
         and key < wanted.start || '\\xffffffffffffffffff'::bytea offset 0) of_all
     where user_id = %(user)s and account_id = %(account)s limit {MOST_OF_AN_ID}) f
"""  # noqa: S608 - constant names
READINGS_OF_KEYS = f"""
select wanted.key, f.key, n, native_id, {SAYS}
  from {rows_of("key")} wanted cross join lateral (
    select * from {{table}} t where t.key = wanted.key offset 0) f
 where user_id = %(user)s and account_id = %(account)s
"""  # noqa: S608 - constant names


def readings_of_ids(
    connection: Connection[Any], shelf: RunTarget, starts: Iterable[bytes]
) -> dict[bytes, list[KnownReading]]:
    """Return the readings of ids, in stored order, by the beginning of their keys."""
    return _known(connection, shelf, READINGS_OF_IDS, {"start": joined(starts)})


def readings_of_keys(
    connection: Connection[Any], shelf: RunTarget, keys: Iterable[bytes]
) -> dict[bytes, list[KnownReading]]:
    """Return the readings under these keys, in stored order."""
    return _known(connection, shelf, READINGS_OF_KEYS, {"key": joined(keys)})


def _known(
    connection: Connection[Any], shelf: RunTarget, query: str, wanted: dict[str, bytes]
) -> dict[bytes, list[KnownReading]]:
    found: dict[bytes, list[KnownReading]] = {}
    if not any(wanted.values()):
        return found
    for table in ("fill_version", "fill"):
        rows = connection.execute(
            query.format(table=table), {**_facts(shelf), **wanted}, binary=True
        )
        for start, key, n, native_id, *content in rows:
            found.setdefault(start, []).append(KnownReading(key, n, native_id, tuple(content)))
    for readings in found.values():
        if len(readings) > 1:
            readings.sort(key=lambda reading: reading.n)
    return found


def _facts(shelf: RunTarget) -> dict[str, object]:
    return {"user": shelf.user_id, "account": shelf.account_id, "run": shelf.run_n}


class PlacedReading(NamedTuple):
    """A stored reading and where it is: under which key, and for whom it stands aside."""

    key: FillKey
    stands_for: FillKey | None
    run_n: int
    native_id: str
    family: str
    reading: StoredReading


PLACED = f"""
select f.key, {{stands_for}}, f.run_n, native_id, o.family, f.n, f.rank, array(
         select r.n from run r where r.user_id = f.user_id and r.account_id = f.account_id
            and (r.state = 'done' or r.n = %(run)s) and (r.n = f.run_n or r.seen @> f.n)), {SAYS}
  from {{wanted}} wanted cross join lateral (select * from {{table}} t where {{these}} offset 0) f
  join run o on o.user_id = f.user_id and o.n = f.run_n
 where f.user_id = %(user)s and f.account_id = %(account)s
"""  # noqa: S608 - constant names


def placed_under(
    connection: Connection[Any], shelf: RunTarget, keys: Iterable[FillKey]
) -> list[PlacedReading]:
    """Return the readings under these keys, with the runs that hold them."""
    query = PLACED.replace("{wanted}", rows_of("key")).replace("{these}", "t.key = wanted.key")
    return _placed(connection, shelf, query, {"key": joined(keys)})


def placed_of(
    connection: Connection[Any], shelf: RunTarget, starts: Iterable[bytes]
) -> list[PlacedReading]:
    """Return the readings of ids by the beginning of their keys, with the runs that hold them."""
    these = "t.key >= wanted.start and t.key < wanted.start || '\\xffffffffffffffffff'::bytea"
    wanted = rows_of("start", length=PREFIX)
    query = PLACED.replace("{wanted}", wanted).replace("{these}", these)
    return _placed(connection, shelf, query, {"start": joined(starts)})


def placed_beside(
    connection: Connection[Any], shelf: RunTarget, keys: Iterable[FillKey]
) -> list[PlacedReading]:
    """Return the readings that stand aside for these fills, with the runs that hold them."""
    of_user = "t.user_id = %(user)s and t.account_id = %(account)s"
    these = f"{of_user} and t.stands_for = wanted.key"
    query = PLACED.replace("{wanted}", rows_of("key")).replace("{these}", these)
    return _placed(connection, shelf, query, {"key": joined(keys)}, (ASIDE,))


STANDING = ("fill", "null::bytea")
ASIDE = ("fill_version", "stands_for")


def _placed(
    connection: Connection[Any],
    shelf: RunTarget,
    query: str,
    wanted: dict[str, bytes],
    tables: Sequence[tuple[str, str]] = (STANDING, ASIDE),
) -> list[PlacedReading]:
    found: list[PlacedReading] = []
    for table, stands_for in tables:
        rows = connection.execute(
            query.format(table=table, stands_for=stands_for),
            {**_facts(shelf), **wanted},
            binary=True,
        )
        for key, place, run_n, native_id, family, n, rank, runs, *content in rows:
            reading = StoredReading(n, tuple(content), rank, frozenset(runs))
            found.append(PlacedReading(key, place, run_n, native_id, family, reading))
    return found


class ReadingMove(NamedTuple):
    """A reading and where it is to be: under `key`, standing where `stands_for` is None."""

    reading: PlacedReading
    key: FillKey
    stands_for: FillKey | None


FOLLOW = f"""
update fill_version v set stands_for = pair.place from {rows_of("old", "place")} pair
 where v.user_id = %(user)s and v.account_id = %(account)s and v.stands_for = pair.old
"""  # noqa: S608 - constant names
_OTHERS = COLUMNS.replace(" key,", "")
LEAVE = f"""
insert into fill_version ({_OTHERS}, n, key, stands_for)
select {_OTHERS}, n, pair.name, pair.place
  from fill f join {rows_of("old", "name", "place")} pair on f.key = pair.old
 where f.user_id = %(user)s and f.account_id = %(account)s
"""  # noqa: S608 - constant names
DROP = f"""
delete from fill f using {rows_of("old")} pair
 where f.key = pair.old and f.user_id = %(user)s and f.account_id = %(account)s
"""  # noqa: S608 - constant names
RENAME = f"""
update fill f set key = pair.name from {rows_of("old", "name")} pair
 where f.key = pair.old and f.user_id = %(user)s and f.account_id = %(account)s
"""  # noqa: S608 - constant names
SHIFT = """
update fill_version v set key = pair.name, stands_for = pair.place
  from unnest(%(n)s::bigint[], %(name)s::bytea[], %(place)s::bytea[]) as pair (n, name, place)
 where v.user_id = %(user)s and v.n = pair.n
"""
ENTER = f"""
with gone as (
  delete from fill_version v using unnest(%(n)s::bigint[], %(name)s::bytea[]) as pair (n, name)
   where v.user_id = %(user)s and v.n = pair.n returning v.*, pair.name)
insert into fill ({_OTHERS}, n, key) select {_OTHERS}, n, name from gone
"""  # noqa: S608 - constant names


def move(connection: Connection[Any], shelf: RunTarget, moves: Sequence[ReadingMove]) -> None:
    """Put readings where they are to be; versions of other ids follow the fill they stand for."""
    standing = [one for one in moves if one.reading.stands_for is None]
    aside = [one for one in moves if one.reading.stands_for is not None]
    leave = [one for one in standing if one.stands_for is not None]
    steps = (
        (FOLLOW, standing),
        (LEAVE, leave),
        (DROP, leave),
        (RENAME, [one for one in standing if one.stands_for is None]),
        (SHIFT, [one for one in aside if one.stands_for is not None]),
        (ENTER, [one for one in aside if one.stands_for is None]),
    )
    for statement, these in steps:
        if these:
            connection.execute(statement, {**_facts(shelf), **_columns(statement, these)})


def _columns(statement: str, moves: Sequence[ReadingMove]) -> dict[str, object]:
    """Return the parameters of a statement: keys side by side, or arrays beside the numbers."""
    n = [one.reading.reading.n for one in moves]
    name, place = [one.key for one in moves], [one.stands_for or one.key for one in moves]
    if statement in {SHIFT, ENTER}:
        return {"n": n, "name": name, "place": place}
    old = joined(one.reading.key for one in moves)
    return {"old": old, "name": joined(name), "place": joined(place)}


class FormerReading(NamedTuple):
    """A fill under a key of earlier versions, and the equal reading that takes its place."""

    key: FillKey
    kept: PlacedReading


def absorb(connection: Connection[Any], shelf: RunTarget, former: Sequence[FormerReading]) -> None:
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
