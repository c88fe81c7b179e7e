"""A state for each kind of run, in which one waits for a worker and nothing else is due."""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from coach.engine.jobs import queue
from coach.engine.jobs.run import JobOrder
from coach.engine.market.snapshots import key_of
from coach.engine.outbox import partitions
from coach.engine.postgres import embedded
from coach.engine.store import users
from coach.engine.store.connect import CoachConnection, connect
from coach.model.accounts import INSTALLATION, JobKind, UserId
from coach.model.events import Json
from tests.e2e.faults.world import NOON, World

EVERYTHING: dict[str, Json] = {"symbols": [], "since": None, "until": None, "source": ""}
TODAY: dict[str, Json] = {"day": "2026-04-01"}
LOCAL, MATE = "local", "mate"
"""The user of the settings, whose due work every command does, and one whom a worker serves."""
BY_HAND = {"COACH_SYNC_AUTO": "off"}
"""No worker reads a broker by itself: the run that waits is the one that brings fills."""
LONG_AGO = datetime(2022, 10, 1, tzinfo=UTC)
PRUNING = JobOrder("prune.candles", {"week": "2026-W14"})
BEHIND = "update conclusion_state set concluded = concluded - 1"
OLD_RUNS = """
insert into run (user_id, id, kind, label, request, state, attempt, started_at, finished_at)
select u.id, 'old ' || n, 'score.bias', '', '{}', 'done', 1, %(then)s, %(then)s
  from app_user u, generate_series(1, 2500) n
"""
OLD_ANSWERS = """
insert into idempotency_key (user_id, route, key, fingerprint, expires_at)
select u.id, 'PUT /api/zone', n::text, '', %s from app_user u, generate_series(1, 1500) n
"""
OBJECTS = 120
"""More than are deleted at once."""


def leave(_world: World, _connection: CoachConnection) -> None:
    """Leave a state as it is."""


def leave_behind(_world: World, connection: CoachConnection) -> None:
    """Let the conclusions lack an import."""
    connection.execute(BEHIND)


def experiment(world: World, _connection: CoachConnection) -> None:
    """Let somebody have begun an experiment weeks ago, whose switches of a rule are due."""
    world.now = NOON - timedelta(weeks=5)
    for line in (
        f"users add {MATE}",
        "rules add max_trades_per_day limit=4",
        "experiments start max_trades_per_day --weeks 8 --outcome entries",
    ):
        done = world.run(line.split(), COACH_USER=MATE)
        assert done.code == 0, done.err
    world.now = NOON


def lack_months(_world: World, connection: CoachConnection) -> None:
    """Let the last month ahead be missing, and one be open that ended long ago."""
    last = partitions.months(connection)[-1].name
    connection.execute(f"drop table {last}")
    partitions.ensure(connection, LONG_AGO, months_ahead=0)


def expire(_world: World, connection: CoachConnection) -> None:
    """Let runs and answers be there whose time is over: some batches of each."""
    connection.execute(OLD_RUNS, {"then": LONG_AGO})
    connection.execute(OLD_ANSWERS, [LONG_AGO])


def orphan_candles(world: World, _connection: CoachConnection) -> None:
    """Let snapshots of candles be there to which nothing refers, written long ago."""
    for number in range(OBJECTS):
        content = str(number).encode()
        file = world.home / "data" / "objects" / key_of(sha256(content).hexdigest())
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
        os.utime(file, (LONG_AGO.timestamp(),) * 2)


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """What a run is asked for and whose it is, in a state of `scenes` that is changed before.

    `makes` is the table, or the beginning of the names of files, that differs once it is done.
    """

    state: str
    request: dict[str, Json]
    makes: str
    change: Callable[[World, CoachConnection], None] = leave
    user: str = LOCAL


WAITING: Mapping[JobKind, WaitingRun] = {
    "import.trades": WaitingRun("connected", {}, "fill"),
    "fetch.candles": WaitingRun("connected", {**EVERYTHING, "granularity": 3600}, "candle_week"),
    "score.bias": WaitingRun("seen", TODAY, "conclusion_state", leave_behind),
    "digest.weekly": WaitingRun("seen", {"week": "2026-W12"}, "digest"),
    "reflect.question": WaitingRun("seen", {"question": "why do I lose"}, "reflection"),
    "calibrate.rules": WaitingRun("labelled", {"rules": []}, "calibration"),
    "settle.promises": WaitingRun(
        "new", {**TODAY, "ended": None}, "event_outbox", experiment, MATE
    ),
    "make.months": WaitingRun("seen", TODAY, "months", lack_months, ""),
    "purge.expired": WaitingRun("seen", TODAY, "idempotency_key", expire, ""),
    "prune.candles": WaitingRun("seen", {"week": "2026-W13"}, "data/objects/", orphan_candles, ""),
}


def keep_waiting(world: World, kind: JobKind) -> None:
    """Keep a state in which a run of this kind waits, and nothing else is due."""
    waiting = WAITING[kind]
    world.set_back(waiting.state)
    with connect(embedded.ensure_running(world.place)) as connection:
        # it is due once there are candles, which a run of this test may bring
        queue.enqueue(connection, INSTALLATION, PRUNING, NOON)
    done = world.run(["worker", "--once"], **BY_HAND)
    assert (done.code, done.err) == (0, "")
    with connect(embedded.ensure_running(world.place)) as connection:
        waiting.change(world, connection)
        request = waiting.request or {"account": connected(connection)}
        owner = user_named(connection, waiting.user)
        assert queue.enqueue(connection, owner, JobOrder(kind, request), NOON)
    world.keep(name_of(kind))


def user_named(connection: CoachConnection, name: str) -> UserId:
    """Return the user of that name; no name is that of the installation."""
    if not name:
        return INSTALLATION
    user = users.find(connection, name)
    assert user is not None
    return user.id


def connected(connection: CoachConnection) -> str:
    """Return the name of the account that a broker is connected to."""
    row = connection.execute(
        "select a.name from connection c join account a on a.id = c.account_id"
    )
    [(name,)] = row.fetchall()
    return str(name)


def name_of(kind: JobKind) -> str:
    """Return the name of the state in which a run of this kind waits."""
    return f"waits_{kind.replace('.', '_')}"
