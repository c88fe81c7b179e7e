"""Kraken's and Binance's streams at the sandbox, followed over a real WebSocket."""

from collections.abc import Callable, Iterator

import pytest

from coach.brokers.adapter import BrokerPlace
from coach.brokers.binance.adapter import OpenBinance
from coach.brokers.binance.user_stream import UserStream
from coach.brokers.kraken.adapter import OpenKraken
from coach.brokers.kraken.executions import Executions
from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import SandboxServer, serve
from coach.brokers.sandbox.world import SandboxWorld, issue_binance_key, issue_kraken_key
from tests.integration.brokers.followed import NOW, fill, followed, put

Tokens = Callable[[], str]


@pytest.fixture
def world() -> SandboxWorld:
    return SandboxWorld(NOW, (), {}, (), ())


@pytest.fixture
def sandbox(world: SandboxWorld) -> Iterator[SandboxServer]:
    with serve(world, lambda: NOW, plan=SandboxPlan(control=True, per_second=0)) as running:
        yield running


def place(sandbox: SandboxServer, *pairs: str) -> BrokerPlace:
    numbers = iter(range(1, 1_000))
    return BrokerPlace(sandbox.url, lambda: NOW, lambda _: None, lambda: next(numbers), pairs=pairs)


@pytest.fixture
def tokens(world: SandboxWorld, sandbox: SandboxServer) -> Iterator[Tokens]:
    """Return what hands out tokens of Kraken, as the REST API does."""
    opened = OpenKraken(issue_kraken_key(world), place(sandbox))
    yield opened.stream_token
    opened.close()


@pytest.fixture
def executions(sandbox: SandboxServer) -> Executions:
    return Executions(sandbox.url, "https://api.kraken.com")


@pytest.fixture
def user_stream(world: SandboxWorld, sandbox: SandboxServer) -> UserStream:
    opened = OpenBinance(issue_binance_key(world), place(sandbox, "BTC-USDT"))
    found = opened.stream()
    opened.close()
    assert found is not None
    return found


def test_kraken_tells_of_a_fill_to_who_has_a_token(
    sandbox: SandboxServer, executions: Executions, tokens: Tokens
) -> None:
    with followed(executions, tokens) as hear:
        hear("open")
        fill(sandbox)
        hear("fill")


def test_each_connection_to_kraken_takes_another_token(
    sandbox: SandboxServer, executions: Executions, tokens: Tokens
) -> None:
    asked: list[str] = []

    def ask() -> str:
        asked.append(tokens())
        return asked[-1]

    with followed(executions, ask) as hear:
        hear("open")
        put(sandbox, live=["cut"])
        fill(sandbox)
        hear("lost")
        hear("open")
    assert len(set(asked)) == len(asked) >= 2


def test_a_token_that_was_used_is_tried_again_later(executions: Executions, tokens: Tokens) -> None:
    used = tokens()
    with followed(executions, lambda: used) as hear:
        hear("open")
    waiting = iter([used])
    with followed(executions, lambda: next(waiting, "") or tokens()) as hear:
        assert hear("lost").reason == "ESession:Invalid session"
        hear("open")


def test_kraken_refuses_a_key_without_the_power_for_good(
    sandbox: SandboxServer, executions: Executions, tokens: Tokens
) -> None:
    put(sandbox, live=["refused"])
    with followed(executions, tokens) as hear:
        assert "Permission denied" in hear("refused").reason


def test_a_silent_line_and_a_number_left_out_are_told_of_kraken(
    sandbox: SandboxServer, executions: Executions, tokens: Tokens
) -> None:
    executions.silent_after_s = 1.5
    with followed(executions, tokens) as hear:
        hear("open")
        fill(sandbox)
        put(sandbox, live=["gap"])
        fill(sandbox)
        hear("gap")
        put(sandbox, live=["silent"])
        hear("silent")


def test_binance_tells_of_a_fill_of_a_chosen_pair(
    sandbox: SandboxServer, user_stream: UserStream
) -> None:
    with followed(user_stream) as hear:
        hear("open")
        fill(sandbox)
        hear("fill")


def test_binance_is_opened_again_when_its_server_restarts(
    sandbox: SandboxServer, user_stream: UserStream
) -> None:
    with followed(user_stream) as hear:
        hear("open")
        put(sandbox, live=["shutdown"])
        fill(sandbox)
        assert hear("lost").reason == "the server of Binance restarts"
        hear("open")


def test_a_clock_that_differs_is_found_out_and_gone_by(
    sandbox: SandboxServer, user_stream: UserStream
) -> None:
    put(sandbox, drift_ms=60_000)
    with followed(user_stream) as hear:
        assert hear("lost").reason == "its clock differs from ours"
        hear("open")


def test_a_key_that_binance_does_not_know_ends_it(
    world: SandboxWorld, user_stream: UserStream
) -> None:
    world.binance_keys.clear()
    with followed(user_stream) as hear:
        assert "code -2015" in hear("refused").reason
