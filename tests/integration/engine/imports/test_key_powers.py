"""What a key may do is asked before every sync, and the account says what the broker answered."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import SandboxServer, serve
from coach.brokers.sandbox.world import SandboxWorld, demo_world, issue_key
from coach.engine.api import accounts, health, imports
from coach.engine.api.broker.sync import sync
from coach.engine.api.session import Session
from coach.errors import KeyCanDoTooMuch

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def world() -> SandboxWorld:
    return demo_world(NOW, seed=4)


@pytest.fixture
def sandbox(world: SandboxWorld) -> Iterator[SandboxServer]:
    with serve(world, lambda: NOW, plan=SandboxPlan(per_second=0)) as running:
        yield running


@pytest.fixture
def connected(session: Session, world: SandboxWorld, sandbox: SandboxServer) -> str:
    """Connect the account `sandbox` and return the name of its key."""
    key = issue_key(world)
    made = accounts.connect(session, "coinbase", key, "sandbox", sandbox.url)
    return made.connected


def grow(world: SandboxWorld, key: str, *, trade: bool = False, transfer: bool = False) -> None:
    world.keys[key] = replace(world.keys[key], can_trade=trade, can_transfer=transfer)


def test_a_key_that_can_trade_now_reads_nothing(
    session: Session, world: SandboxWorld, connected: str
) -> None:
    grow(world, connected, trade=True)
    with pytest.raises(KeyCanDoTooMuch, match="this key can trade;"):
        sync(session, "sandbox")
    (run,) = imports.all_runs(session)
    assert (run.state, run.fetched) == ("failed", 0)
    assert run.error.startswith("this key can trade;")


def test_the_account_says_what_its_key_can_do_and_since_when(
    session: Session, world: SandboxWorld, connected: str
) -> None:
    grow(world, connected, transfer=True)
    with pytest.raises(KeyCanDoTooMuch):
        sync(session, "sandbox")
    found = accounts.summary(session, "sandbox")
    assert found.permissions is not None
    assert (found.permissions["trade"], found.permissions["transfer"]) == (False, True)
    assert found.checked_at == NOW
    assert [one.auth for one in health.status(session).accounts] == ["key_too_strong"]
    checks = [one for one in health.examine(session) if one.name == "key of sandbox"]
    assert [(one.state, one.detail) for one in checks] == [
        ("error", "it can move money, so nothing is read with it")
    ]


def test_a_key_that_lost_its_powers_reads_again(
    session: Session, world: SandboxWorld, connected: str
) -> None:
    grow(world, connected, trade=True)
    with pytest.raises(KeyCanDoTooMuch):
        sync(session, "sandbox")
    grow(world, connected)
    assert sync(session, "sandbox").new == len(world.executions)
    assert [one.auth for one in health.status(session).accounts] == ["ok"]


def test_connecting_a_key_that_can_trade_leaves_no_account(
    session: Session, world: SandboxWorld, sandbox: SandboxServer
) -> None:
    key = issue_key(world, can_trade=True)
    with pytest.raises(KeyCanDoTooMuch):
        accounts.connect(session, "coinbase", key, "bold", sandbox.url)
    assert accounts.overview(session) == []
