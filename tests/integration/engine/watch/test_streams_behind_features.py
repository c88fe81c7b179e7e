"""Kraken and Binance are followed where their feature is on, and asked where it is not."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.brokers.sandbox.server import SandboxServer
from coach.brokers.sandbox.world import SandboxWorld, issue_binance_key, issue_kraken_key
from coach.engine.api import accounts
from coach.engine.api.session import Session
from coach.engine.api.watch.watch import WatchWishes
from tests.integration.engine.watch.conftest import Fill, SharedClock, Watching, count_fills

EVERY = ("binance", "binance-stream", "kraken-stream")
Begin = Callable[[Session], Watching]


@pytest.fixture
def featured(session: Session) -> Session:
    return replace(session, features=EVERY)


@pytest.fixture
def connected(featured: Session, world: SandboxWorld, sandbox: SandboxServer) -> None:
    """Connect an account at Kraken, and one at Binance that reads BTC."""
    accounts.connect(featured, "kraken", issue_kraken_key(world), "", sandbox.url)
    key = issue_binance_key(world)
    accounts.connect(featured, "binance", key, "", sandbox.url, ["BTC-USDT"])


def begun(session: Session, name: str) -> Watching:
    return Watching(session, WatchWishes(accounts=(name,)))


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("name", ["kraken", "binance"])
def test_a_live_fill_is_read_when_the_stream_tells_of_it(
    featured: Session, name: str, fill: Fill, clock: SharedClock
) -> None:
    watched = begun(featured, name)
    watched.next("stream", "open")
    before = count_fills(featured)
    for side in ("BUY", "SELL"):
        clock.forward(featured, seconds=5)
        fill(side, "60000")
        assert watched.next("fills").fills == 1
    assert count_fills(featured) == before + 2
    watched.close()


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("name", ["kraken", "binance"])
def test_without_its_feature_an_account_is_asked(featured: Session, name: str) -> None:
    watched = begun(replace(featured, features=("binance",)), name)
    assert watched.next("account").state == "asked"
    watched.close()
