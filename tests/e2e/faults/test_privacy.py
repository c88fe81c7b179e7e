"""What coach writes is its owner's alone, whatever the umask, and nobody else gets in."""

import json
import os
import socket
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from coach.engine.postgres import embedded
from tests.e2e.faults.conftest import STATEMENT, environment

NOBODY = 65534
CANDLES = "time,symbol,open,high,low,close,volume\n" + "".join(
    f"2026-04-01T{hour:02d}:00:00Z,BTC-USD,100,102,99,101,1\n" for hour in range(24)
)
PASSED_THROUGH = {".", "data", "data/postgresql"}
"""As root the server runs under a user id of its own, which must get to its data and settings."""


def run(home: Path, umask: int, line: str, stdin: str = "") -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "coach", *line.split()],
        env=environment(home),
        cwd=home.parent,
        input=stdin,
        capture_output=True,
        text=True,
        umask=umask,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr


@pytest.fixture(scope="module", params=[0o000, 0o077], ids=oct)
def filled(request: pytest.FixtureRequest) -> Iterator[Path]:
    """A home that every kind of command has written to, below a folder that all may enter."""
    umask = int(request.param)
    with tempfile.TemporaryDirectory(prefix="coach-test-") as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "home"
        place = embedded.DatabaseHome(home / "data", throwaway=True)
        (Path(folder) / "candles.csv").write_text(CANDLES)
        before = os.umask(umask)
        try:
            embedded.ensure_running(place)
        finally:
            os.umask(before)
        try:
            run(home, umask, "import csv -", STATEMENT)
            run(home, umask, "candles import candles.csv --source file")
            run(home, umask, "config set candles_auto off")
            run(home, umask, f"lab generate --traders 2 --days 10 --out {home}/exports")
            with sandbox(home, umask) as url:
                key = home / "state/sandbox/view-key.json"
                run(home, umask, f"connect coinbase --key-file {key} --base-url {url}")
            yield home
        finally:
            embedded.discard(place)


@contextmanager
def sandbox(home: Path, umask: int) -> Iterator[str]:
    """Run a made-up broker that writes its keys into the home, and yield its address."""
    with Popen(
        [sys.executable, "-m", "coach", "sandbox", "--json"],
        env=environment(home),
        stdout=PIPE,
        umask=umask,
        text=True,
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())["data"]["url"]
        process.terminate()


def test_every_folder_and_file_is_its_owners_alone(filled: Path) -> None:
    opened = {
        name: oct(mode)
        for name, mode in modes(filled).items()
        if mode & 0o077 and not is_for_the_server(filled, name, mode)
    }
    assert opened == {}


def modes(home: Path) -> dict[str, int]:
    every = [home, *home.rglob("*")]
    return {str(path.relative_to(home)): stat.S_IMODE(path.lstat().st_mode) for path in every}


def is_for_the_server(home: Path, name: str, mode: int) -> bool:
    """Say whether the server of root's database may pass here, or read this; nobody else may."""
    if os.geteuid() != 0:
        return False
    if name in PASSED_THROUGH:
        return mode == 0o711
    server = (home / "data/postgresql/cluster").stat().st_uid
    return mode == 0o640 and (home / name).stat().st_gid == server


def test_it_was_written_everywhere(filled: Path) -> None:
    """Else the test above would look at nothing."""
    told = " ".join(modes(filled))
    for part in (
        "config/config.toml",
        "objects/candles",
        "vault/kek.age",
        "kek-identity.txt",
        "view-key",
        "exports/",
        "cluster",
    ):
        assert part in told


@pytest.mark.root
def test_another_user_gets_at_nothing(filled: Path) -> None:
    places = [filled, *filled.rglob("*")]
    assert as_nobody(lambda: [str(path) for path in places if is_open(path)]) == "[]"


def is_open(path: Path) -> bool:
    """Say whether we can list a folder, read a file, or knock at a socket."""
    try:
        kind = path.lstat().st_mode
        if stat.S_ISDIR(kind):
            list(path.iterdir())
        elif stat.S_ISSOCK(kind):
            with socket.socket(socket.AF_UNIX) as door:
                door.connect(str(path))
        else:
            path.open("rb").close()
    except PermissionError:
        return False
    return True


def as_nobody(act: Callable[[], object]) -> str:
    """Return what a function says as another user, in a fork: they may be unable to start this."""
    source, sink = os.pipe()
    child = os.fork()
    if child == 0:
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
        os.write(sink, str(act()).encode())
        os._exit(0)
    os.close(sink)
    with os.fdopen(source) as answer:
        said = answer.read()
    os.waitpid(child, 0)
    return said


def test_libraries_are_not_asked_either(filled: Path) -> None:
    """Some of them make files of their own: the process itself opens nothing to others."""
    with following(filled) as process:
        status = Path(f"/proc/{process.pid}/status").read_text()
    assert "Umask:\t0077\n" in status


@contextmanager
def following(home: Path) -> Iterator[Popen[str]]:
    with Popen(
        [sys.executable, "-m", "coach", "events", "--follow"],
        env=environment(home),
        stdout=PIPE,
        umask=0,
        text=True,
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.terminate()


def test_what_came_through_a_pipe_is_kept_from_others_while_it_is_read(filled: Path) -> None:
    """And is gone with the command, however that ends; the next one takes what a kill left."""
    cache = filled / "cache"
    process = half_read(filled)
    copy = wait_for_copy(cache)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    process.kill()
    process.communicate()
    assert copy.exists()
    process = half_read(filled)
    wait_for_copy(cache, but=copy)
    process.terminate()
    process.communicate()
    assert list(cache.glob("stream-*")) == []


def half_read(home: Path) -> Popen[str]:
    """Start an import from a pipe that does not end."""
    process = Popen(
        [sys.executable, "-m", "coach", "import", "csv", "-"],
        env=environment(home),
        stdin=PIPE,
        stderr=PIPE,
        umask=0,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(STATEMENT)
    process.stdin.flush()
    return process


def wait_for_copy(cache: Path, but: Path | None = None) -> Path:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for copy in cache.glob("stream-*"):
            if copy != but:
                return copy
        time.sleep(0.01)
    raise AssertionError("no copy is made")
