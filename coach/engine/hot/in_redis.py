"""The hot store in Redis, shared by every process that names the same server.

Time is the server's. A command is never sent twice: a claim whose answer was lost must not be
refused to the one who holds it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from coach.engine.hot.base import (
    ROUNDING,
    SHORTEST_WAIT_S,
    AnyBucket,
    Bucket,
    check_bucket,
    check_key,
    check_ttl,
    check_value,
)
from coach.errors import HotStoreDown

if TYPE_CHECKING:
    from redis.commands.core import Script

PATIENCE_S = 1.0

# Arguments: capacity, tokens per second (0: filled up at midnight UTC), tokens wanted.
TAKE = f"""
local capacity, rate, wanted = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local time = redis.call('TIME')
local now = time[1] + time[2] / 1e6
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = capacity, now
if kept[1] then
  tokens, at = math.min(capacity, tonumber(kept[1])), tonumber(kept[2])
  now = math.max(now, at)
  if rate > 0 then
    tokens = math.min(capacity, tokens + rate * (now - at))
  elseif math.floor(now / 86400) > math.floor(at / 86400) then
    tokens = capacity
  end
end
local midnight = 86400 - now % 86400
if tokens < wanted - {ROUNDING} then
  local wait = rate > 0 and (wanted - tokens) / rate or midnight
  return string.format('%.6f', math.max(wait, {SHORTEST_WAIT_S}))
end
tokens = math.max(tokens - wanted, 0)
local full = rate > 0 and (capacity - tokens) / rate or midnight
local left, moment = string.format('%.17g', tokens), string.format('%.6f', now)
redis.call('HSET', KEYS[1], 'tokens', left, 'at', moment)
redis.call('PEXPIRE', KEYS[1], math.ceil(full * 1000) + 1000)
return '0'
"""


class RedisHotStore:
    """See HotStore. `namespace` keeps several coaches on one Redis apart."""

    def __init__(self, url: str, namespace: str = "coach") -> None:
        self._redis: Any = Redis.from_url(
            url,
            socket_timeout=PATIENCE_S,
            socket_connect_timeout=PATIENCE_S,
            retry=Retry(NoBackoff(), 0),
        )
        self._take: Script = self._redis.register_script(TAKE)
        self._namespace = namespace

    def get(self, key: str) -> bytes | None:
        """Return the value, None when there is none or its time is over."""
        check_key(key)
        with _one_error():
            value: bytes | None = self._redis.get(self._place("value", key))
        return value

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value for `ttl_s` seconds, instead of what was there."""
        check_key(key)
        check_value(value)
        check_ttl(ttl_s)
        with _one_error():
            self._redis.set(self._place("value", key), value, px=_milliseconds(ttl_s))

    def claim(self, key: str, ttl_s: float) -> bool:
        """Say whether the key is now ours: nobody claimed it in the last `ttl_s` seconds."""
        check_key(key)
        check_ttl(ttl_s)
        with _one_error():
            place = self._place("claim", key)
            return bool(self._redis.set(place, b"", nx=True, px=_milliseconds(ttl_s)))

    def take(self, key: str, bucket: AnyBucket, tokens: float = 1) -> float:
        """Take tokens and return 0, or take none and return the seconds to wait."""
        check_key(key)
        check_bucket(bucket, tokens)
        rate = bucket.per_second if isinstance(bucket, Bucket) else 0
        with _one_error():
            wait = self._take([self._place("bucket", key)], [bucket.capacity, rate, tokens])
        return float(wait)

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()

    def _place(self, kind: str, key: str) -> str:
        return f"{self._namespace}:{kind}:{key}"


def _milliseconds(ttl_s: float) -> int:
    return max(1, round(ttl_s * 1000))


@contextmanager
def _one_error() -> Iterator[None]:
    try:
        yield
    except RedisError as error:
        raise HotStoreDown(what=f"Redis: {error}") from error
