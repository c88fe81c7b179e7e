"""Questions, and sources that open no socket."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from coach.brokers.market.base import Ask, Kind
from coach.model.candles import Granularity
from coach.model.fills import Symbol
from coach.model.times import SECOND_US

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NOON_US = int(NOON.timestamp()) * SECOND_US

Answer = Callable[[httpx2.Request], httpx2.Response]


def ask_for(
    symbol: str = "BTC-USD", granularity: int = 60, bars: int = 3, kind: Kind | None = None
) -> Ask:
    """Return a question for so many bars up to noon, asked at noon."""
    start_us = NOON_US - bars * granularity * SECOND_US
    return Ask(Symbol(symbol), Granularity(granularity), start_us, NOON_US, NOON_US, kind)


class Stub:
    """A transport that answers by a function and remembers what it was asked."""

    def __init__(self, answer: Answer) -> None:
        self.asked: list[httpx2.Request] = []
        self.transport = httpx2.MockTransport(self._remember)
        self._answer = answer

    def _remember(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request)
        return self._answer(request)


@pytest.fixture
def stub() -> Callable[[Answer], Stub]:
    return Stub


@pytest.fixture
def question() -> Callable[..., Ask]:
    return ask_for


@pytest.fixture
def noon_us() -> int:
    return NOON_US


@pytest.fixture
def samples() -> Path:
    folder = Path(__file__).parents[4] / ".." / "shared" / "samples" / "json"
    if not folder.is_dir():
        pytest.skip("../shared/samples is not here")
    return folder
