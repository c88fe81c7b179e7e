"""Nonces where several processes share them: in memory, and in a Redis."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from coach.engine.hot.base import NonceStore
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.hot.in_redis import RedisHotStore
from coach.engine.signing.message import SignedPart
from coach.engine.signing.service_keys import Service, ServiceKey, ServiceKeys
from coach.engine.signing.signer import Signer
from coach.engine.signing.verifier import NotBelieved, Verifier
from tests.integration.hot.conftest import EXTERNAL, OwnRedis

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
KEYS = ServiceKeys([ServiceKey("k1", Service("api", "engine"), b"1" * 32, NOON - DAY, NOON + DAY)])
PART = SignedPart("POST", "/v2/score", "", "application/msgpack", b"body")
STORES = [
    "memory",
    pytest.param("redis", marks=pytest.mark.redis),
    *([pytest.param("external_redis", marks=pytest.mark.external)] if EXTERNAL else []),
]


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for Redis on a machine that has no time for it."""
    for limit in ("PATIENCE_S", "CALL_S"):
        monkeypatch.setattr(f"coach.engine.hot.redis_limits.{limit}", 60.0)


@pytest.fixture(params=STORES)
def nonces(request: "SubRequest") -> Iterator[NonceStore]:
    if request.param == "memory":
        yield MemoryHotStore(NOON.timestamp)
        return
    own = request.param == "redis"
    url = request.getfixturevalue("redis_url") if own else EXTERNAL
    store = RedisHotStore(url, f"test-{uuid4().hex}")
    yield store
    store.close()


def verifier(nonces: NonceStore, at: datetime) -> Verifier:
    return Verifier(KEYS, [ip_network("10.0.0.0/8")], nonces, lambda: at)


def signed(at: datetime) -> list[tuple[str, str]]:
    return list(Signer(KEYS, lambda: at).sign(PART).items())


def refused(verify: Verifier, headers: list[tuple[str, str]]) -> str:
    with pytest.raises(NotBelieved) as found:
        verify.believe(headers, PART, "10.0.0.7")
    return found.value.reason


def test_of_a_thousand_replays_at_once_one_is_believed(nonces: NonceStore) -> None:
    verifier(nonces, NOON).begin()
    later = NOON + timedelta(seconds=5)
    headers, verify = signed(later), verifier(nonces, later)

    def attempt(_: int) -> str:
        try:
            verify.believe(headers, PART, "10.0.0.7")
        except NotBelieved as why:
            return why.reason
        return "believed"

    with ThreadPoolExecutor(16) as threads:
        answers = list(threads.map(attempt, range(1_000)))
    assert answers.count("believed") == 1
    assert answers.count("replay") == 999


def test_what_was_signed_before_nonces_were_kept_is_not_believed(nonces: NonceStore) -> None:
    verifier(nonces, NOON).begin()
    verify = verifier(nonces, NOON + timedelta(seconds=1))
    assert refused(verify, signed(NOON)) == "nonces lost"
    verify.believe(signed(NOON + timedelta(seconds=1)), PART, "10.0.0.7")


def test_a_store_that_began_once_goes_on_from_there(nonces: NonceStore) -> None:
    first = nonces.claim_dated("mark", "a", 100, 60)
    again = nonces.claim_dated("mark", "a", 200, 60)
    other = nonces.claim_dated("other mark", "b", 300, 60)
    assert [(one.first, one.since) for one in (first, again, other)] == [
        (True, 100),
        (False, 100),
        (True, 300),
    ]


@pytest.mark.redis
def test_a_redis_that_lost_its_nonces_believes_nothing_from_before(own_redis: OwnRedis) -> None:
    store = RedisHotStore(own_redis.url)
    verifier(store, NOON).begin()
    seen, later = signed(NOON + timedelta(seconds=5)), NOON + timedelta(seconds=10)
    verifier(store, later).believe(seen, PART, "10.0.0.7")
    own_redis.stop()
    assert refused(verifier(store, later), seen) == "nonces unknown"
    own_redis.start()
    assert refused(verifier(store, later), seen) == "nonces lost"
    assert refused(verifier(store, later), signed(later)) == "nonces lost"
    after = later + timedelta(seconds=1)
    verifier(store, after).believe(signed(after), PART, "10.0.0.7")
    store.close()


@pytest.mark.redis
def test_a_redis_that_takes_no_more_lets_nothing_be_believed(own_redis: OwnRedis) -> None:
    store = RedisHotStore(own_redis.url)
    verifier(store, NOON).begin()
    store._redis.config_set("maxmemory-policy", "noeviction")
    store._redis.config_set("maxmemory", "1")
    later = NOON + timedelta(seconds=5)
    assert refused(verifier(store, later), signed(later)) == "nonces unknown"
    store.close()


@pytest.mark.redis
def test_a_belief_asks_redis_once(own_redis: OwnRedis) -> None:
    store = RedisHotStore(own_redis.url)
    verifier(store, NOON).begin()
    later = NOON + timedelta(seconds=5)
    verify, count = verifier(store, later), _asked(store)
    for _ in range(3):
        verify.believe(signed(later), PART, "10.0.0.7")
    assert _asked(store) - count == 3 + 1  # and this question
    store.close()


def _asked(store: RedisHotStore) -> int:
    """Return how many questions the server was asked, those inside scripts not among them."""
    stats: dict[str, dict[str, int]] = store._redis.info("commandstats")
    names = ("cmdstat_evalsha", "cmdstat_info")
    return sum(stats.get(name, {}).get("calls", 0) for name in names)
