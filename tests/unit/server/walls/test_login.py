"""Guessing a password: from many addresses, at many accounts, with the shared store down."""

import pytest

from coach.engine.hot.base import TokenBucket, TokenDraw
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.hot.lenient import LenientHotStore
from coach.errors import HotStoreDown
from coach.server.walls.login import LoginLimits

HOME, MOST_REACH_THE_HASH = "198.51.100.1", 20
GUESSERS = [f"203.0.113.{number}" for number in range(50)]


class SteppedClock:
    """A clock that stands until it is set."""

    def __init__(self) -> None:
        self.seconds = 1_000_000.0

    def __call__(self) -> float:
        return self.seconds


class FailingStore(MemoryHotStore):
    """A store that can be taken down."""

    is_down = False

    def draw(self, key: str, bucket: object, tokens: float = 1) -> TokenDraw:
        """Take tokens, where it is up."""
        if self.is_down:
            raise HotStoreDown(where="redis://here", what="connection refused")
        assert isinstance(bucket, TokenBucket)
        return super().draw(key, bucket, tokens)


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock()


@pytest.fixture
def redis(clock: SteppedClock) -> FailingStore:
    return FailingStore(clock)


@pytest.fixture
def limits(clock: SteppedClock, redis: FailingStore) -> LoginLimits:
    meanwhile = MemoryHotStore(clock)
    lenient = LenientHotStore(redis, meanwhile, lambda _reason: None)
    return LoginLimits(lenient, MemoryHotStore(clock))


def reached(limits: LoginLimits, account: str, guesses: int, clock: SteppedClock) -> int:
    """Return how many of the guesses, ten a second, reach the hash."""
    admitted = 0
    for number in range(guesses):
        clock.seconds += 0.1
        admitted += limits.admit(account, GUESSERS[number % len(GUESSERS)]) == 0
    return admitted


@pytest.mark.parametrize("goes_down_at", [0, 5, 500, 1000])
def test_of_a_thousand_guesses_over_fifty_addresses_few_reach_the_hash(
    limits: LoginLimits, clock: SteppedClock, redis: FailingStore, goes_down_at: int
) -> None:
    before = reached(limits, "ann", goes_down_at, clock)
    redis.is_down = True
    after = reached(limits, "ann", 1000 - goes_down_at, clock)
    assert 10 <= before + after <= MOST_REACH_THE_HASH


def test_a_store_that_comes_and_goes_gives_no_tries_anew(
    limits: LoginLimits, clock: SteppedClock, redis: FailingStore
) -> None:
    admitted = 0
    for number in range(100):
        redis.is_down = number % 2 == 0
        admitted += reached(limits, "ann", 10, clock)
    assert admitted <= MOST_REACH_THE_HASH


def test_another_way_to_write_a_name_is_the_same_account(
    limits: LoginLimits, clock: SteppedClock
) -> None:
    names = ("ann", "ANN", "Ann ", "\uff41nn")
    assert sum(reached(limits, name, 100, clock) for name in names) <= MOST_REACH_THE_HASH


def test_a_name_that_nobody_has_is_limited_like_any_other(
    limits: LoginLimits, clock: SteppedClock
) -> None:
    assert reached(limits, "nobody", 300, clock) <= MOST_REACH_THE_HASH


def test_one_address_does_not_try_all_accounts(limits: LoginLimits, clock: SteppedClock) -> None:
    admitted = 0
    for number in range(300):
        clock.seconds += 0.1
        admitted += limits.admit(f"user{number}", HOME) == 0
    assert admitted <= 25


def test_neighbours_in_one_network_of_ipv6_are_one_address(
    limits: LoginLimits, clock: SteppedClock
) -> None:
    admitted = 0
    for number in range(300):
        clock.seconds += 0.1
        admitted += limits.admit(f"user{number}", f"2001:db8::{number:x}") == 0
    assert admitted <= 25


def test_who_guesses_elsewhere_does_not_lock_out_who_has_signed_in_here(
    limits: LoginLimits, clock: SteppedClock
) -> None:
    limits.succeeded("ann", HOME)
    reached(limits, "ann", 500, clock)
    assert limits.admit("ann", HOME) == 0
    assert limits.admit("ben", HOME) == 0


def test_an_account_is_never_locked_for_good(limits: LoginLimits, clock: SteppedClock) -> None:
    reached(limits, "ann", 1000, clock)
    wait_s = limits.admit("ann", HOME)
    assert 0 < wait_s <= 120
    clock.seconds += wait_s
    assert limits.admit("ann", HOME) == 0


def test_who_is_refused_by_the_address_takes_nothing_from_the_account(
    limits: LoginLimits, clock: SteppedClock
) -> None:
    for number in range(40):
        limits.admit(f"user{number}", HOME)
    for _ in range(20):
        assert limits.admit("ann", HOME) > 0
    assert limits.admit("ann", GUESSERS[0]) == 0
    assert clock.seconds == 1_000_000.0
