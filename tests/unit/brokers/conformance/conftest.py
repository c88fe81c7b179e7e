"""Each adapter over the sandbox, which speaks its broker's protocol; no socket is opened."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
from starlette.testclient import TestClient

from coach.brokers.adapter import BrokerAdapter, BrokerPlace, OpenBroker
from coach.brokers.registry import ADAPTERS, adapter_of
from coach.brokers.sandbox.app import application
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key, issue_kraken_key

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class BrokerCase:
    """A broker under test; `fills_path` is a part of the paths that bring its fills.

    `issue` makes a key of the sandbox that may do so much.
    """

    name: str
    fills_path: str
    issue: Callable[..., str]

    @property
    def adapter(self) -> BrokerAdapter:
        return adapter_of(self.name)


CASES = {
    "coinbase": BrokerCase("coinbase", "historical/fills", issue_key),
    "kraken": BrokerCase("kraken", "TradesHistory", issue_kraken_key),
}


@dataclass
class Clock:
    """A clock; sleeping is what moves it."""

    moment: datetime = NOW
    slept: list[float] = field(default_factory=list)
    nonce: int = 0

    def now(self) -> datetime:
        return self.moment

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.moment += timedelta(seconds=seconds)

    def next_nonce(self) -> int:
        self.nonce += 1
        return self.nonce


@pytest.fixture(scope="session")
def world() -> SandboxWorld:
    return demo_world(NOW, seed=7)


@pytest.fixture(params=sorted(ADAPTERS))
def case(request: pytest.FixtureRequest) -> BrokerCase:
    """Return each broker that coach can read; one without a case fails here."""
    return CASES[request.param]


Opened = Callable[..., OpenBroker]


@pytest.fixture
def opened(case: BrokerCase, world: SandboxWorld) -> Iterator[Opened]:
    """Return a function that opens the broker at the sandbox, under a plan and a key."""
    with ExitStack() as stack:

        def open_broker(plan: SandboxPlan | None = None, key: str = "") -> OpenBroker:
            clock = Clock()
            plan = plan or SandboxPlan(per_second=0)
            app = stack.enter_context(TestClient(application(world, clock.now, plan)))
            at = "http://127.0.0.1"
            place = BrokerPlace(at, clock.now, clock.sleep, clock.next_nonce, app._transport)
            made = case.adapter.open(key or case.issue(world), place)
            return stack.enter_context(closing(made))

        yield open_broker
