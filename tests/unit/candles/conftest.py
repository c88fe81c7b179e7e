"""A clock, a hot store of this process, and made-up sources."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

from coach.brokers.market.base import Failure, FetchedBars
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.market.fetch import Fetcher, WeekRequest
from coach.engine.market.sources import SourceEntry
from coach.model.candles import HOUR
from coach.model.fills import Symbol
from coach.model.times import SECOND_US
from tests.unit.candles.made_up import MadeUpSource

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def us(moment: datetime) -> int:
    return int(moment.timestamp()) * SECOND_US


@dataclass
class Clock:
    """A clock; sleeping and answering are what moves it."""

    at_us: int
    slept: list[float] = field(default_factory=list)

    def now_us(self) -> int:
        return self.at_us

    def now_s(self) -> float:
        return self.at_us / SECOND_US

    def pass_by(self, seconds: float) -> None:
        self.at_us += round(seconds * SECOND_US)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.pass_by(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock(us(datetime(2026, 3, 18, 12, tzinfo=UTC)))


@pytest.fixture
def hot(clock: Clock) -> MemoryHotStore:
    return MemoryHotStore(clock.now_s)


@pytest.fixture
def source(clock: Clock) -> Callable[..., MadeUpSource]:
    def made(
        name: str, *plan: Failure | FetchedBars | None, takes_s: float = 0.1, **more: object
    ) -> MadeUpSource:
        return MadeUpSource(name, plan, lambda: clock.pass_by(takes_s), **more)  # type: ignore[arg-type]

    return made


@pytest.fixture
def fetcher(clock: Clock, hot: MemoryHotStore) -> Callable[..., Fetcher]:
    def made(*sources: MadeUpSource) -> Fetcher:
        listed = [SourceEntry(one.name, place, one) for place, one in enumerate(sources)]
        return Fetcher(listed, hot, clock.now_us, clock.sleep)

    return made


@pytest.fixture
def order() -> Callable[..., WeekRequest]:
    def made(weeks: int = 1, only: str = "") -> WeekRequest:
        start = us(MONDAY)
        end = start + weeks * 7 * 86_400 * SECOND_US
        return WeekRequest(Symbol("BTC-USD"), HOUR, start, end, only=only)

    return made
