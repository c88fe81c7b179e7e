"""A broker's limits, shared by all who ask it from this address: workers, servers, commands.

What was spent is kept where all of them look, in the hot store. It may be lost, and then the
broker's own refusal (429) is the limit. Of a minute's budget half may be spent at once, so that no
minute sees more than all of it. Where the broker said to leave it alone, everybody does.
"""

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from urllib.parse import urlsplit

from coach.brokers.net.budget import RequestBudget, Unbudgeted, WeightLimit
from coach.engine.hot.base import LONGEST_TTL_S, SHORTEST_TTL_S, HotStore, TokenBucket
from coach.model.times import MINUTE_S


class SharedBudget:
    """What is left of the limits of one broker at one address; see RequestBudget."""

    def __init__(
        self, hot: HotStore, broker: str, base_url: str, now: Callable[[], datetime]
    ) -> None:
        self._hot = hot
        self._now = now
        self._name = f"broker|{broker}|{urlsplit(base_url).netloc}"

    def wait_s(self, limit: WeightLimit, weight: float) -> float:
        """Take the weight and return 0, or take nothing and return the seconds to wait."""
        kept = self._hot.get(self._rest_key(limit))
        left_s = 0.0 if kept is None else float(kept) - self._now().timestamp()
        if left_s > 0:
            return left_s
        bucket = TokenBucket(limit.per_minute / 2, limit.per_minute / 2 / MINUTE_S)
        return self._hot.take(f"{self._name}|{limit.name}", bucket, weight)

    def rest(self, limit: WeightLimit, seconds: float) -> None:
        """Let nobody ask for so long: the broker said so."""
        until = self._now().timestamp() + seconds
        for_s = min(max(seconds, SHORTEST_TTL_S), LONGEST_TTL_S)
        self._hot.put(self._rest_key(limit), repr(until).encode(), for_s)

    def _rest_key(self, limit: WeightLimit) -> str:
        return f"{self._name}|{limit.name}|rest"


@contextmanager
def budget_of(
    hot: "Callable[[], HotStore] | None", broker: str, base_url: str, now: Callable[[], datetime]
) -> Iterator[RequestBudget]:
    """Yield what is left of a broker's limits; without a hot store nobody else asks."""
    if hot is None:
        yield Unbudgeted()
        return
    with closing(hot()) as store:
        yield SharedBudget(store, broker, base_url, now)
