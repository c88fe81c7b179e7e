"""A rotation that is killed three times while four processes refresh the tokens that it seals anew.

Small by default; with --slow it is 10,000 tokens.
"""

import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from coach.engine.api.session import Session
from coach.engine.keyring.keyring import Keyring
from coach.engine.keyring.secrets import opened, seal_secret
from coach.engine.store.vault import deks, sealed_secrets
from coach.engine.store.vault.sealed_secrets import SecretPlace
from coach.model.machine.keys import SecretOwner
from coach.model.machine.secrets import Secret

if TYPE_CHECKING:
    from _pytest.fixtures import SubRequest

WORKER = Path(__file__).with_name("worker.py")
ROOT = Path(__file__).parents[4]
REFRESHERS, KILLS = 4, 3
PATIENCE_S = 900
UNDER_NEW = (
    "select count(*) from sealed_secret s join dek d on d.user_id = s.user_id and d.id = s.dek_id"
    " where d.state = 'active'"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "keys"


def fill(session: Session, keyring: Keyring, count: int) -> None:
    with session.connection.transaction():
        for number in range(count):
            owner = SecretOwner(f"token:{number}")
            place = SecretPlace(session.user.id, owner, "token", "coinbase")
            seal_secret(keyring, session.connection, place, Secret(f"token of {owner} 0"))


def start(
    what: str, url: str, session: Session, folder: Path, number: int
) -> subprocess.Popen[str]:
    log = folder / f"log-{number}"
    words = [what, url, str(folder), session.user.id, str(log), str(number)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, str(WORKER), *words]
    return subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)


@contextmanager
def refreshers(url: str, session: Session, folder: Path) -> Iterator[None]:
    """Run the refreshers for the length of the block; none of them may have ended by itself."""
    running = [start("refresh", url, session, folder, number) for number in range(REFRESHERS)]
    try:
        wait_until(lambda: all((folder / f"log-{one}").exists() for one in range(REFRESHERS)))
        yield
        assert [one.poll() for one in running] == [None] * REFRESHERS
    finally:
        for one in running:
            one.kill()
            one.communicate()


def wait_until(done: object) -> None:
    assert callable(done)
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def rotate_under_fire(session: Session, url: str, folder: Path, count: int, seed: int) -> None:
    """Kill the rotation three times on its way, then let it end."""
    dice = random.Random(seed)
    for kill in range(1, KILLS + 1):
        goal = int(count * (kill - dice.random() / 2) / (KILLS + 1))
        process = start("rotate", url, session, folder, 100 + kill)
        wait_until(lambda: under_new(session) >= goal or process.poll() is not None)  # noqa: B023
        process.kill()
        process.communicate()
    last = start("rotate", url, session, folder, 200)
    _, err = last.communicate(timeout=PATIENCE_S)
    assert last.returncode == 0, err


def under_new(session: Session) -> int:
    row = session.connection.execute(UNDER_NEW).fetchone()
    assert row is not None
    retired = session.connection.execute("select from dek where state = 'retiring'").fetchone()
    return int(row[0]) if retired is not None else 0


@pytest.fixture
def count(request: "SubRequest") -> int:
    """Two hundred secrets, and ten thousand with --slow."""
    return 10_000 if request.config.getoption("--slow") else 200


def test_nothing_is_lost_unreadable_or_left_on_the_old_key(
    session: Session, keyring: Keyring, database_url: str, folder: Path, count: int
) -> None:
    fill(session, keyring, count)
    with refreshers(database_url, session, folder):
        rotate_under_fire(session, database_url, folder, count, seed=count)
    stored = sealed_secrets.every(session.connection, session.user.id)
    found = {}
    for one in stored:
        key = keyring.key_named(session.connection, session.user.id, one.dek_id)
        name, _, number = opened(key, one).reveal().removeprefix("token of ").rpartition(" ")
        assert name == one.owner
        found[name] = int(number)
    committed = dict.fromkeys(found, 0)
    for log in folder.glob("log-*"):
        for line in log.read_text().splitlines():
            name, number = line.split()
            committed[name] = max(committed[name], int(number))
    assert len(found) == count
    assert {name for name, number in committed.items() if number > found[name]} == set()
    assert sum(committed.values()) > 0
    summaries = deks.summaries(session.connection)
    assert [(one.state, one.seals) for one in summaries if one.seals] == [("active", count)]
    assert sorted(one.state for one in summaries) == ["active", "retiring"]
