"""The sandbox's user channel, followed over a real WebSocket, whatever becomes of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import Empty, SimpleQueue
from threading import Event, Thread

import httpx2
import pytest

from coach.brokers.coinbase.auth import read_key
from coach.brokers.coinbase.client import BASE_URL
from coach.brokers.coinbase.user_channel import UserChannel
from coach.brokers.live.stream import StreamNews
from coach.brokers.net.web_socket import follow
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import SandboxServer, serve
from coach.brokers.sandbox.world import SandboxWorld, issue_key

NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
PATIENCE_S = 60.0
Hear = Callable[[str], StreamNews]
FILL = {"product_id": "BTC-USD", "side": "BUY", "size": "0.01", "price": "60000"}


@pytest.fixture
def world() -> SandboxWorld:
    return SandboxWorld(NOW, (), {}, (), ())


@pytest.fixture
def sandbox(world: SandboxWorld) -> Iterator[SandboxServer]:
    with serve(world, lambda: NOW, plan=SandboxPlan(control=True, per_second=0)) as running:
        yield running


def put(sandbox: SandboxServer, **plan: object) -> None:
    found = SandboxPlan.model_validate({"per_second": 0, **plan}).model_dump_json()
    httpx2.put(f"{sandbox.url}/sandbox/faults", content=found).raise_for_status()


def fill(sandbox: SandboxServer) -> None:
    httpx2.post(f"{sandbox.url}/sandbox/fills", json=FILL).raise_for_status()


@contextmanager
def followed(channel: UserChannel) -> Iterator[Hear]:
    """Follow a channel in a thread; what is heard is the next news of a state."""
    told: SimpleQueue[StreamNews] = SimpleQueue()
    stop = Event()
    thread = Thread(target=follow, args=(channel, told.put, stop, lambda: 0.0))
    thread.start()

    def hear(state: str) -> StreamNews:
        try:
            while (news := told.get(timeout=PATIENCE_S)).state != state:
                pass
        except Empty:
            raise AssertionError(f"nothing was told of {state}") from None
        return news

    try:
        yield hear
    finally:
        stop.set()
        thread.join(PATIENCE_S)
        assert not thread.is_alive()


@pytest.fixture
def channel(world: SandboxWorld, sandbox: SandboxServer) -> UserChannel:
    return UserChannel(read_key(issue_key(world)), sandbox.url, BASE_URL, lambda: NOW)


def test_a_fill_is_told_once_it_is_open(sandbox: SandboxServer, channel: UserChannel) -> None:
    with followed(channel) as hear:
        hear("open")
        fill(sandbox)
        hear("fill")


def test_a_key_that_the_broker_does_not_know_ends_it(sandbox: SandboxServer) -> None:
    stranger = SandboxWorld(NOW, (), {}, (), ())
    key = read_key(issue_key(stranger))
    with followed(UserChannel(key, sandbox.url, BASE_URL, lambda: NOW)) as hear:
        assert "authentication failure" in hear("refused").reason


def test_a_line_that_breaks_is_opened_again(sandbox: SandboxServer, channel: UserChannel) -> None:
    with followed(channel) as hear:
        hear("open")
        put(sandbox, live=["cut"])
        fill(sandbox)
        hear("lost")
        hear("open")


def test_a_line_without_a_word_is_taken_for_dead(
    sandbox: SandboxServer, channel: UserChannel
) -> None:
    channel.silent_after_s = 1.5
    put(sandbox, live=["silent"])
    with followed(channel) as hear:
        hear("open")
        hear("silent")
        hear("open")


def test_a_number_that_is_left_out_is_told(sandbox: SandboxServer, channel: UserChannel) -> None:
    put(sandbox, live=["gap"])
    with followed(channel) as hear:
        hear("open")
        fill(sandbox)
        hear("gap")
        hear("fill")


def test_a_broker_that_is_gone_is_told_and_tried_again(channel: UserChannel) -> None:
    channel.url = "ws://127.0.0.1:9/ws"
    with followed(channel) as hear:
        hear("lost")
        hear("lost")
