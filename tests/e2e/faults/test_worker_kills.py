"""A worker that is killed at any moment leaves each kind of run done once, when another goes on.

Short and seeded by default: one kill of each kind, after an answer of the server. With --slow every
kind is killed at as many moments as COACH_TEST_WORKER_KILLS says (50), after an answer or at a
share of the time, drawn by COACH_TEST_SEED. What is kept in the end is compared with what a worker
leaves that nobody killed.
"""

import os
import random
import re
from collections.abc import Iterator

import pytest

from coach.brokers.sandbox.faults import SandboxPlan
from coach.brokers.sandbox.server import serve
from coach.engine.api.jobs.handlers import HANDLERS
from coach.engine.postgres import embedded
from coach.engine.store.connect import connect
from coach.model.accounts import JobKind
from tests.e2e.conftest import WarmPython
from tests.e2e.faults.canonical import differences
from tests.e2e.faults.killing import Disturbance, Killing
from tests.e2e.faults.scenes import Command, prepare, small_world
from tests.e2e.faults.waiting import BY_HAND, WAITING, keep_waiting, name_of
from tests.e2e.faults.world import NOON, new_world

SEED = os.environ.get("COACH_TEST_SEED", "1")
MANY = int(os.environ.get("COACH_TEST_WORKER_KILLS", "50"))
PARTS = 10
LAST_MOMENT = 1.05
FOUND_DONE = frozenset({"purge.expired", "prune.candles", "make.months"})
"""What they do is kept step by step, and months are looked after by every command, too: a run
counts what its last attempt still found to do."""
SENT_TWICE = frozenset({"send.digest"})
"""What leaves the machine may leave it again: tests/integration/engine/notify kills that."""
OF_A_DONE_RUN = re.compile(r"run: (has|lacks) .*'done'")


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
        for kind in WAITING:
            keep_waiting(world, kind)
        world.commits.counts_reads = True  # an entry of the queue is taken by a select
        yield Killing(world)


def command(kind: JobKind) -> Command:
    """Return the next worker; it begins once the server knows that the killed one is dead.

    Until then the run is that worker's, and who looks once leaves it alone.
    """
    return Command(kind, name_of(kind), "worker --once", resumes=True, settings=BY_HAND)


def moments(program: Killing, kind: JobKind, seed: str, count: int) -> Iterator[Disturbance]:
    """Yield so many moments to kill a worker at, half of them after an answer of the server."""
    dice = random.Random(f"{seed} {kind}")
    commits = program.undisturbed(command(kind)).commits
    for _ in range(count):
        if dice.random() < 0.5:
            yield Disturbance("killed", commit=dice.randint(1, commits))
        else:
            yield Disturbance("killed", share=dice.uniform(0, LAST_MOMENT))


def complaints(program: Killing, kind: JobKind, moment: Disturbance) -> list[str]:
    """Return what is wrong in the end; how much the last attempt found to do is not."""
    found = program.complaints(command(kind), moment)
    return [one for one in found if not (kind in FOUND_DONE and OF_A_DONE_RUN.match(one))]


def test_each_kind_of_run_is_tried() -> None:
    assert {*WAITING} == {*HANDLERS} - SENT_TWICE


@pytest.mark.parametrize("kind", WAITING)
def test_a_worker_does_what_waits(killing: Killing, kind: JobKind) -> None:
    alone = killing.undisturbed(command(kind))
    assert (alone.ended.code, alone.ended.err) == (0, "")
    found = [
        *differences(alone.before.tables, alone.after.tables),
        *differences(alone.before.files, alone.after.files),
    ]
    assert [one for one in found if one.startswith(WAITING[kind].makes)], found
    with connect(embedded.ensure_running(killing.world.place)) as connection:
        runs = connection.execute("select distinct state, attempt from run where tries > 0")
        assert runs.fetchall() == [("done", 1)]


@pytest.mark.parametrize("kind", WAITING)
def test_a_killed_worker_leaves_what_the_next_one_makes_whole(
    killing: Killing, kind: JobKind
) -> None:
    commits = killing.undisturbed(command(kind)).commits
    moment = Disturbance("killed", commit=random.Random(f"{SEED} {kind}").randint(1, commits))
    assert complaints(killing, kind, moment) == [], moment


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("kind", WAITING)
def test_whenever_a_worker_is_killed_its_run_has_its_effects_once(
    killing: Killing, kind: JobKind, part: int
) -> None:
    for moment in list(moments(killing, kind, SEED, MANY))[part::PARTS]:
        assert complaints(killing, kind, moment) == [], moment
