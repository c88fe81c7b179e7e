"""A key, a clock that only moves by sleeping, and clients that open no socket."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from starlette.testclient import TestClient

from coach.brokers.coinbase.auth import CdpKey, read_key
from coach.brokers.coinbase.client import CoinbaseClient
from coach.brokers.sandbox.app import application
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


@dataclass
class Clock:
    """A clock; sleeping is what moves it."""

    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 3))
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def world() -> SandboxWorld:
    return demo_world(NOW, seed=7)


@pytest.fixture(scope="session")
def key_text(world: SandboxWorld) -> str:
    return issue_key(world)


@pytest.fixture(scope="session")
def key(key_text: str) -> CdpKey:
    return read_key(key_text)


@pytest.fixture
def client_of(
    clock: Clock, key: CdpKey
) -> Iterator[Callable[[Callable[[httpx2.Request], httpx2.Response]], CoinbaseClient]]:
    """Return a function that makes a client of a function that answers."""
    with ExitStack() as stack:

        def client(answer: Callable[[httpx2.Request], httpx2.Response]) -> CoinbaseClient:
            transport = httpx2.MockTransport(answer)
            url = "https://api.coinbase.com"
            return stack.enter_context(CoinbaseClient(key, url, clock.now, clock.sleep, transport))

        yield client


@pytest.fixture
def at_the_sandbox(
    world: SandboxWorld, clock: Clock, key: CdpKey
) -> Iterator[Callable[[SandboxPlan], CoinbaseClient]]:
    """Return a function that makes a client of the sandbox under a plan."""
    with ExitStack() as stack:

        def client(plan: SandboxPlan) -> CoinbaseClient:
            app = stack.enter_context(TestClient(application(world, clock.now, plan)))
            return stack.enter_context(
                CoinbaseClient(key, "http://127.0.0.1", clock.now, clock.sleep, app._transport)
            )

        yield client


@pytest.fixture
def samples() -> Path:
    folder = Path(__file__).parents[4] / ".." / "shared" / "samples" / "json"
    if not folder.is_dir():
        pytest.skip("../shared/samples is not here")
    return folder
