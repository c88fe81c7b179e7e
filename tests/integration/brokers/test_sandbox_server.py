"""The sandbox as a server: it listens, breaks answers off, and goes away when told."""

import logging
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import httpx2
import pytest

from coach.brokers.coinbase.adapter import INFO, CoinbaseSource
from coach.brokers.coinbase.auth import read_key
from coach.brokers.coinbase.client import CoinbaseClient
from coach.brokers.sandbox.faults import AnswerFault, SandboxPlan
from coach.brokers.sandbox.server import Address, SandboxServer, run_forever, serve
from coach.brokers.sandbox.world import SandboxWorld, issue_key
from coach.errors import AuthenticationFailed, TryLater, UsageError
from coach.model.fills import Fill
from tests.clock import now

TIME = "/api/v3/brokerage/time"


@contextmanager
def connected(world: SandboxWorld, plan: SandboxPlan) -> Iterator[CoinbaseSource]:
    with ExitStack() as stack:
        server = stack.enter_context(serve(world, now, plan=plan))
        key = read_key(issue_key(world))
        client = stack.enter_context(
            CoinbaseClient(key, server.url, now, lambda seconds: time.sleep(min(seconds, 0.05)))
        )
        yield CoinbaseSource(client, INFO, None, world.end)


@pytest.mark.parametrize("fault", ["truncated", "unavailable", "stuck_cursor", "html"])
def test_over_the_wire_every_fill_arrives_in_spite_of(
    world: SandboxWorld, fault: AnswerFault
) -> None:
    plan = SandboxPlan(chance={fault: 0.3}, path="fills", seed=1, per_second=0)
    with connected(world, plan) as source:
        fills = [row for row in source.rows() if isinstance(row, Fill)]
    assert {fill.native_id for fill in fills} == {one.entry_id for one in world.executions}
    assert len(fills) == len(world.executions)


def test_an_answer_broken_off_for_good_is_for_later(world: SandboxWorld) -> None:
    plan = SandboxPlan(chance={"truncated": 1.0}, per_second=0)
    with connected(world, plan) as source, pytest.raises(TryLater):
        list(source.rows())


def test_our_pace_stays_below_the_brokers_limit(world: SandboxWorld) -> None:
    """A refusal would cost a pause of half a second or more; pacing costs 40 ms at most."""
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        time.sleep(seconds)

    with ExitStack() as stack:
        server = stack.enter_context(serve(world, now))
        key = read_key(issue_key(world, "EdDSA"))
        client = stack.enter_context(CoinbaseClient(key, server.url, now, sleep))
        for _ in range(60):
            assert client.get("/accounts")["has_next"] is False
    assert max(slept, default=0.0) <= 0.04


def test_a_key_of_another_world_is_not_accepted(world: SandboxWorld) -> None:
    stranger = SandboxWorld(world.end, (), {}, (), ())
    with ExitStack() as stack:
        server = stack.enter_context(serve(world, now))
        key = read_key(issue_key(stranger))
        client = stack.enter_context(CoinbaseClient(key, server.url, now, lambda _: None))
        with pytest.raises(AuthenticationFailed, match="HTTP 401"):
            client.get("/accounts")


def test_a_server_that_is_gone_is_for_later(world: SandboxWorld) -> None:
    with serve(world, now) as server:
        url = server.url
    key = read_key(issue_key(world))
    with (
        CoinbaseClient(key, url, now, lambda _: None) as client,
        pytest.raises(TryLater, match="refused"),
    ):
        client.get("/accounts")


def test_it_stops_while_somebody_still_listens_and_leaves_no_thread(world: SandboxWorld) -> None:
    before = threading.active_count()
    with httpx2.Client(trust_env=False) as client:
        with serve(world, now) as server:
            assert client.get(server.url + TIME).status_code == 200
        with pytest.raises(httpx2.HTTPError):
            client.get(server.url + TIME)
    assert threading.active_count() == before


def test_a_taken_port_is_told(world: SandboxWorld) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with (
            pytest.raises(UsageError, match=f"127.0.0.1:{port} is not"),
            serve(world, now, Address(port=port)),
        ):
            pass


@pytest.fixture
def signals() -> Iterator[None]:
    """Give the signals back to whoever had them."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.usefixtures("signals")
def test_a_signal_ends_it_cleanly(world: SandboxWorld, number: signal.Signals) -> None:
    announced: list[SandboxServer] = []
    handler = signal.getsignal(number)

    def announce(server: SandboxServer) -> None:
        announced.append(server)
        threading.Timer(0.1, os.kill, (os.getpid(), number)).start()

    with serve(world, now) as server:
        assert run_forever(server, announce) == number
    assert announced == [server]
    assert signal.getsignal(number) is not handler


@pytest.mark.usefixtures("signals")
def test_the_signals_are_given_back_where_none_came(world: SandboxWorld) -> None:
    handler = signal.getsignal(signal.SIGTERM)

    def fail(_: SandboxServer) -> None:
        raise ValueError("no terminal")

    with serve(world, now) as server, pytest.raises(ValueError, match="no terminal"):
        run_forever(server, fail)
    assert signal.getsignal(signal.SIGTERM) is handler


def test_it_says_nothing_whatever_breaks(
    world: SandboxWorld, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    plan = SandboxPlan(at={1: "truncated", 2: "internal_error"})
    with serve(world, now, plan=plan) as server, httpx2.Client(trust_env=False) as client:
        with pytest.raises(httpx2.RemoteProtocolError):
            client.get(server.url + TIME)
        client.get(server.url + TIME)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []
