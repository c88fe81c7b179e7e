"""An account that is connected to a sandbox, and a way to spoil what the sandbox answers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest

from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import SandboxServer, serve
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key
from coach.engine.api import accounts
from coach.engine.api.session import Session
from coach.engine.outbox import partitions

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
Spoil = Callable[..., None]


@pytest.fixture(scope="module")
def world() -> SandboxWorld:
    return demo_world(NOW, seed=4)


@dataclass
class SharedClock:
    """The clock of the session and of the sandbox, which a test moves."""

    moment: datetime = NOW

    def now(self) -> datetime:
        return self.moment

    def forward(self, session: Session, **more: float) -> None:
        """Move it, and open the months for events that lie ahead then."""
        self.moment += timedelta(**more)
        partitions.ensure(session.connection, self.moment)


@pytest.fixture
def clock() -> SharedClock:
    return SharedClock()


@pytest.fixture
def session(session: Session, clock: SharedClock) -> Session:
    return replace(session, clock=clock.now)


@pytest.fixture
def sandbox(world: SandboxWorld, clock: SharedClock) -> Iterator[SandboxServer]:
    with serve(world, clock.now, plan=SandboxPlan(control=True, per_second=0)) as running:
        yield running


@pytest.fixture
def spoil(sandbox: SandboxServer) -> Spoil:
    """Return a function that puts another plan of faults in force; without words, none."""

    def put(**plan: object) -> None:
        found = SandboxPlan.model_validate({"per_second": 0, **plan}).model_dump_json()
        httpx2.put(f"{sandbox.url}/sandbox/faults", content=found).raise_for_status()

    return put


@pytest.fixture
def connected(session: Session, world: SandboxWorld, sandbox: SandboxServer) -> str:
    """Connect the account `sandbox` and return its name."""
    key = issue_key(world)
    return accounts.connect(session, "coinbase", key, "sandbox", sandbox.url).name
