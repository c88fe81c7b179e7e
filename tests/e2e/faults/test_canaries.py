"""Twelve planted secrets, and none of them in anything that coach leaves behind.

Looked through are all that every command says, with and without --json and tracebacks, the logs, a
plain dump of the database with its audit rows, and the environments of the processes under it.
"""

import json
import os
import subprocess
import sys
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path

import pytest

from coach.engine.postgres import embedded
from coach.engine.store.connect import connect
from coach.engine.store.vault import deks
from coach.engine.vault.providers.age_file import AgeFile
from coach.engine.vault.ring import WrapContext, unwrap
from tests.e2e.faults.conftest import STATEMENT
from tests.e2e.faults.test_privacy import sandbox

PLANTED = {
    "AWS_SECRET_ACCESS_KEY": "canary/aws+secret+6f1d",
    "AWS_SESSION_TOKEN": "canary/aws+session+0c9e",
    "COACH_COINAPI_KEY": "canary-coinapi-5b27",
    "COACH_ALPHAVANTAGE_KEY": "canary-alphavantage-a813",
}
PASSPHRASE, WRONG = "canary recovery passphrase 77", "canary wrong passphrase 31"
DATABASE, REDIS = "canary-database-19", "canary-redis-84"
UNREADABLE_KEY = '{"name": "canary-key-name-of-nobody", "privateKey": "canary-private-key-66"}'
LINES = (
    "status",
    "doctor",
    "accounts",
    "config list --show-origin",
    "audit",
    "audit verify",
    "keys status",
    "candles sources --symbol BTC-USD",
    "events",
    "jobs",
)
PLAIN_LINES = ("doctor", "accounts", "keys status", "audit")
CRASH = """
import sys
from coach import __main__
from coach.brokers.coinbase import adapter

def permissions(client):
    raise RuntimeError("nobody expected this")

adapter.permissions = permissions
sys.exit(__main__.main())
"""


