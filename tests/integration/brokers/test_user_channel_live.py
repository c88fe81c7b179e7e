"""The sandbox's user channel, followed over a real WebSocket, whatever becomes of it."""

from collections.abc import Iterator

import pytest

from coach.brokers.coinbase.auth import read_key
from coach.brokers.coinbase.client import BASE_URL
from coach.brokers.coinbase.user_channel import UserChannel
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import SandboxServer, serve
from coach.brokers.sandbox.world import SandboxWorld, issue_key
from tests.integration.brokers.followed import NOW, fill, followed, put


@pytest.fixture
def world() -> SandboxWorld:
    return SandboxWorld(NOW, (), {}, (), ())


@pytest.fixture
def sandbox(world: SandboxWorld) -> Iterator[SandboxServer]:
    with serve(world, lambda: NOW, plan=SandboxPlan(control=True, per_second=0)) as running:
        yield running


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
