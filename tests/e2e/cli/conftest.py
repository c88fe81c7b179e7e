"""The installed command in a process of its own, on a database of its own."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from subprocess import PIPE, CompletedProcess, Popen

import psycopg
import pytest
from jsonschema import Draft202012Validator

from coach.model.events import Event
from coach.views import events as views
from coach.views.nouns import COMMANDS
from coach.views.table import json_row
from tests.e2e.conftest import WarmPython
from tests.e2e.homes import LentHome

Coach = Callable[..., CompletedProcess[str]]
STATEMENT = """\
timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id
2026-04-01T09:00:00Z,BTC-USD,buy,1,100,1,USD,a1
2026-04-01T10:00:00Z,BTC-USD,sell,1,90,1,USD,a2
2026-04-02T09:00:00Z,BTC-USD,buy,2,80,0.5,USD,a3
2026-04-02T09:30:00Z,BTC-USD,sell,1,95,0.5,USD,a4
"""
UNREADABLE = "2026-04-03T09:00:00Z,BTC-USD,buy,much,80,1,USD,a5\n"
PATIENCE = 120
PUBLISHED = Path(__file__).parents[3] / "docs" / "schemas"


def environment(home: Path, **more: str) -> dict[str, str]:
    """Return an environment in which only this home is known."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {"COACH_HOME": str(home), "TERM": "xterm-256color"} | more


def assert_published(command: str, data: object) -> None:
    """Hold what a command printed, or each row of its list, against the noun's schema."""
    for row in data if isinstance(data, list) else [data]:
        published(COMMANDS[command]).validate(row)


def assert_events_published(database: str) -> None:
    """Hold every event that was written there against the schema of its type."""
    with psycopg.connect(database) as connection:
        if connection.execute("select to_regclass('event_outbox')").fetchone() == (None,):
            return
        rows = connection.execute(
            "select id, user_id, seq, type, v, ts, payload from event_outbox"
        ).fetchall()
    for row in rows:
        event = Event(*row)
        published(f"event.{event.type}").validate(json_row(views.event(event)))


@cache
def published(noun: str) -> Draft202012Validator:
    """The schema of a noun, closed: a field that it does not name is a fault of ours."""
    schema = json.loads((PUBLISHED / f"{noun}.schema.json").read_text())
    for part in (schema, *schema.get("$defs", {}).values()):
        part["additionalProperties"] = False
    return Draft202012Validator(schema)


@pytest.fixture(scope="module")
def home(home: Path, lent_home: LentHome) -> Iterator[Path]:
    """A home as new, whose events are held against their schemas in the end."""
    yield home
    assert_events_published(lent_home.database_url())


@pytest.fixture
def coach(home: Path, warm: WarmPython | None) -> Coach:
    """Run coach with its output in pipes."""

    def run(*words: str, stdin: str = "", **more: str) -> CompletedProcess[str]:
        if warm:
            return warm.run(words, environment(home, **more), Path.cwd(), stdin)
        return subprocess.run(
            [sys.executable, "-m", "coach", *words],
            env=environment(home, **more),
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    return run


@pytest.fixture
def on_terminal(home: Path, warm_python: WarmPython) -> Coach:
    """Run coach on a terminal; what it shows is in `stdout`, both streams in order.

    `typed` is what somebody types there.
    """

    def run(*words: str, typed: str = "", **more: str) -> CompletedProcess[str]:
        return warm_python.show(words, environment(home, **more), Path.cwd(), typed)

    return run


@contextmanager
def running_sandbox(home: Path, *options: str) -> Iterator[dict[str, str]]:
    """Run a sandbox for the length of the block; yield its address and its two keys."""
    with Popen(
        [sys.executable, "-m", "coach", "sandbox", *options, "--json"],
        env={**os.environ, "COACH_HOME": str(home)},
        stdout=PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        told: dict[str, str] = json.loads(process.stdout.readline())["data"]
        yield told | {"pid": str(process.pid)}
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=PATIENCE)


@pytest.fixture
def statement(tmp_path: Path) -> Path:
    """
    1 Apr 09:00 buy  BTC 1 @ 100
    1 Apr 10:00 sell BTC 1 @ 90
    2 Apr 09:00 buy  BTC 2 @ 80
    2 Apr 09:30 sell BTC 1 @ 95
    """
    file = tmp_path / "mine.csv"
    file.write_text(STATEMENT)
    return file


@pytest.fixture
def half_readable(tmp_path: Path) -> Path:
    """The same, and a row that nobody can read."""
    file = tmp_path / "half.csv"
    file.write_text(STATEMENT + UNREADABLE)
    return file
