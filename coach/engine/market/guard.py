"""Rate limits and circuit breakers for the sources of candles.

Tokens are taken before each request. What a source did stays in the hot store, so that the next
command knows it: a breaker opens after FAILURES_TO_OPEN failures in a row (no answer, a server's
error, a lie; a refused key or a limit are no illness), stays open for a pause that doubles each
time, and then lets one request through, whoever claims it first. All of it may be lost, and then a
source is as good as new.
"""

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from decimal import Decimal
from statistics import median
from typing import Any, Literal

from coach.brokers.market.base import Ask, Failure, FetchedBars, Limit, MarketDataAdapter
from coach.brokers.net.parsing import parse_json
from coach.engine.hot.base import DayBucket, HotStore, TokenBucket
from coach.model.times import DAY_US, SECOND_US

Breaker = Literal["closed", "open", "half-open"]

ILLNESSES = frozenset({"down", "lied"})
FAILURES_TO_OPEN = 3
FIRST_PAUSE_S = 30.0
LONGEST_PAUSE_S = 900.0
PROBE_S = 30.0
"""How long the one request of a half-open breaker may take before another may try."""
USUAL_REST_S = 10.0
REFUSED_FOR_S = 3_600.0
LATENCIES = 20
REMEMBERED_S = 7 * 86_400.0
LONGEST_REST_S = 86_400.0
"""A source that asks for more is asked again after a day."""
LONGEST_REASON = 400
LARGEST_COUNT = 1 << 62


@dataclass(frozen=True, slots=True)
class Health:
    """What a source did lately; `spent` counts the cost of the requests of `day`."""

    failures: int = 0
    open_until_us: int = 0
    pause_s: float = 0.0
    rest_until_us: int = 0
    rest_reason: str = ""
    latencies_ms: tuple[int, ...] = ()
    last_error: str = ""
    last_error_us: int = 0
    day: int = 0
    spent: float = 0.0

    def breaker(self, now_us: int) -> Breaker:
        """Return the state of the breaker."""
        if not self.open_until_us:
            return "closed"
        return "open" if now_us < self.open_until_us else "half-open"

    def rest_s(self, now_us: int) -> float:
        """Return for how long the source asked not to be called."""
        return max(0.0, (self.rest_until_us - now_us) / SECOND_US)

    @property
    def latency_ms(self) -> int | None:
        """Return the median time of its latest answers."""
        return round(median(self.latencies_ms)) if self.latencies_ms else None


class Guard:
    """Stands before every request to every source."""

    def __init__(self, hot: HotStore, now_us: Callable[[], int]) -> None:
        self._hot = hot
        self.now_us = now_us

    def health(self, source: str) -> Health:
        """Return the recorded health of a source."""
        kept = self._hot.get(_key(source))
        return Health() if kept is None else _read(kept)

    def may_probe(self, source: str) -> bool:
        """Say whether the one request of a half-open breaker is ours."""
        return self._hot.claim(f"candles|probe|{source}", PROBE_S)

    def wait_s(self, source: MarketDataAdapter, ask: Ask) -> float:
        """Take the tokens of a request and return 0, or the seconds until there are any."""
        cost = source.cost(ask)
        if not cost:
            return 0.0
        resting = self.health(source.name).rest_s(self.now_us())
        if resting:
            return resting
        for limit in source.limits:
            tokens = 1.0 if limit.per_request else cost
            wait = self._hot.take(f"candles|{source.name}|{limit.name}", _bucket(limit), tokens)
            if wait > 0:
                return wait
        return 0.0

    def record(
        self, source: MarketDataAdapter, answer: FetchedBars | Failure, took_ms: int, cost: float
    ) -> Health:
        """Record an answer, and return the health of its source."""
        now_us = self.now_us()
        before = _spending(self.health(source.name), now_us, cost)
        if isinstance(answer, Failure):
            after = _after_failure(before, answer, now_us)
        else:
            after = _after_success(before, answer, took_ms, now_us)
        self._hot.put(_key(source.name), json.dumps(asdict(after)).encode(), REMEMBERED_S)
        return after


def tokens_left(source: MarketDataAdapter, health: Health, now_us: int) -> float | None:
    """Return what is left of a source's day, or None where its days have no limit."""
    daily = [limit.capacity for limit in source.limits if limit.daily]
    if not daily:
        return None
    spent = health.spent if health.day == now_us // DAY_US else 0.0
    return max(0.0, min(daily) - spent)


def _spending(health: Health, now_us: int, cost: float) -> Health:
    day = now_us // DAY_US
    return replace(health, day=day, spent=cost + (health.spent if health.day == day else 0.0))


def _after_success(health: Health, answer: FetchedBars, took_ms: int, now_us: int) -> Health:
    return replace(
        health,
        failures=0,
        open_until_us=0,
        pause_s=0.0,
        rest_until_us=now_us + round(answer.rest_s * SECOND_US) if answer.rest_s else 0,
        rest_reason="its budget is nearly spent" if answer.rest_s else "",
        latencies_ms=(*health.latencies_ms, took_ms)[-LATENCIES:],
    )


def _after_failure(health: Health, failure: Failure, now_us: int) -> Health:
    if failure.kind == "unfit":
        return health
    health = replace(health, last_error=failure.reason, last_error_us=now_us)
    if failure.kind in ILLNESSES:
        return _sicker(health, now_us)
    asked = REFUSED_FOR_S if failure.kind == "refused" else failure.wait_s or USUAL_REST_S
    rest_s = min(asked, LONGEST_REST_S)
    until = now_us + round(rest_s * SECOND_US)
    return replace(health, rest_until_us=until, rest_reason=failure.reason)


def _sicker(health: Health, now_us: int) -> Health:
    failures = health.failures + 1
    if failures < FAILURES_TO_OPEN:
        return replace(health, failures=failures)
    pause_s = min(health.pause_s * 2 or FIRST_PAUSE_S, LONGEST_PAUSE_S)
    until = now_us + round(pause_s * SECOND_US)
    return replace(health, failures=failures, open_until_us=until, pause_s=pause_s)


def _bucket(limit: Limit) -> TokenBucket | DayBucket:
    return DayBucket(limit.capacity) if limit.daily else TokenBucket(limit.capacity, limit.per_s)


def _key(source: str) -> str:
    return f"candles|health|{source}"


def _read(kept: bytes) -> Health:
    """Return the stored health; unreadable fields take their defaults."""
    stored = parse_json(kept)
    fields = stored if isinstance(stored, dict) else {}
    usual = asdict(Health())
    if fields.keys() != usual.keys():
        return Health()
    latencies = fields.pop("latencies_ms")
    if not isinstance(latencies, list) or not all(map(_is_count, latencies)):
        return Health()
    if not all(_is_like(value, usual[name]) for name, value in fields.items()):
        return Health()
    read = {name: _as(value, usual[name]) for name, value in fields.items()}
    return Health(**read, latencies_ms=tuple(latencies[-LATENCIES:]))


def _is_like(value: object, usual: object) -> bool:
    if isinstance(usual, str):
        return isinstance(value, str) and len(value) <= LONGEST_REASON
    if isinstance(usual, float):
        number = isinstance(value, int | Decimal) and Decimal(value).is_finite()
        return number and 0 <= Decimal(str(value)) <= LARGEST_COUNT
    return _is_count(value)


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= LARGEST_COUNT


def _as(value: Any, usual: object) -> Any:  # noqa: ANN401 -- a field of Health
    return float(value) if isinstance(usual, float) else value
