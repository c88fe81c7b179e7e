"""A world, and a way to ask its broker that opens no socket."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime

import httpx2
import jwt
import pytest
from starlette.testclient import TestClient

from coach.brokers.coinbase.auth import read_key, sign
from coach.brokers.sandbox.app import PREFIX, application
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key

NOW = datetime(2026, 3, 15, 12, 30, 20, tzinfo=UTC)
HOST = "testserver"


@pytest.fixture
def now() -> datetime:
    return NOW


@pytest.fixture(scope="session")
def world() -> SandboxWorld:
    return demo_world(NOW, seed=11)


Params = dict[str, str | list[str]]
Ask = Callable[..., httpx2.Response]


@pytest.fixture
def broker_with(world: SandboxWorld) -> Iterator[Callable[[SandboxPlan], TestClient]]:
    with ExitStack() as stack:

        def client(plan: SandboxPlan) -> TestClient:
            return stack.enter_context(TestClient(application(world, lambda: NOW, plan)))

        yield client


@pytest.fixture
def broker(broker_with: Callable[[SandboxPlan], TestClient]) -> TestClient:
    """Return a broker without limits."""
    return broker_with(SandboxPlan(per_second=0))


@pytest.fixture
def ask(broker: TestClient, world: SandboxWorld) -> Ask:
    """Return a function that asks with a view-only key."""
    key = read_key(issue_key(world))

    def get(path: str, params: Params | None = None) -> httpx2.Response:
        token = sign(key, "GET", HOST, PREFIX + path, NOW)
        headers = {"authorization": f"Bearer {token}"}
        return broker.get(PREFIX + path, params=params, headers=headers)

    return get


@pytest.fixture
def ask_with(broker: TestClient) -> Ask:
    """Return a function that asks for the accounts with claims and header of one's own."""

    def get(private: object, claims: dict[str, object], header: dict[str, str]) -> httpx2.Response:
        token = jwt.encode(claims, private, header.pop("alg"), headers=header)  # type: ignore[arg-type]
        return broker.get(f"{PREFIX}/accounts", headers={"authorization": f"Bearer {token}"})

    return get
