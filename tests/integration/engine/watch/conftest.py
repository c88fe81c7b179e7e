"""An account at a sandbox, watched until something is told."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from time import monotonic

import httpx2
import pytest

from coach.brokers.sandbox.server import SandboxServer
from coach.brokers.sandbox.world import SandboxWorld, demo_world
from coach.engine.api.session import Session
from coach.engine.api.watch.notices import WatchNotice
from coach.engine.api.watch.watch import WatchWishes, watch
from tests.integration.engine.sync.conftest import (
    NOW,
    SharedClock,
    clock,
    connected,
    sandbox,
    session,
    spoil,
)

__all__ = ["SharedClock", "clock", "connected", "sandbox", "session", "spoil"]
PATIENCE_S = 60.0
Fill = Callable[[str, str], None]
EachTurn = Callable[[], None]


def count_fills(session: Session) -> int:
    """Return how many fills there are."""
    row = session.connection.execute("select count(*) from fill").fetchone()
    assert row is not None
    return int(row[0])


@pytest.fixture
def world() -> SandboxWorld:
    """A broker with a market and products, where nobody has traded yet."""
    return replace(demo_world(NOW, seed=4), executions=())


@pytest.fixture
def fill(sandbox: SandboxServer) -> Fill:
    """Return a function that lets a fill of BTC-USD happen: on a side, at a price."""

    def happen(side: str, price: str) -> None:
        order = {"product_id": "BTC-USD", "side": side, "size": "0.01", "price": price}
        httpx2.post(f"{sandbox.url}/sandbox/fills", json=order).raise_for_status()

    return happen


class Watching:
    """A watch under way, of which the next notice of a kind is asked for."""

    def __init__(self, session: Session, wishes: WatchWishes) -> None:
        self.seen: list[WatchNotice] = []
        self.turns = 0
        self.each_turn: EachTurn = lambda: None
        self._until = monotonic() + PATIENCE_S
        self._notices = watch(session, wishes, self._is_over)

    def _is_over(self) -> bool:
        self.turns += 1
        self.each_turn()
        return monotonic() > self._until

    def next(self, kind: str, state: str = "") -> WatchNotice:
        """Return the next notice of that kind, and keep those before it."""
        self._until = monotonic() + PATIENCE_S
        for notice in self._notices:
            self.seen.append(notice)
            if notice.kind == kind and (not state or notice.state == state):
                return notice
        raise AssertionError(f"no {kind} {state} after {self.seen}")

    def rest(self) -> list[WatchNotice]:
        """Return all that is told until it ends."""
        return list(self._notices)

    def close(self) -> None:
        """End it."""
        self._notices.close()


@pytest.fixture
def watching(session: Session) -> Iterator[Callable[..., Watching]]:
    """Return a function that begins to watch."""
    begun: list[Watching] = []

    def begin(**wishes: object) -> Watching:
        begun.append(Watching(session, WatchWishes(**wishes)))  # type: ignore[arg-type]
        return begun[-1]

    yield begin
    for one in begun:
        one.close()
