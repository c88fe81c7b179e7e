"""Coach's long-lived processes over one database, and over one Redis where one is given."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from subprocess import PIPE
from urllib.parse import quote, urlencode

import pytest
from psycopg.conninfo import conninfo_to_dict

from coach.engine.jobs import queue
from coach.engine.jobs.run import JobOrder
from coach.engine.store import users
from coach.engine.store.connect import CoachConnection, connect

NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
RUNS = 20
REDIS = os.environ.get("COACH_TEST_REDIS_URL", "")
Process = subprocess.Popen[str]
Start = Callable[..., Process]


@pytest.fixture
def asked(database_url: str) -> Iterator[CoachConnection]:
    """Return a connection to a database in which runs of one user wait."""
    with connect(database_url) as connection:
        user = users.add(connection, "local", "UTC")
        assert user is not None
        for number in range(RUNS):
            order = JobOrder("score.bias", {"number": number}, f"number {number}")
            assert queue.enqueue(connection, user.id, order, NOON)
        yield connection


@pytest.fixture
def start(database_url: str, tmp_path: Path) -> Iterator[Start]:
    """Return what starts a command over the database, each with a home of its own."""
    with ExitStack() as until_the_end:

        def started(home: str, *words: str) -> Process:
            environment = {
                "PATH": os.environ["PATH"],
                "COACH_HOME": str(tmp_path / home),
                "COACH_DATABASE_URL": as_url(database_url),
                **({"COACH_REDIS_URL": REDIS} if REDIS else {}),
            }
            command = [sys.executable, "-m", "coach", *words]
            process = subprocess.Popen(
                command, env=environment, text=True, stdout=PIPE, stderr=PIPE
            )
            until_the_end.enter_context(process)
            until_the_end.callback(process.kill)
            return process

        yield started


def as_url(database_url: str) -> str:
    """Return words of libpq's as the setting takes them."""
    return f"postgresql://?{urlencode(conninfo_to_dict(database_url), quote_via=quote)}"
