"""The hot store in Redis, shared by every process that names the same server.

Time is the server's. A command is never sent twice: a claim whose answer was lost must not be
refused to the one who holds it.
"""

import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from coach.brokers.net.parsing import printable
from coach.engine.hot.base import (
    LONGEST_TTL_S,
    ROUNDING,
    SHORTEST_WAIT_S,
    AnyBucket,
    DatedClaim,
    TokenBucket,
    TokenDraw,
    check_bucket,
    check_key,
    check_ttl,
    check_value,
)
from coach.engine.hot.redis_limits import BY_SCHEME, CALL_S, PATIENCE_S, is_late, one_call
from coach.errors import ConfigError, HotStoreDown

if TYPE_CHECKING:
    from redis.commands.core import Script

T = TypeVar("T")

LONGEST_REASON = 200
SCANNED_AT_ONCE = 1000
GLOB = re.compile(r"[\\*?\[\]^-]")
"""What means something in a pattern of Redis."""

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
  return string.format('%.6f %.6f', math.max(wait, {SHORTEST_WAIT_S}), tokens)
end
tokens = math.max(tokens - wanted, 0)
local full = rate > 0 and (capacity - tokens) / rate or midnight
local left, moment = string.format('%.17g', tokens), string.format('%.6f', now)
redis.call('HSET', KEYS[1], 'tokens', left, 'at', moment)
redis.call('PEXPIRE', KEYS[1], math.ceil(full * 1000) + 1000)
return string.format('0 %.6f', tokens)
"""

# Keys: the mark, the claim. Arguments: the caller's time, milliseconds of claim and of mark.
CLAIM_DATED = """
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[3])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
local first = redis.call('SET', KEYS[2], '', 'NX', 'PX', ARGV[2])
return {first and 1 or 0, redis.call('GET', KEYS[1])}
"""


class RedisHotStore:
    """See HotStore. `namespace` keeps several coaches on one Redis apart."""

    def __init__(self, url: str, namespace: str = "coach") -> None:
        try:
            self._redis: Any = Redis.from_url(
                url,
                connection_class=BY_SCHEME[url.partition(":")[0]],
                protocol=2,
                socket_timeout=PATIENCE_S,
                socket_connect_timeout=PATIENCE_S,
                retry=Retry(NoBackoff(), 0),
            )
        except (ValueError, LookupError):
            # The library's own words may quote the password.
            raise ConfigError(
                "redis://host:6379/0, or unset it: coach needs no Redis",
                name="redis_url",
                what="it is no URL of a Redis",
            ) from None
        self._take: Script = self._redis.register_script(TAKE)
        self._claim_dated: Script = self._redis.register_script(CLAIM_DATED)
        self._namespace = namespace

    def get(self, key: str) -> bytes | None:
        """Return the value, None when there is none or its time is over."""
        check_key(key)
        value = self._ask(lambda: self._redis.get(self._place("value", key)))
        if value is not None and not isinstance(value, bytes):
            raise HotStoreDown(what="Redis: a value that is no bytes")
        return value

    def put(self, key: str, value: bytes, ttl_s: float) -> None:
        """Keep the value for `ttl_s` seconds, instead of what was there."""
        check_key(key)
        check_value(value)
        check_ttl(ttl_s)
        place, ttl_ms = self._place("value", key), _milliseconds(ttl_s)
        self._ask(lambda: self._redis.set(place, value, px=ttl_ms))

    def claim(self, key: str, ttl_s: float) -> bool:
        """Say whether the key is now ours: nobody claimed it in the last `ttl_s` seconds."""
        check_key(key)
        check_ttl(ttl_s)
        place, ttl_ms = self._place("claim", key), _milliseconds(ttl_s)
        return bool(self._ask(lambda: self._redis.set(place, b"", nx=True, px=ttl_ms)))

    def claim_dated(self, mark: str, key: str, now_s: int, ttl_s: float) -> DatedClaim:
        """Claim a key and return since when claims are kept, by one question; see NonceStore."""
        check_key(mark)
        check_key(key)
        check_ttl(ttl_s)
        places = [self._place("value", mark), self._place("claim", key)]
        given = [now_s, _milliseconds(ttl_s), _milliseconds(LONGEST_TTL_S)]
        return self._ask(lambda: _dated(self._claim_dated(places, given)))

    def take(self, key: str, bucket: AnyBucket, tokens: float = 1) -> float:
        """Take tokens and return 0, or take none and return the seconds to wait."""
        return self.draw(key, bucket, tokens).wait_s

    def draw(self, key: str, bucket: AnyBucket, tokens: float = 1) -> TokenDraw:
        """Take tokens as `take` does, and return what is left as well."""
        check_key(key)
        check_bucket(bucket, tokens)
        rate = bucket.per_second if isinstance(bucket, TokenBucket) else 0
        place = self._place("bucket", key)
        return self._ask(lambda: _drawn(self._take([place], [bucket.capacity, rate, tokens])))

    def forget(self, beginning: str) -> None:
        """Forget every value, claim and bucket whose key begins so."""
        check_key(beginning)
        plain = GLOB.sub(r"\\\g<0>", beginning)
        for kind in ("value", "claim", "bucket"):
            place, cursor = f"{self._place(kind, '')}{plain}*", -1
            while cursor:
                cursor = self._ask(partial(self._forget_some, place, max(cursor, 0)))

    def _forget_some(self, pattern: str, cursor: int) -> int:
        """Delete some of the keys that fit; return where to go on, 0 at the end."""
        onward, keys = self._redis.scan(cursor, match=pattern, count=SCANNED_AT_ONCE)
        if keys:
            self._redis.unlink(*keys)
        return int(onward)

    def close(self) -> None:
        """Give the connections back."""
        self._redis.close()

    def _place(self, kind: str, key: str) -> str:
        return f"{self._namespace}:{kind}:{key}"

    def _ask(self, question: Callable[[], T]) -> T:
        """Return what Redis says within CALL_S; HotStoreDown for whatever else happens.

        A connection on which something else than a reply came is not used again.
        """
        with one_call():
            try:
                return question()
            except RedisError as error:
                late = f"no reply within {CALL_S:g} s (limit)"
                what = late if is_late() else printable(str(error), LONGEST_REASON)
                raise HotStoreDown(what=f"Redis: {what}") from error
            except (OSError, ValueError, TypeError, LookupError, RecursionError) as error:
                self._redis.connection_pool.disconnect()
                raise HotStoreDown(what="Redis: a reply that makes no sense") from error


def _milliseconds(ttl_s: float) -> int:
    return max(1, round(ttl_s * 1000))


def _drawn(reply: object) -> TokenDraw:
    """Return what a reply says; ValueError for a wait that no bucket asks for."""
    wait_s, left = map(float, reply.split()) if isinstance(reply, bytes) else (float("nan"), 0.0)
    if not (0 <= wait_s <= LONGEST_TTL_S and left >= 0):
        raise ValueError("no wait")
    return TokenDraw(wait_s, left)


def _dated(reply: object) -> DatedClaim:
    """Return what a reply says; ValueError for one that no script of ours gives."""
    if not isinstance(reply, list) or len(reply) != len(("first", "since")):
        raise ValueError("no claim")
    return DatedClaim(bool(int(reply[0])), int(reply[1]))
