"""A database of somebody else, whose owner may make no roles: first without the role, then with it.

Everything is done as docs/database.md says: the tables are made by their owner, and the script that
coach prints is run by an administrator.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import httpx2
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.e2e.cli.conftest import environment
from tests.e2e.cli.server.conftest import PATIENCE, running_server

pytestmark = pytest.mark.external
EXTERNAL = os.environ.get("COACH_TEST_DATABASE_URL", "")
PASSWORD = "four plain words here"
ROWS = 40
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
COMMANDS = (
    "status",
    "accounts",
    "import list",
    "trades",
    "pnl",
    "biases",
    "tags",
    "rules add max_trades_per_day limit=1",
    "rules status",
    "rules breaches",
    "rules calibrate",
    "note add 2026-03-02 slept-badly",
    "note list",
    "digest --week 2026-W11",
    "digest --week 2026-W11 --verify",
    "simulate --skip-after-loss 60",
    "check BTC-USD buy 1",
    "label questions",
    "events",
    "jobs",
    "audit verify",
    "keys rotate",
    "accounts set main --equity 1000",
    "candles list",
    "db status",
    "db upgrade",
    "users list",
)


@dataclass(frozen=True, slots=True)
class PlainOwner:
    """A home whose coach is the owner of its tables and nothing more."""

    home: Path
    url: str
    admin: str

    def ask(self, *words: str) -> Any:  # noqa: ANN401 -- JSON
        """Run a command; return what it says with --json."""
        done = self.run(*words, "--json")
        return json.loads(done)["data"]

    def run(self, *words: str) -> str:
        """Run a command; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "coach", *words],
            env=environment(self.home, COACH_DATABASE_URL=self.url),
            input=PASSWORD,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

    def isolation(self) -> tuple[str, str]:
        """Return what coach doctor says of it."""
        [found] = [one for one in self.ask("doctor")["checks"] if one["name"] == "isolation"]
        return found["state"], found["detail"]


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[PlainOwner]:
    """Return an empty database of a role that may do nothing else."""
    name, password = f"coach_test_plain_{os.getpid()}", token_hex(16)
    role = sql.Identifier(name)
    with psycopg.connect(EXTERNAL, autocommit=True) as admin:
        made = sql.SQL("create role {} login password {}").format(role, sql.Literal(password))
        admin.execute(made)
        admin.execute(sql.SQL("create database {} owner {}").format(role, role))
        place = {part: str(value) for part, value in conninfo_to_dict(EXTERNAL).items()}
        host, port = (place[part] for part in ("host", "port"))
        url = f"postgresql://{name}:{password}@{host}:{port}/{name}"
        try:
            yield PlainOwner(tmp_path / "home", url, make_conninfo(EXTERNAL, dbname=name))
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(role))
            admin.execute(sql.SQL("drop role {}").format(role))


def statement(folder: Path) -> Path:
    """Write twenty round trips of one day each."""
    lines = [
        f"2026-03-{day:02}T{hour}:00:00Z,BTC-USD,{side},1,{100 + day % 7},0.1,USD,{side}{day}"
        for day in range(1, ROWS // 2 + 1)
        for hour, side in (("09", "buy"), ("10", "sell"))
    ]
    file = folder / "fills.csv"
    file.write_text("\n".join([HEADER, *lines, ""]))
    return file


def do_everything(plain: PlainOwner, folder: Path) -> None:
    """Import a statement, ask everything about it, and take it back."""
    made = plain.ask("import", "csv", str(statement(folder)), "--account", "main")
    assert made["new"] == ROWS
    for command in COMMANDS:
        plain.run(*command.split())
    plain.run("rules", "remove", "max_trades_per_day")
    assert plain.ask("import", "undo", made["run_id"], "--yes")["removed"] == ROWS


def a_friend_imports(plain: PlainOwner, folder: Path) -> None:
    """Let a friend sign in at the server and import; what is the owner's is not hers."""
    plain.ask("import", "csv", str(statement(folder)), "--account", "main")
    for name in ("local", "ann"):
        plain.run("users", "add", name, "--password-file", "-")
    settings = {"COACH_DATABASE_URL": plain.url}
    with (
        running_server(plain.home, worker=True, settings=settings) as server,
        httpx2.Client(base_url=server.url, timeout=PATIENCE) as ann,
    ):
        ann.headers["Origin"] = server.url
        said = ann.post("/api/session", json={"name": "ann", "password": PASSWORD})
        assert said.status_code == 201, said.text
        assert ann.get("/api/accounts").json()["data"] == []
        sent = ann.post(
            "/api/imports",
            files={"file": ("fills.csv", statement(folder).read_bytes())},
            data={"account": "hers"},
            headers={"Idempotency-Key": "of-a-friend"},
        )
        assert (sent.status_code, sent.json()["data"]["new"]) == (201, ROWS), sent.text
        names = [one["name"] for one in ann.get("/api/accounts").json()["data"]]
        assert names == ["hers"]
        assert ann.get("/api/digests?week=2026-W11").status_code == 200
    plain.run("users", "remove", "ann", "--yes")
    assert [one["name"] for one in plain.ask("accounts")] == ["main"]


def test_all_works_without_the_role_and_with_the_one_of_the_script(
    plain: PlainOwner, tmp_path: Path
) -> None:
    plain.run("db", "upgrade")
    assert plain.isolation()[0] == "warning"
    do_everything(plain, tmp_path)
    script = plain.run("db", "role-script")
    with psycopg.connect(plain.admin, autocommit=True) as admin:
        admin.execute(script.encode(), prepare=False)
    assert plain.isolation() == ("ok", "requests reach the rows of their user alone")
    do_everything(plain, tmp_path)
    a_friend_imports(plain, tmp_path)
    assert plain.isolation()[0] == "ok"
