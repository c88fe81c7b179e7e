"""docs/users.md, from nothing to a friend who has signed in and imports: what it shows is run."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from tests.e2e.cli.server.conftest import PATIENCE, RunningServer, running_server

PAGE = Path(__file__).parents[4] / "docs" / "users.md"
OWN, ANNS = "four plain words here", "five other plain words here"
STATEMENT = (
    "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id\n"
    "2026-03-02T10:00:00Z,BTC-USD,buy,1,100,0,USD,a\n"
    "2026-03-02T11:00:00Z,BTC-USD,sell,1,110,0,USD,b\n"
)


class Terminal:
    """A terminal in a folder of its own, where the page's commands are typed."""

    def __init__(self, home: Path, folder: Path) -> None:
        self.home, self.folder = home, folder

    def type(self, line: str, **more: str) -> str:
        """Run a command of the page as it stands there; return what it prints."""
        assert line in PAGE.read_text(), f"docs/users.md does not show {line!r}"
        coach, *words = line.split()
        assert coach == "coach"
        return self.run(*words, **more)

    def run(self, *words: str, **more: str) -> str:
        """Run coach; return what it prints."""
        done = subprocess.run(
            [sys.executable, "-m", "coach", *words],
            check=False,
            capture_output=True,
            text=True,
            cwd=self.folder,
            timeout=PATIENCE,
            env={**os.environ, **more, "COACH_HOME": str(self.home)},
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def terminal(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Terminal:
    folder = tmp_path_factory.mktemp("folder")
    (folder / "password.txt").write_text(f"{OWN}\n")
    (folder / "ann.txt").write_text(f"{ANNS}\n")
    return Terminal(home, folder)


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[RunningServer]:
    with running_server(home) as running:
        yield running


def browser_of(server: RunningServer) -> httpx2.Client:
    return httpx2.Client(base_url=server.url, headers={"Origin": server.url}, timeout=PATIENCE)


def statement() -> dict[str, tuple[str, bytes]]:
    return {"file": ("fills.csv", STATEMENT.encode())}


def net_of(client: httpx2.Client) -> list[str]:
    return [one["net"] for one in client.get("/api/pnl").json()["data"]["by_symbol"]]


def test_from_nothing_to_a_friend_who_imports(server: RunningServer, terminal: Terminal) -> None:
    link_file = terminal.home / "state" / "set-up-link"
    assert link_file.stat().st_mode & 0o777 == 0o600
    secret = link_file.read_text().strip().partition("#token=")[2]
    assert secret not in server.log.read_text()
    assert str(link_file) in server.log.read_text()
    with browser_of(server) as own, browser_of(server) as ann, browser_of(server) as program:
        own.post("/api/imports", files=statement(), headers={"Idempotency-Key": "before-accounts"})
        made = own.post("/set-up", data={"token": secret, "password": OWN})
        assert (made.status_code, made.headers["location"]) == (303, "/")
        assert net_of(own) == ["10"]
        assert own.get("/set-up").status_code == 404

        added = terminal.type("coach users add ann --zone Europe/Berlin --password-file ann.txt")
        assert added == "ann: days begin in Europe/Berlin\n"
        signed_in = ann.post("/sign-in", data={"name": "ann", "password": ANNS})
        assert signed_in.status_code == 303
        assert net_of(ann) == []

        token = terminal.type("coach token create backup --scope import", COACH_USER="ann").strip()
        assert "COACH_USER=ann coach token create backup" in PAGE.read_text()
        program.headers["Authorization"] = f"Bearer {token}"
        key = {"Idempotency-Key": "from-her-program"}
        sent = program.post("/api/imports", files=statement(), headers=key)
        assert sent.status_code == 201, sent.text
        assert net_of(ann) == net_of(program) == ["10"]
        assert program.post("/api/notes", json={}, headers=key).status_code == 403

        listed = terminal.type("coach users list")
        assert re.search(r"^ann\tEurope/Berlin\t.*\ttrue\tfalse\tfalse\t\t$", listed, re.MULTILINE)
        terminal.run("users", "disable", "ann")
        assert ann.get("/api/pnl").status_code == program.get("/api/pnl").status_code == 401
        terminal.run("users", "enable", "ann")
        terminal.run("users", "password", "ann", "--password-file", "password.txt")
        again = ann.post("/api/session", json={"name": "ann", "password": OWN})
        assert again.status_code == 201
        terminal.run("users", "remove", "ann", "--yes")
        assert ann.get("/api/pnl").status_code == 401
        assert net_of(own) == ["10"]


@pytest.mark.parametrize("command", ["unlink", "disable", "enable", "password", "remove"])
def test_what_may_be_done_with_a_friend_stands_on_the_page(command: str) -> None:
    assert f"coach users {command} NAME" in PAGE.read_text()


def test_a_friend_is_linked_to_a_provider_and_unlinked(terminal: Terminal) -> None:
    provider = {"COACH_OIDC_ISSUER": "https://login.example.org/realms/home"}
    terminal.run("users", "add", "ben")
    line = "coach users link ann --subject 248289761001"
    assert line in PAGE.read_text()
    linked = terminal.run(*line.replace("ann", "ben").split()[1:], **provider)
    assert linked.replace("ben", "ann") in PAGE.read_text()
    assert re.search(r"^ben\t.*\ttrue\t\t$", terminal.run("users", "list"), re.MULTILINE)
    unlinked = terminal.run("users", "unlink", "ben")
    assert unlinked == "ben: signs in through no provider\n"


def test_what_the_page_says_of_a_token_is_how_one_is_written() -> None:
    from coach.engine.api.people.credentials import TOKEN

    page = PAGE.read_text()
    assert re.search(r"`coach_pat_\[0-9a-f\]\{8\}_\[0-9A-Za-z\]\{43\}_\[0-9A-Za-z\]\{6\}`", page)
    assert TOKEN.pattern.replace("(", "").replace(")", "") in page


def test_the_routes_of_the_page_are_those_of_the_server() -> None:
    from coach.server.doors.routes import DOOR_ROUTES

    shown = set(re.findall(r"`(GET|POST|PUT|DELETE) (/api/[\w/-]+)`", PAGE.read_text()))
    there = {(one.method, re.sub(r"\{\w+\}", "ID", one.path)) for one in DOOR_ROUTES}
    assert there <= shown