class Remains:
    """Everything that was said, under the name of what said it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.texts: dict[str, str] = {}

    def run(self, line: str, stdin: str = "", **more: str) -> int:
        """Run a command with the planted secrets in its environment, with tracebacks."""
        program = ["-c", CRASH] if more.get("CRASH") else ["-m", "coach"]
        ended = subprocess.run(
            [sys.executable, *program, *line.split()],
            env={
                "PATH": os.environ["PATH"],
                "COACH_HOME": str(self.home),
                "COACH_CANDLE_SOURCES": "coinapi,alphavantage",
                "COACH_DEBUG": "1",
                **PLANTED,
                **more,
            },
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        self.texts[f"{line} {sorted(more)}"] = ended.stdout + ended.stderr
        return ended.returncode


@pytest.fixture(scope="module")
def remains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Remains]:
    """A home in which every command that meets a secret has run, and a database that still does."""
    home = tmp_path_factory.mktemp("canaries") / "home"
    found = Remains(home)
    place = embedded.DatabaseHome(home / "data", throwaway=True)
    kit = home.parent / "kit.age"
    try:
        embedded.ensure_running(place)
        assert found.run("import csv -", STATEMENT) == 0
        with sandbox(home, 0o077) as url:
            keys = home / "state" / "sandbox"
            base = f"--base-url {url}"
            connect_line = "connect coinbase --key-file"
            assert found.run(f"{connect_line} {keys}/trade-key.json {base} --account b") == 1
            assert found.run(f"{connect_line} - {base}", UNREADABLE_KEY) != 0
            assert found.run(f"{connect_line} {keys}/view-key.json {base} --json") == 0
            assert found.run("import sync") == 0
            assert found.run("import sync --debug", CRASH="yes") == 1
            assert found.run("import sync --json", CRASH="yes", COACH_DEBUG="0") == 1
        for line in LINES:
            found.run(f"{line} --json")
        for line in PLAIN_LINES:
            found.run(line)
        assert found.run("keys rotate --incident --yes --json") == 0
        assert found.run("keys rewrap") == 0
        export = f"keys export-recovery --out {kit} --passphrase-file -"
        assert found.run(export, f"{PASSPHRASE}\n") == 0
        assert found.run(f"keys restore {kit} --passphrase-file - --json", f"{WRONG}\n") == 12
        assert found.run(f"keys restore {kit} --passphrase-file -", f"{PASSPHRASE}\n") == 0
        nowhere = f"postgresql://me:{DATABASE}@127.0.0.1:1/coach"
        assert found.run("status --json", COACH_DATABASE_URL=nowhere) == 1
        found.run("doctor", COACH_REDIS_URL=f"redis://:{REDIS}@127.0.0.1:1/0")
        assert found.run("import sync") != 0  # the broker is gone
        yield found
    finally:
        embedded.discard(place)


@pytest.fixture(scope="module")
def canaries(remains: Remains) -> dict[str, bytes]:
    """Every secret there is, by what it is."""
    state, config = remains.home / "state", remains.home / "config"
    ring = AgeFile(state / "vault" / "kek.age", config / "kek-identity.txt").load()
    assert ring is not None
    with connect(embedded.ensure_running(embedded.DatabaseHome(remains.home / "data"))) as there:
        [wrapped] = [one for one in deks.every_wrapped(there) if one.state == "active"]
    assert wrapped.wrapped is not None
    context = WrapContext(wrapped.user_id, wrapped.id)
    named = {
        "the key of keys": ring.keys[ring.current],
        "the data key": bytes(unwrap(ring, wrapped.wrapped, wrapped.kek_id, context)),
        "the identity": (config / "kek-identity.txt").read_bytes().strip(),
    }
    for name in ("view-key", "trade-key"):
        key = json.loads((state / "sandbox" / f"{name}.json").read_text())["privateKey"]
        named[name] = max(key.split("\n"), key=len).encode()
    planted = {**PLANTED, "passphrase": PASSPHRASE, "wrong": WRONG, "db": DATABASE, "redis": REDIS}
    named |= {name: text.encode() for name, text in planted.items()}
    return {**named, "unreadable key": b"canary-private-key-66"}


def hits(canaries: dict[str, bytes], text: bytes) -> set[str]:
    return {
        name
        for name, secret in canaries.items()
        if any(form in text for form in (secret, secret.hex().encode(), b64encode(secret)))
    }


def test_at_least_twelve_are_planted(canaries: dict[str, bytes]) -> None:
    assert len(set(canaries.values())) == len(canaries) >= 12
    assert min(map(len, canaries.values())) >= 15


def test_no_command_says_one(remains: Remains, canaries: dict[str, bytes]) -> None:
    told = {line: hits(canaries, text.encode()) for line, text in remains.texts.items()}
    assert {line: names for line, names in told.items() if names} == {}
    assert any("Traceback" in text for text in remains.texts.values())


def test_no_log_holds_one(remains: Remains, canaries: dict[str, bytes]) -> None:
    server = embedded.state(embedded.DatabaseHome(remains.home / "data")).log
    logs = [server, *remains.home.rglob("*.log")]
    assert {str(log): hits(canaries, log.read_bytes()) for log in logs if log.exists()} == {
        str(log): set() for log in logs if log.exists()
    }


def test_a_plain_dump_of_the_database_holds_none(
    remains: Remains, canaries: dict[str, bytes]
) -> None:
    url = embedded.ensure_running(embedded.DatabaseHome(remains.home / "data"))
    with connect(url) as there:
        tables = there.execute(
            "select relname from pg_class where relkind = 'r'"
            " and relnamespace = 'public'::regnamespace"
        ).fetchall()
        dumped = b""
        for (table,) in tables:
            with there.cursor().copy(f"copy {table} to stdout") as rows:
                dumped += b"".join(bytes(row) for row in rows)
    assert b"account.connected" in dumped
    assert b"key.refused" in dumped
    assert hits(canaries, dumped) == set()


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="only Linux has /proc")
def test_no_process_under_coach_has_one_in_its_environment(
    remains: Remains, canaries: dict[str, bytes]
) -> None:
    pid = embedded.state(embedded.DatabaseHome(remains.home / "data")).pid
    assert pid is not None
    assert hits(canaries, Path(f"/proc/{pid}/environ").read_bytes()) == set()


def test_only_the_files_that_are_meant_to_hold_a_key_do(
    remains: Remains, canaries: dict[str, bytes]
) -> None:
    database = str(remains.home / "data" / "postgresql")
    held = {
        path.name: hits(canaries, path.read_bytes())
        for path in remains.home.rglob("*")
        if path.is_file() and not str(path).startswith(database)
    }
    assert {name: found for name, found in held.items() if found} == {
        "kek-identity.txt": {"the identity"},
        "view-key.json": {"view-key"},
        "trade-key.json": {"trade-key"},
    }
