"""A server that cannot keep our data is refused at the start, in words that say what to do."""

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from coach.advice.hints import hint_of
from coach.engine.store import connect as connecting
from coach.engine.store.connect import connect
from coach.engine.store.trouble import explained
from coach.errors import DatabaseTrouble

STARTING = """
import socket, sys, threading
place, behind, refusals = sys.argv[1], sys.argv[2], int(sys.argv[3])
says = "SFATAL\\0VFATAL\\0C57P03\\0Mdas Datenbanksystem startet\\0\\0".encode()
def pipe(source, sink):
    while piece := source.recv(65536):
        sink.sendall(piece)
listener = socket.socket(socket.AF_UNIX)
listener.bind(place)
listener.listen()
print("listening", flush=True)
while True:
    line, _ = listener.accept()
    if refusals:
        refusals -= 1
        line.recv(65536)
        line.sendall(b"E" + (len(says) + 4).to_bytes(4, "big") + says)
        line.close()
    else:
        server = socket.socket(socket.AF_UNIX)
        server.connect(behind)
        for ends in ((line, server), (server, line)):
            threading.Thread(target=pipe, args=ends, daemon=True).start()
"""
SOCKET = ".s.PGSQL.5432"
NOBODY = "postgresql://me@127.0.0.1:1/coach?connect_timeout=2"


@contextmanager
def database(server: str, *options: str) -> Iterator[str]:
    """Make a database with these options, and drop it afterwards."""
    name = sql.Identifier("coach_test_unfit")
    with connect(server) as admin:
        made = sql.SQL("create database {} template template0 {}")
        admin.execute(made.format(name, sql.SQL(" ".join(options))))
        try:
            yield make_conninfo(server, dbname="coach_test_unfit")
        finally:
            admin.execute(sql.SQL("drop database {} with (force)").format(name))


def test_a_database_in_another_encoding_is_refused_by_name(server: str) -> None:
    options = ("encoding 'LATIN1'", "locale_provider libc", "locale 'C'")
    with database(server, *options) as url, pytest.raises(DatabaseTrouble) as caught:
        connect(url)
    assert "encoding is LATIN1, coach needs UTF8" in str(caught.value)
    assert "createdb --encoding UTF8" in hint_of(caught.value)


def test_a_database_that_may_not_be_written_is_refused(server: str) -> None:
    with database(server) as url:
        with connect(url) as owner:
            owner.execute("alter database coach_test_unfit set default_transaction_read_only = on")
        with pytest.raises(DatabaseTrouble, match="the database is read-only"):
            connect(url)


@pytest.fixture
def starting(own_server: str) -> Iterator[Callable[[int], str]]:
    """Return a function that puts a server before the test's own one, which is still starting.

    It refuses so many connections, in German, and then passes them on. A process of its own: the
    library that asks holds this one still.
    """
    behind = Path(str(conninfo_to_dict(own_server)["host"])) / SOCKET
    running: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory(prefix="coach-test-") as folder:

        def start(refusals: int) -> str:
            place = Path(folder) / SOCKET
            command = [sys.executable, "-c", STARTING, str(place), str(behind), str(refusals)]
            running.append(subprocess.Popen(command, stdout=subprocess.PIPE))
            assert running[-1].stdout is not None
            running[-1].stdout.readline()
            return make_conninfo(own_server, host=folder)

        yield start
        for server in running:
            server.kill()
            server.communicate()


def test_a_server_that_is_starting_is_waited_for(
    starting: Callable[[int], str],
) -> None:
    with connect(starting(6)) as connection:
        assert connection.execute("select 1").fetchone() == (1,)


def test_a_server_that_never_gets_ready_is_told_after_the_limit(
    starting: Callable[[int], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connecting, "RECOVERY_PATIENCE_S", 0.3)
    url = starting(1_000)
    with pytest.raises(DatabaseTrouble, match="starts or recovers for more than"):
        connect(url)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://me:hun@ter2@127.0.0.1:1/coach",
        "postgresql://me:hun/ter2@127.0.0.1:1/coach",
        "postgresql://me:hun:ter2@127.0.0.1:1/coach",
        "postgresql://me:hun?ter2@127.0.0.1:1/coach",
        "postgresql://me:hun#ter2@127.0.0.1:1/coach",
        "postgresql://me:hun@ter2/x@127.0.0.1:1/coach",
        "postgresql://me@corp:hun@ter2@127.0.0.1:1/coach",
        "postgresql://me:hun%40ter2@127.0.0.1:1/coach?connect_timeout=2",
        "postgresql://127.0.0.1:1/coach?user=me&password=hun@ter2&connect_timeout=2",
    ],
)
def test_no_part_of_a_password_is_ever_told(url: str) -> None:
    with pytest.raises(DatabaseTrouble) as caught:
        connect(url)
    told = f"{caught.value} {caught.value.hint} {caught.value.facts}"
    assert "ter2" not in told
    assert "hun" not in told
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    ("statement", "what", "hint"),
    [
        ("select 'a' || chr(0)", "null character", "see coach doctor|report it|cannot keep"),
        ("""select '"\\u0000"'::jsonb""", "Unicode escape", "cannot keep"),
        ("set transaction read only; create table t (a int)", "read-only", "primary server"),
        ("set local statement_timeout = 1; select pg_sleep(9)", "statement", "statement_timeout"),
        ("select * from no_such_table", "no_such_table", "report it"),
    ],
)
def test_what_the_server_says_becomes_one_line_and_a_hint(
    database_url: str, statement: str, what: str, hint: str
) -> None:
    with connect(database_url) as connection:
        connection.autocommit = False
        with pytest.raises(psycopg.Error) as caught:
            connection.execute(statement)
    trouble = explained(caught.value)
    assert what in str(trouble)
    assert "\n" not in str(trouble)
    assert any(word in hint_of(trouble) for word in hint.split("|"))


def test_a_full_disk_of_the_server_says_to_make_room() -> None:
    full = psycopg.errors.DiskFull('could not extend file "base/1/2": No space left on device')
    trouble = explained(full)
    assert "No space left on device" in str(trouble)
    assert "make room" in trouble.hint
