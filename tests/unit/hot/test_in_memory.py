"""The hot store of one process stays small, however many keys are asked for."""

from coach.engine.hot.base import TokenBucket
from coach.engine.hot.in_memory import MOST_BUCKETS, SWEPT_FROM, MemoryHotStore

ONE_AN_HOUR = TokenBucket(1, 1 / 3600)


def test_of_too_many_buckets_the_one_unused_for_longest_is_forgotten() -> None:
    store = MemoryHotStore(lambda: 0.0)
    for number in range(MOST_BUCKETS + 1):
        assert store.take(str(number), ONE_AN_HOUR) == 0
    assert store.take("1", ONE_AN_HOUR) > 0
    assert store.take("0", ONE_AN_HOUR) == 0


def test_claims_whose_time_is_over_do_not_pile_up() -> None:
    now = 0.0
    store = MemoryHotStore(lambda: now)
    for number in range(5_000):
        now = float(number)
        assert store.claim(str(number), 10)
    assert len(store._claims) <= 2 * SWEPT_FROM
    assert not store.claim("4999", 10)
