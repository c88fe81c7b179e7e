"""The server process: seeing it, starting it, stopping it.

Every process of the server inherits one locked file and keeps the lock to its end. That says
whether anything of this cluster is still running, across crashes, reused process ids and
containers; postmaster.pid alone says it wrongly in all three.
"""

import fcntl
import os
import signal
from pathlib import Path
from time import monotonic, sleep

from coach.engine.postgres.binaries import MAJOR
from coach.engine.postgres.cluster import run_as, write_settings
from coach.engine.postgres.place import ClusterPlace, acquire
from coach.errors import DatabaseTrouble
from coach.values import dataclass

SOCKET = ".s.PGSQL.5432"
START_PATIENCE = 120.0  # seconds: after a crash the log is replayed first
STOP_PATIENCE = 60.0
ORPHAN_PATIENCE = 15.0  # after a kill -9 the other processes end within seconds
FULL = "No space left on device"
LOG_LIMIT = 4_000_000  # bytes
DETACH = '"$@" </dev/null >&2 & echo $!'  # the shell ends at once; the server is nobody's child


@dataclass(frozen=True, slots=True)
class Postmaster:
    """What the running server says of itself."""

    pid: int
    sockets: Path
    ready: bool


def running_server(place: ClusterPlace) -> Postmaster | None:
    """Return the running server of this cluster, or None."""
    if not _held(place.alive):
        return None
    try:
        lines = (place.cluster / "postmaster.pid").read_text().splitlines()
        found = Postmaster(int(lines[0]), Path(lines[4]), lines[7].strip() == "ready")
    except (OSError, IndexError, ValueError):
        return None
    # Killed, it is survived for a moment by processes that still hold the lock.
    return found if _serves(found.pid, place.cluster) else None


def start(place: ClusterPlace, programs: Path, sockets: Path, major: str = MAJOR) -> Postmaster:
    """Start the server and wait until it takes connections; the caller holds the home's lock."""
    handle = os.open(place.alive, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    try:
        if not acquire(handle, ORPHAN_PATIENCE):
            raise DatabaseTrouble(
                what=f"a server for {place.cluster} is running, and cannot be reached",
                hint=f"end it, then try again; its log is {place.log}",
            )
        _forget_the_dead(place.cluster, sockets)
        begin, pid = _launch(place, programs, write_settings(place, sockets, major), handle)
    finally:
        os.close(handle)
    return _ready(place, begin, pid)


def stop(place: ClusterPlace, how: signal.Signals = signal.SIGINT) -> bool:
    """Stop the server, waiting for its last process; tell whether there was one."""
    running = running_server(place)
    if running is None:
        return False
    os.kill(running.pid, how)
    deadline = monotonic() + STOP_PATIENCE
    while _held(place.alive):
        if monotonic() > deadline:
            raise DatabaseTrouble(
                what=f"the server (process {running.pid}) does not stop",
                hint=f"see what it is doing in {place.log}",
            )
        sleep(0.02)
    return True


def _held(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(handle)


def _serves(pid: int, cluster: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return not Path("/proc/self").exists()  # then the lock's word has to do
    return os.fsencode(cluster) in command.split(b"\0")


def _forget_the_dead(cluster: Path, sockets: Path) -> None:
    # Nothing holds the lock, so whatever now has the number in these notices is no server of
    # ours, and PostgreSQL would yet refuse to start. Where locks do not work it may be: look.
    notice = cluster / "postmaster.pid"
    try:
        pid = int(notice.read_text().split()[0])
    except (OSError, IndexError, ValueError):
        pid = 0
    if not _serves(pid, cluster):
        for stale in (notice, *(sockets / name for name in (SOCKET, f"{SOCKET}.lock"))):
            stale.unlink(missing_ok=True)


def _launch(place: ClusterPlace, programs: Path, settings: Path, handle: int) -> tuple[int, int]:
    if place.log.exists() and place.log.stat().st_size > LOG_LIMIT:
        place.log.replace(place.log.with_suffix(".old.log"))
    log = os.open(place.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    try:
        begin = os.fstat(log).st_size
        server = (programs / "postgres", "-D", place.cluster, "-c", f"config_file={settings}")
        command = ("/bin/sh", "-c", DETACH, "sh", *server)
        launched = run_as(place.server_uid, command, errors=log, keep=(handle,))
    finally:
        os.close(log)
    return begin, int(launched.stdout)


def _ready(place: ClusterPlace, begin: int, pid: int) -> Postmaster:
    deadline = monotonic() + START_PATIENCE
    while True:
        running = running_server(place)
        if running is not None and running.ready and running.pid == pid:
            return running
        if not _held(place.alive):
            words = _last_words(place.log, begin)
            room = f"make room at {place.base}, then try again; " if FULL in words else ""
            raise DatabaseTrouble(
                what=f"PostgreSQL did not start: {words}", hint=f"{room}its log is {place.log}"
            )
        if monotonic() > deadline:
            raise DatabaseTrouble(
                what="PostgreSQL is still recovering after a crash",
                hint=f"wait and try again; its log is {place.log}",
            )
        sleep(0.01)


def _last_words(log: Path, begin: int) -> str:
    with log.open("rb") as lines:
        lines.seek(begin)
        text = lines.read().decode(errors="replace")
    for level in ("PANIC:", "FATAL:", "postgres:", "error"):
        for line in text.splitlines():
            if level in line:
                return line.split(level, 1)[1].strip() if level != "error" else line
    return "it did not say why"
