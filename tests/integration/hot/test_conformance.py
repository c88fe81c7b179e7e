"""What every hot store promises, asked of each of them."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier

import pytest

from coach.engine.hot.base import LARGEST_VALUE, DayBucket, HotStore, TokenBucket
from coach.model.times import DAY_S
from tests import clock

Opener = Callable[[], HotStore]

SLOW = TokenBucket(capacity=10, per_second=0.001)
THREADS = 8


class TooSlow(Exception):
    """The machine was too busy to take steps that close to each other."""


@contextmanager
def within(unit_s: float) -> Iterator[None]:
    """Judge a block only where it took less time than this."""
    began = time.monotonic()
    try:
        yield
    finally:
        if time.monotonic() - began >= unit_s:
            raise TooSlow


def at_any_speed(play: Callable[[float], None]) -> None:
    """Play a scenario in a unit of time that this machine can keep."""
    for unit_s in (0.05, 0.5, 5):
        try:
            return play(unit_s)
        except TooSlow:
            pass
    raise TooSlow


def test_what_was_put_is_got_back_byte_for_byte(store: HotStore) -> None:
    value = bytes(range(256)) * 3
    store.put("bars", value, 60)
    assert store.get("bars") == value


def test_an_empty_value_is_a_value(store: HotStore) -> None:
    store.put("bars", b"", 60)
    assert store.get("bars") == b""


def test_a_key_nobody_put_is_a_miss(store: HotStore) -> None:
    assert store.get("bars") is None


def test_a_second_put_replaces_value_and_time(store: HotStore) -> None:
    def play(unit_s: float) -> None:
        store.put("bars", b"old", 60)
        with within(unit_s):
            store.put("bars", b"new", unit_s)
            assert store.get("bars") == b"new"
        time.sleep(2 * unit_s)
        assert store.get("bars") is None

    at_any_speed(play)


def test_a_value_is_gone_when_its_time_is_over(store: HotStore) -> None:
    store.put("short", b"x", 0.05)
    store.put("long", b"x", 60)
    time.sleep(0.1)
    assert (store.get("short"), store.get("long")) == (None, b"x")


def test_a_value_is_seen_by_everyone_on_the_store(opener: Opener) -> None:
    opener().put("bars", b"x", 60)
    assert opener().get("bars") == b"x"


def test_a_key_is_claimed_once(store: HotStore) -> None:
    assert [store.claim("nonce", 60) for _ in range(3)] == [True, False, False]


def test_a_claim_ends_with_its_time(store: HotStore) -> None:
    assert store.claim("nonce", 0.05)
    time.sleep(0.1)
    assert store.claim("nonce", 60)
    assert not store.claim("nonce", 60)


def test_a_claim_that_was_refused_does_not_prolong_it(store: HotStore) -> None:
    def play(unit_s: float) -> None:
        key = f"nonce {unit_s}"
        with within(unit_s):
            assert store.claim(key, unit_s)
            assert not store.claim(key, 60)
        time.sleep(1.5 * unit_s)
        assert store.claim(key, 60)

    at_any_speed(play)


def test_of_many_who_claim_at_once_one_gets_it(opener: Opener) -> None:
    stores = [opener() for _ in range(THREADS)]
    start = Barrier(THREADS)

    def claim_all(store: HotStore) -> list[str]:
        start.wait()
        return [key for key in map(str, range(50)) if store.claim(key, 60)]

    with ThreadPoolExecutor(THREADS) as pool:
        got = Counter(key for keys in pool.map(claim_all, stores) for key in keys)
    assert got == dict.fromkeys(map(str, range(50)), 1)


def test_a_claim_whose_time_is_over_goes_to_one_of_many(opener: Opener) -> None:
    stores = [opener() for _ in range(THREADS)]
    assert stores[0].claim("nonce", 0.05)
    time.sleep(0.1)
    start = Barrier(THREADS)

    def claim(store: HotStore) -> bool:
        start.wait()
        return store.claim("nonce", 60)

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(claim, stores)) == 1


def test_one_store_may_be_shared_by_threads(store: HotStore) -> None:
    def use(number: int) -> bytes | None:
        store.put(f"{number}", b"%d" % number, 60)
        return store.get(f"{number}")

    with ThreadPoolExecutor(THREADS) as pool:
        assert list(pool.map(use, range(100))) == [b"%d" % number for number in range(100)]


def test_a_bucket_gives_its_capacity_and_then_says_how_long_to_wait(store: HotStore) -> None:
    waits = [store.take("coinbase", SLOW) for _ in range(11)]
    assert waits[:10] == [0] * 10
    assert waits[10] == pytest.approx(1000, abs=60)


def test_after_the_wait_there_is_a_token(store: HotStore) -> None:
    def play(unit_s: float) -> None:
        key, bucket = f"coinbase {unit_s}", TokenBucket(capacity=2, per_second=1 / unit_s)
        with within(2 * unit_s):
            with within(unit_s):
                assert store.take(key, bucket, 2) == 0
                wait = store.take(key, bucket)
                assert 0 < wait <= unit_s
            time.sleep(wait)
            assert store.take(key, bucket) == 0
            assert store.take(key, bucket) > 0

    at_any_speed(play)


def test_a_bucket_never_holds_more_than_its_capacity(store: HotStore) -> None:
    def play(unit_s: float) -> None:
        key, bucket = f"coinbase {unit_s}", TokenBucket(capacity=2, per_second=1 / unit_s)
        store.take(key, bucket, 2)
        time.sleep(4 * unit_s)
        with within(2 * unit_s):
            assert store.take(key, bucket, 2) == 0
            assert store.take(key, bucket, 2) > 0

    at_any_speed(play)


def test_who_must_wait_has_taken_nothing(store: HotStore) -> None:
    assert store.take("coinbase", SLOW, 6) == 0
    assert store.take("coinbase", SLOW, 5) == pytest.approx(1000, abs=60)
    assert store.take("coinbase", SLOW, 4) == 0


def test_a_draw_says_what_is_left(store: HotStore) -> None:
    first, second = store.draw("coinbase", SLOW, 6), store.draw("coinbase", SLOW, 5)
    assert first.wait_s == 0
    assert first.left == pytest.approx(4)
    assert second.wait_s == pytest.approx(1000, abs=60)
    assert second.left == pytest.approx(4, abs=0.1)
    assert store.draw("coinbase", SLOW, 4).left == pytest.approx(0, abs=0.1)


@pytest.mark.usefixtures("far_from_midnight")
def test_a_draw_of_a_day_says_what_is_left(store: HotStore) -> None:
    assert store.draw("vendor", DayBucket(3), 3).left == 0
    assert store.draw("vendor", DayBucket(3)).left == 0
    assert store.draw("vendor", DayBucket(3)).wait_s > 0


def test_tokens_may_be_parts(store: HotStore) -> None:
    waits = [store.take("coinbase", TokenBucket(1, 0.001), 0.1) for _ in range(11)]
    assert waits[:10] == [0] * 10
    assert waits[10] > 0


def test_a_smaller_bucket_holds_at_once_no_more_than_it_can(store: HotStore) -> None:
    store.take("coinbase", SLOW)
    assert store.take("coinbase", TokenBucket(2, 0.001), 2) == 0
    assert store.take("coinbase", TokenBucket(2, 0.001), 1) > 0


@pytest.mark.usefixtures("far_from_midnight")
@pytest.mark.parametrize("bucket", [SLOW, DayBucket(10)])
def test_many_who_take_at_once_take_no_more_than_there_is(
    opener: Opener, bucket: TokenBucket | DayBucket
) -> None:
    stores = [opener() for _ in range(THREADS)]
    start = Barrier(THREADS)

    def take(store: HotStore) -> int:
        start.wait()
        return sum(store.take("coinbase", bucket) == 0 for _ in range(10))

    with ThreadPoolExecutor(THREADS) as pool:
        assert sum(pool.map(take, stores)) == 10


@pytest.mark.usefixtures("far_from_midnight")
def test_a_day_bucket_is_filled_up_at_midnight_utc(store: HotStore) -> None:
    waits = [store.take("vendor", DayBucket(3)) for _ in range(4)]
    until_midnight = DAY_S - clock.seconds() % DAY_S
    assert waits[:3] == [0] * 3
    assert waits[3] % DAY_S == pytest.approx(until_midnight, abs=60)


def test_keys_and_kinds_do_not_meet(store: HotStore) -> None:
    store.put("a", b"x", 60)
    assert store.claim("a", 60)
    assert store.take("a", SLOW) == 0
    assert store.get("a") == b"x"
    assert store.get("b") is None


def test_the_largest_value_fits_and_one_byte_more_does_not(store: HotStore) -> None:
    store.put("bars", b"x" * LARGEST_VALUE, 60)
    assert store.get("bars") == b"x" * LARGEST_VALUE
    with pytest.raises(ValueError, match="more than"):
        store.put("bars", b"x" * (LARGEST_VALUE + 1), 60)


@pytest.mark.parametrize("key", ["", "x" * 513, "a\0b"])
def test_a_key_that_not_every_store_can_hold_is_refused(store: HotStore, key: str) -> None:
    for use in (store.get, lambda key: store.claim(key, 1), lambda key: store.take(key, SLOW)):
        with pytest.raises(ValueError, match="a key has"):
            use(key)


@pytest.mark.parametrize("ttl_s", [0, -1, 31 * DAY_S, float("nan")])
def test_a_time_to_live_that_makes_no_sense_is_refused(store: HotStore, ttl_s: float) -> None:
    with pytest.raises(ValueError, match="no time to live"):
        store.put("bars", b"", ttl_s)


@pytest.mark.parametrize(
    ("bucket", "tokens"), [(SLOW, 11), (SLOW, 0), (DayBucket(1), 2), (TokenBucket(1, 0), 1)]
)
def test_tokens_that_no_wait_would_bring_are_refused(
    store: HotStore, bucket: TokenBucket | DayBucket, tokens: float
) -> None:
    with pytest.raises(ValueError, match="bucket"):
        store.take("coinbase", bucket, tokens)


def test_keys_may_be_any_text(store: HotStore) -> None:
    store.put("BTC-USD:15m:\u20ac %s {x} *", b"x", 60)
    assert store.get("BTC-USD:15m:\u20ac %s {x} *") == b"x"


def test_what_begins_so_is_forgotten_and_nothing_else(store: HotStore) -> None:
    for key in ("a*b|one", "a*b|two", "axb|one", "b"):
        store.put(key, b"x", 60)
        assert store.claim(key, 60)
        assert store.take(key, SLOW, 10) == 0
    store.forget("a*b|")
    assert [store.get(key) for key in ("a*b|one", "a*b|two", "axb|one", "b")] == [
        None,
        None,
        b"x",
        b"x",
    ]
    assert [store.claim(key, 60) for key in ("a*b|one", "axb|one")] == [True, False]
    assert store.take("a*b|two", SLOW, 10) == 0
    assert store.take("b", SLOW, 10) > 0
