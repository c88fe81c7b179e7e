"""Connecting by the broker's page, and a sync that renews, killed after one of their commits.

With --slow it is each commit, of every command that touches a grant.

What is killed while a renewal's answer is on its way is shown beside the renewals: no client can
mend that. Everything else, run again, ends as if it had never been disturbed.
"""

import random
import sys
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field

import pytest

from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.oauth.books import CLIENT_ID, TokenBooks
from coach.brokers.sandbox.server import serve
from coach.brokers.sandbox.world import SandboxWorld
from tests.e2e.conftest import WarmPython
from tests.e2e.faults.killing import Disturbance, Killing
from tests.e2e.faults.scenes import Command, small_world
from tests.e2e.faults.world import NOON, World, new_world

BROWSER = """\
#!{python}
import sys, urllib.request
urllib.request.urlopen(sys.argv[1]).read()
"""
MANY = 3
SCENES = ("connect", "sync", "sync that renews", "disconnect")


@dataclass
class GrantScenes:
    """The commands, and what the server of tokens knew in each of their states."""

    program: Killing
    broker: SandboxWorld
    commands: dict[str, Command]
    books: dict[str, TokenBooks] = field(default_factory=dict)

    def set_back(self, name: str) -> None:
        """Set what the server of tokens knows back to a state that was kept."""
        kept, tokens = deepcopy(self.books[name]), self.broker.tokens
        tokens.codes, tokens.permits = kept.codes, kept.permits


def prepared(world: World, broker: SandboxWorld, url: str) -> GrantScenes:
    """Make the states: before connecting, connected, and connected with a token that has ended."""
    browser = world.folder / "browser"
    browser.write_text(BROWSER.format(python=sys.executable))
    browser.chmod(0o700)
    settings = {
        "COACH_COINBASE_CLIENT_ID": CLIENT_ID,
        "COACH_COINBASE_LOGIN_URL": url,
        "COACH_COINBASE_CLIENT_SECRET": broker.tokens.secret,
        "DISPLAY": ":7",
        "BROWSER": str(browser),
    }
    connect = f"connect coinbase --oauth --port 0 --base-url {url}"
    found = [
        Command("connect", "before", connect, resumes=True, settings=settings),
        Command("sync", "connected", "import sync", empty_runs=False, settings=settings),
        Command("sync that renews", "ended", "import sync", empty_runs=False, settings=settings),
        Command("disconnect", "connected", "disconnect coinbase", once=True, settings=settings),
    ]
    scenes = GrantScenes(Killing(world), broker, {one.name: one for one in found})

    def keep(name: str) -> None:
        world.keep(name)
        scenes.books[name] = deepcopy(broker.tokens)

    done = world.run(["rules", "add", "max_trades_per_day", "limit=4"])
    assert done.code == 0, done.err
    keep("before")
    done = world.run(connect.split(), **settings)
    assert done.code == 0, done.err
    keep("connected")
    for permit in broker.tokens.permits:
        permit.access_until = NOON
    keep("ended")
    return scenes


@pytest.fixture(scope="module")
def scenes(
    tmp_path_factory: pytest.TempPathFactory, warm_python: WarmPython
) -> Iterator[GrantScenes]:
    broker = small_world()
    plan = SandboxPlan.model_validate({"per_second": 0})
    folder = tmp_path_factory.mktemp("grants")
    with (
        serve(broker, lambda: NOON, plan=plan) as server,
        new_world(folder, warm_python) as world,
    ):
        made = prepared(world, broker, server.url)
        world.beside = made.set_back
        yield made


def complaints(scenes: GrantScenes, command: Command, number: int) -> list[str]:
    """Kill a command after so many commits, run it again, and return what is not as it should."""
    found = scenes.program.complaints(command, Disturbance("killed", commit=number))
    replayed = ["a used refresh token was shown"] if scenes.broker.tokens.replays else []
    return found + replayed


@pytest.mark.parametrize("name", ["connect", "sync that renews"])
def test_killed_after_a_commit_and_run_again_it_ends_the_same(
    scenes: GrantScenes, name: str
) -> None:
    command = scenes.commands[name]
    number = random.Random(name).randint(1, scenes.program.undisturbed(command).commits)
    assert complaints(scenes, command, number) == [], number


@pytest.mark.slow
@pytest.mark.parametrize("name", SCENES)
def test_killed_after_any_commit_and_run_again_it_ends_the_same(
    scenes: GrantScenes, name: str
) -> None:
    command = scenes.commands[name]
    commits = scenes.program.undisturbed(command).commits
    assert commits > 0
    for number in range(1, commits + 1):
        assert complaints(scenes, command, number) == [], number


@pytest.mark.slow
@pytest.mark.parametrize("name", ["connect", "sync", "disconnect"])
def test_whenever_it_is_disturbed_and_run_again_it_ends_the_same(
    scenes: GrantScenes, name: str
) -> None:
    command = scenes.commands[name]
    for disturbance in scenes.program.draw(command, "2026", MANY):
        assert scenes.program.complaints(command, disturbance) == [], disturbance
