"""The hot store in PostgreSQL: two tables that a crash empties.

It has a connection of its own, so that a claim or a token is never rolled back with the caller's
work, nor held up by it. Each write takes a few rows away whose time is over.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Lock
from typing import Any

from psycopg import Connection, Error

from coach.engine.hot.base import (
    ROUNDING,
    SHORTEST_WAIT_S,
    AnyBucket,
    TokenBucket,
    TokenDraw,
    check_bucket,
    check_key,
    check_ttl,
    check_value,
)
from coach.errors import DatabaseTrouble, HotStoreDown

SWEPT_A_WRITE = 2

GET = "select value from hot_value where key = %s and expires_at > clock_timestamp()"
PUT = """
insert into hot_value (key, value, expires_at)
values (%s, %s, clock_timestamp() + make_interval(secs => %s))
on conflict (key) do update set value = excluded.value, expires_at = excluded.expires_at
"""
FORGET = "delete from {table} where starts_with(key, %s)"
CLAIM = PUT + " where hot_value.expires_at <= clock_timestamp() returning true"

# %(rate)s is tokens per second, 0 for a bucket that is filled up at midnight UTC. The clock is
# read once a statement, and is called `excluded` where no row is being inserted.
CLOCK = "(select clock_timestamp() as at offset 0)"
MIDNIGHT = "date_trunc('day', excluded.at, 'UTC') + interval '1 day'"
REFILLED = """
case when %(rate)s > 0
  then least(%(capacity)s, kept.tokens
    + %(rate)s * greatest(0, extract(epoch from excluded.at - kept.at)::double precision))
  when date_trunc('day', excluded.at, 'UTC') > kept.at then %(capacity)s
  else least(%(capacity)s, kept.tokens) end
"""
TAKE = f"""
insert into hot_bucket as kept (key, tokens, at, expires_at)
select %(key)s, %(capacity)s - %(wanted)s, at, interval '1 s' + case when %(rate)s > 0
  then at + make_interval(secs => %(capacity)s / %(rate)s) else {MIDNIGHT} end
from {CLOCK} as excluded
on conflict (key) do update set
  tokens = greatest(0, {REFILLED} - %(wanted)s),
  at = greatest(kept.at, excluded.at),
  expires_at = greatest(kept.expires_at, excluded.expires_at)
where {REFILLED} >= %(wanted)s - {ROUNDING}
returning kept.tokens
"""  # noqa: S608 -- of parts above
WAIT = f"""
select array[case when %(rate)s > 0 then (%(wanted)s - {REFILLED}) / %(rate)s
  else extract(epoch from {MIDNIGHT} - excluded.at) end, {REFILLED}]::double precision[]
from hot_bucket as kept, {CLOCK} as excluded where key = %(key)s
"""  # noqa: S608 -- of parts above
SWEEP = """
delete from {table} where key in (
  select key from {table} where expires_at <= now() limit %s for update skip locked)
"""


class PostgresHotStore:
    """See HotStore. `namespace` keeps tests and tenants apart; threads may share it."""

    def __init__(self, connect: Callable[[], Connection[Any]], namespace: str = "coach") -> None:
        self._connect = connect
        self._namespace = namespace
        self._opened: Connection[Any] | None = None
        self._opening = Lock()

    def get(self, key: str) -> bytes | None:
        """Return the value, None when there is none or its time is over."""
        check_key(key)
        value: bytes | None = self._ask(GET, [self._place("value", key)])
        return value

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value for `ttl_s` seconds, instead of what was there."""
        check_key(key)
        check_value(value)
        check_ttl(ttl_s)
        self._sweep("hot_value")
        self._ask(PUT, [self._place("value", key), value, ttl_s])

    def claim(self, key: str, ttl_s: float) -> bool:
        """Say whether the key is now ours: nobody claimed it in the last `ttl_s` seconds."""
        check_key(key)
        check_ttl(ttl_s)
        self._sweep("hot_value")
        return bool(self._ask(CLAIM, [self._place("claim", key), b"", ttl_s]))

    def take(self, key: str, bucket: AnyBucket, tokens: float = 1) -> float:
        """Take tokens and return 0, or take none and return the seconds to wait."""
        return self.draw(key, bucket, tokens).wait_s

    def draw(self, key: str, bucket: AnyBucket, tokens: float = 1) -> TokenDraw:
        """Take tokens as `take` does, and return what is left as well."""
        check_key(key)
        check_bucket(bucket, tokens)
        wanted = {
            "key": self._place("bucket", key),
            "capacity": float(bucket.capacity),
            "rate": float(bucket.per_second if isinstance(bucket, TokenBucket) else 0),
            "wanted": float(tokens),
        }
        self._sweep("hot_bucket")
        left = self._ask(TAKE, wanted)
        if left is not None:
            return TokenDraw(0.0, left)
        wait_s, left = self._ask(WAIT, wanted) or (0.0, bucket.capacity)
        return TokenDraw(max(SHORTEST_WAIT_S, wait_s), left)

    def forget(self, beginning: str) -> None:
        """Forget every value, claim and bucket whose key begins so."""
        check_key(beginning)
        for kind, table in (("value", "value"), ("claim", "value"), ("bucket", "bucket")):
            self._ask(FORGET.format(table=f"hot_{table}"), [self._place(kind, beginning)])

    def close(self) -> None:
        """Give the connection back."""
        if self._opened is not None:
            self._opened.close()

    def _place(self, kind: str, key: str) -> str:
        return f"{self._namespace}:{kind}:{key}"

    def _sweep(self, table: str) -> None:
        self._ask(SWEEP.format(table=table), [SWEPT_A_WRITE])

    def _ask(self, query: str, parameters: Sequence[Any] | dict[str, Any]) -> Any:  # noqa: ANN401 -- one value of any column
        with _one_error(), self._connection().cursor(binary=True) as cursor:
            cursor.execute(query, parameters)
            row = cursor.fetchone() if cursor.description else None
        return None if row is None else row[0]

    def _connection(self) -> Connection[Any]:
        with self._opening:
            if self._opened is None or self._opened.closed:
                self._opened = self._connect()
            return self._opened


@contextmanager
def _one_error() -> Iterator[None]:
    try:
        yield
    except (Error, DatabaseTrouble) as error:
        raise HotStoreDown(what=str(error).strip()) from error
