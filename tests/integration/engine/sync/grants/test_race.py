"""Two processes that renew one grant at once, and one that is killed while it does.

Twenty rounds by default; with --slow two hundred.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from subprocess import PIPE, Popen
from threading import Event
from typing import TYPE_CHECKING

import psycopg
import pytest

from coach.brokers.sandbox.oauth.books import Permit, TokenBooks
from coach.brokers.sandbox.server import SandboxServer
from coach.brokers.sandbox.world import SandboxWorld
from coach.engine.api import accounts
from coach.engine.api.broker import allow
from coach.engine.api.broker.sync import sync
from coach.engine.api.session import Session
from coach.errors import AuthenticationFailed
from coach.views.accounts import account
from tests.integration.engine.sync.conftest import SharedClock
from tests.integration.engine.sync.grants.conftest import connected, kept, only

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

RENEWER = Path(__file__).with_name("renewer.py")
ROOT = Path(__file__).parents[5]
PATIENCE_S = 60.0
WAITING = (
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and wait_event_type = 'Lock'"
)


@dataclass(slots=True)
class GatedBooks(TokenBooks):
    """Books that say when a refresh token arrives, and wait before they look at it."""

    arrived: Event = field(default_factory=Event)
    go_on: Event = field(default_factory=Event)
    done: Event = field(default_factory=Event)

    def use_refresh(self, text: str) -> Permit | None:
        self.arrived.set()
        assert self.go_on.wait(PATIENCE_S)
        try:
            return TokenBooks.use_refresh(self, text)
        finally:
            self.done.set()


@pytest.fixture
def gates(world: SandboxWorld) -> GatedBooks:
    """The books of the world, whose gates stand open."""
    assert isinstance(world.tokens, GatedBooks)
    world.tokens.go_on.set()
    world.tokens.arrived.clear()
    world.tokens.done.clear()
    return world.tokens


@pytest.fixture(scope="module")
def world(world: SandboxWorld) -> SandboxWorld:
    return replace(world, tokens=GatedBooks())


@pytest.fixture
def rounds(request: "SubRequest") -> int:
    return 200 if request.config.getoption("--slow") else 20


@dataclass(frozen=True, slots=True)
class Place:
    """What a renewing process is told: the database, the keys, the sandbox."""

    url: str
    keys: Path
    sandbox: SandboxServer
    secret: str

    @contextmanager
    def process(self) -> Iterator["Popen[str]"]:
        """Run a process for the length of the block; it is killed in the end."""
        words = [self.url, str(self.keys), self.sandbox.url, self.secret]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, str(RENEWER), *words]
        with Popen(command, env=environment, stdin=PIPE, stdout=PIPE, text=True) as made:
            try:
                yield made
            finally:
                made.kill()


@pytest.fixture
def place(database_url: str, tmp_path: Path, sandbox: SandboxServer, tokens: TokenBooks) -> Place:
    return Place(database_url, tmp_path / "keys", sandbox, tokens.secret)


def tell(process: "Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def told(process: "Popen[str]") -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def wait_for_a_lock(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as other:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if other.execute(WAITING).fetchone() != (0,):
                return
    raise AssertionError("nobody waits")


@pytest.mark.usefixtures("gates")
def test_two_processes_renew_once_each_round_and_lose_no_grant(
    session: Session,
    request_: allow.GrantRequest,
    tokens: TokenBooks,
    place: Place,
    rounds: int,
) -> None:
    connected(session, request_)
    with ExitStack() as stack:
        both = [stack.enter_context(place.process()) for _ in range(2)]
        for number in range(1, rounds + 1):
            for process in both:
                tell(process)
            assert [told(process) for process in both] == ["ready", "ready"]
            for process in both:
                tell(process)
            assert [told(process) for process in both] == [only(tokens).access] * 2
            assert (tokens.refreshes, tokens.replays) == (number, 0)
    assert kept(session).refresh.reveal() == only(tokens).refresh
    assert sync(session).state == "done"


def test_one_that_waits_for_the_other_and_is_killed_costs_nothing(
    session: Session,
    request_: allow.GrantRequest,
    tokens: TokenBooks,
    gates: GatedBooks,
    place: Place,
) -> None:
    connected(session, request_)
    with place.process() as first, place.process() as second:
        for process in (first, second):
            tell(process)
            assert told(process) == "ready"
        gates.go_on.clear()
        tell(first)
        assert gates.arrived.wait(PATIENCE_S)
        tell(second)
        wait_for_a_lock(place.url)
        second.kill()
        gates.go_on.set()
        assert told(first) == only(tokens).access
    assert (tokens.refreshes, tokens.replays) == (1, 0)
    assert sync(session).state == "done"


def test_one_that_is_killed_after_its_commit_costs_nothing(
    session: Session, request_: allow.GrantRequest, gates: GatedBooks, place: Place
) -> None:
    connected(session, request_)
    with place.process() as process:
        tell(process)
        assert told(process) == "ready"
        tell(process)
        assert told(process) == only(gates).access
        process.kill()
    assert sync(session).state == "done"
    assert (gates.refreshes, gates.replays) == (1, 0)


def test_one_that_is_killed_while_the_answer_is_on_its_way_asks_to_be_allowed_again(
    session: Session,
    request_: allow.GrantRequest,
    gates: GatedBooks,
    place: Place,
    clock: SharedClock,
) -> None:
    """The broker has turned the tokens over and nobody has heard of it: no client can mend that."""
    connected(session, request_)
    before = kept(session)
    with place.process() as process:
        tell(process)
        assert told(process) == "ready"
        gates.go_on.clear()
        tell(process)
        assert gates.arrived.wait(PATIENCE_S)
        process.kill()
        process.wait(PATIENCE_S)
        gates.go_on.set()
        assert gates.done.wait(PATIENCE_S)
    assert kept(session).is_same(before), "what is stored is the pair before, whole"
    clock.forward(session, hours=2)
    with pytest.raises(AuthenticationFailed):
        sync(session)
    assert account(accounts.summary(session, "allowed"))["health"] == "reauth_required"
    connected(session, request_)
    assert sync(session).state == "done"
