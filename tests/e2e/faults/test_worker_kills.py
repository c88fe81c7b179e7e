"""A worker that is killed at any moment leaves each kind of run done once, when another goes on.

Short and seeded by default: one kill of each kind, after a commit. With --slow every kind is killed
at as many moments as COACH_TEST_WORKER_KILLS says (50), after a commit or at a share of the time,
drawn by COACH_TEST_SEED. What is kept in the end is compared with what a worker leaves that nobody
killed.
"""

import os
import random
from collections.abc import Iterator, Mapping

import pytest

from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import serve
from coach.engine.jobs import queue
from coach.engine.jobs.run import JobOrder
from coach.engine.postgres import embedded
from coach.engine.store import users
from coach.engine.store.connect import CoachConnection, connect
from coach.model.accounts import INSTALLATION, JobKind
from coach.model.events import Json
from tests.e2e.conftest import WarmPython
from tests.e2e.faults.canonical import differences
from tests.e2e.faults.killing import Disturbance, Killing
from tests.e2e.faults.scenes import Command, prepare, small_world
from tests.e2e.faults.world import NOON, World, new_world

SEED = os.environ.get("COACH_TEST_SEED", "1")
MANY = int(os.environ.get("COACH_TEST_WORKER_KILLS", "50"))
PARTS = 10
LAST_MOMENT = 1.05
BEHIND = "update conclusion_state set concluded = concluded - 1"
EVERYTHING: dict[str, Json] = {"symbols": [], "since": None, "until": None, "source": ""}
ASKED: Mapping[JobKind, tuple[str, dict[str, Json]]] = {
    "import.trades": ("connected", {"account": ""}),
    "fetch.candles": ("connected", {**EVERYTHING, "granularity": 3600}),
    "score.bias": ("seen", {"day": "2026-04-01"}),
    "digest.weekly": ("seen", {"week": "2026-W12"}),
    "calibrate.rules": ("labelled", {"rules": []}),
}
"""What each kind of run is asked for, and in which state of `scenes`."""
PRUNING = JobOrder("prune.candles", {"week": "2026-W14"})


@pytest.fixture(scope="module")
def killing(tmp_path_factory: pytest.TempPathFactory, warm_python: WarmPython) -> Iterator[Killing]:
    """A home with a state for each kind, in which one run of that kind waits for a worker."""
    broker = small_world()
    without_limit = SandboxPlan.model_validate({"per_second": 0})
    with (
        serve(broker, lambda: NOON, plan=without_limit) as server,
        new_world(tmp_path_factory.mktemp("worker-kills"), warm_python) as world,
    ):
        prepare(world, broker, server.url)
        for kind in ASKED:
            keep_waiting(world, kind)
        yield Killing(world)


def keep_waiting(world: World, kind: JobKind) -> None:
    """Keep a state in which a run of this kind waits, and nothing else is due."""
    state, request = ASKED[kind]
    world.set_back(state)
    with connect(embedded.ensure_running(world.place)) as connection:
        # it is due once there are candles, which a run of this test may bring
        queue.enqueue(connection, INSTALLATION, PRUNING, NOON)
    done = world.run(["worker", "--once"])
    assert (done.code, done.err) == (0, "")
    with connect(embedded.ensure_running(world.place)) as connection:
        user = users.find(connection, "local")
        assert user is not None
        if kind == "import.trades":
            request = {"account": connected(connection)}
        if kind == "score.bias":
            connection.execute(BEHIND)
        assert queue.enqueue(connection, user.id, JobOrder(kind, request), NOON)
    world.keep(name_of(kind))


def connected(connection: CoachConnection) -> str:
    row = connection.execute(
        "select a.name from connection c join account a on a.id = c.account_id"
    )
    [(name,)] = row.fetchall()
    return str(name)


def name_of(kind: JobKind) -> str:
    return f"waits_{kind.replace('.', '_')}"


def command(kind: JobKind) -> Command:
    """Return the next worker; it begins once the server knows that the killed one is dead.

    Until then the run is that worker's, and who looks once leaves it alone.
    """
    return Command(kind, name_of(kind), "worker --once", resumes=True)


def moments(program: Killing, kind: JobKind, seed: str, count: int) -> Iterator[Disturbance]:
    """Yield so many moments to kill a worker at, half of them after a commit."""
    dice = random.Random(f"{seed} {kind}")
    commits = program.undisturbed(command(kind)).commits
    for _ in range(count):
        if dice.random() < 0.5:
            yield Disturbance("killed", commit=dice.randint(1, commits))
        else:
            yield Disturbance("killed", share=dice.uniform(0, LAST_MOMENT))


@pytest.mark.parametrize("kind", ASKED)
def test_a_worker_does_what_waits(killing: Killing, kind: JobKind) -> None:
    alone = killing.undisturbed(command(kind))
    assert (alone.ended.code, alone.ended.err) == (0, "")
    assert differences(alone.before.tables, alone.after.tables) != []
    with connect(embedded.ensure_running(killing.world.place)) as connection:
        runs = connection.execute("select distinct state, attempt from run where tries > 0")
        assert runs.fetchall() == [("done", 1)]


@pytest.mark.parametrize("kind", ASKED)
def test_a_killed_worker_leaves_what_the_next_one_makes_whole(
    killing: Killing, kind: JobKind
) -> None:
    commits = killing.undisturbed(command(kind)).commits
    moment = Disturbance("killed", commit=random.Random(f"{SEED} {kind}").randint(1, commits))
    assert killing.complaints(command(kind), moment) == [], moment


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", ASKED)
def test_whenever_a_worker_is_killed_its_run_has_its_effects_once(
    killing: Killing, kind: JobKind, part: int
) -> None:
    for moment in list(moments(killing, kind, SEED, MANY))[part::PARTS]:
        assert killing.complaints(command(kind), moment) == [], moment
