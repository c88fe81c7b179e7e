"""Every command that writes, disturbed at many moments and run again, ends as if it never was.

Short and seeded by default; with --slow every commit is a moment to be killed at, and as many more
are drawn. COACH_TEST_SEED draws others, COACH_TEST_KILLS more of them for each command.
"""

import os
from collections.abc import Iterator

import pytest

from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import serve
from coach.brokers.sandbox.world import SandboxWorld
from tests.e2e.conftest import WarmPython
from tests.e2e.faults.killing import Disturbance, Killing
from tests.e2e.faults.scenes import Command, prepare, small_world
from tests.e2e.faults.world import NOON, new_world

SEED = os.environ.get("COACH_TEST_SEED", "1")
MANY = int(os.environ.get("COACH_TEST_KILLS", "10"))
MOST_COMMITS, PARTS = 20, 4
"""A command that commits more often is killed after so many of its commits, in so many tests."""
NAMES = [
    "migrate from nothing",
    "migrate",
    "import",
    "import more",
    "undo",
    "import candles",
    "fetch candles",
    "connect",
    "connect kraken",
    "disconnect",
    "seal a key file",
    "rotate a data key",
    "rotate after an incident",
    "rewrap",
    "sync",
    "sync kraken",
    "sync with candles",
    "add a rule",
    "edit a rule",
    "remove a rule",
    "calibrate",
    "calibrate by itself",
    "label",
    "ask",
    "digest",
    "simulate",
    "plan",
    "declare money",
    "take shorts",
    "experiment",
    "export",
    "back up",
]
SELDOM = ["restore", "restore into nothing", "import an archive", "purge"]
"""With --slow alone: tests/integration has steps of theirs that are killed at."""
Commands = dict[str, Command]


@pytest.fixture(scope="module")
def killing(
    tmp_path_factory: pytest.TempPathFactory, warm_python: WarmPython
) -> Iterator[tuple[Killing, Commands]]:
    """A home with all states, a broker beside it, and the commands by name."""
    broker = small_world()
    without_limit = SandboxPlan.model_validate({"per_second": 0})
    with (
        serve(broker, lambda: NOON, plan=without_limit) as server,
        new_world(tmp_path_factory.mktemp("kills"), warm_python) as world,
    ):
        world.before_each = lambda: forget_counts(broker)
        commands = prepare(world, broker, server.url)
        yield Killing(world), {command.name: command for command in commands}


def forget_counts(broker: SandboxWorld) -> None:
    """Let the broker forget how far a key has counted its requests.

    A real clock is further on when a command comes again, and nobody sets a database back.
    """
    for grant in broker.kraken_keys.values():
        grant.nonce = 0


def test_every_command_is_tried(killing: tuple[Killing, Commands]) -> None:
    assert sorted(killing[1]) == sorted(NAMES + SELDOM)


@pytest.mark.parametrize("name", NAMES)
def test_a_disturbed_command_can_be_run_again(killing: tuple[Killing, Commands], name: str) -> None:
    program, commands = killing
    command = commands[name]
    for disturbance in program.draw(command, SEED, 1):
        assert program.complaints(command, disturbance) == [], disturbance


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("name", NAMES + SELDOM)
def test_whatever_was_committed_running_it_again_makes_it_whole(
    killing: tuple[Killing, Commands], name: str, part: int
) -> None:
    program, commands = killing
    command = commands[name]
    numbers = range(1, program.undisturbed(command).commits + 1)
    for number in numbers[:: 1 + len(numbers) // MOST_COMMITS][part::PARTS]:
        disturbance = Disturbance("killed", commit=number)
        assert program.complaints(command, disturbance) == [], disturbance


@pytest.mark.slow
@pytest.mark.parametrize("number", range(MANY))
@pytest.mark.parametrize("name", NAMES + SELDOM)
def test_whenever_it_is_disturbed_running_it_again_makes_it_whole(
    killing: tuple[Killing, Commands], name: str, number: int
) -> None:
    program, commands = killing
    command = commands[name]
    for disturbance in program.draw(command, f"{SEED} {number}", 1):
        assert program.complaints(command, disturbance) == [], disturbance
