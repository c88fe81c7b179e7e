"""The PostgreSQL of coach's own: started on demand, attached to when it runs.

It listens on a Unix socket in a folder nobody else can enter, never on the network, and
outlives the command that started it.
"""

import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote

from coach.engine.postgres import binaries, cluster, postmaster
from coach.engine.postgres.place import (
    SHARED,
    ClusterPlace,
    DatabaseHome,
    elsewhere,
    exclusive,
    find,
    make_anchor,
    make_folders,
    socket_folder,
)
from coach.errors import DatabaseTrouble
from coach.values import dataclass

__all__ = ["DatabaseHome", "ServerState", "discard", "ensure_running", "state", "stop", "url"]


@dataclass(frozen=True, slots=True)
class ServerState:
    """Where the embedded database is and whether it runs; `pid` is None when it does not."""

    exists: bool
    running: bool
    pid: int | None
    cluster: Path
    socket: Path | None
    log: Path
    throwaway: bool


def ensure_running(home: DatabaseHome) -> str:
    """Return the URL of the running database, started (and first made) when need be."""
    with errors_told():
        running = postmaster.running_server(find(home))
        if running is None or not _reachable(running):
            running = _start(home)
        return url(running.sockets)


def url(sockets: Path) -> str:
    """Return the libpq URL of the database behind this socket folder."""
    host = quote(str(sockets), safe="")
    return f"postgresql://{cluster.ROLE}@/{cluster.DATABASE}?host={host}&port=5432"


def stop(home: DatabaseHome) -> bool:
    """Stop the server after rolling back what is under way; tell whether it ran."""
    with errors_told():
        place = find(home)
        if postmaster.running_server(place) is None:
            return False
        with exclusive(place.anchor / "lock"):
            return postmaster.stop(place)


def state(home: DatabaseHome) -> ServerState:
    """Say where the database is and whether it runs, starting nothing."""
    with errors_told():
        place = find(home)
        running = postmaster.running_server(place)
        return ServerState(
            exists=place.cluster.exists() or place.moved.exists(),
            running=running is not None and running.ready,
            pid=running.pid if running else None,
            cluster=place.cluster,
            socket=running.sockets if running else None,
            log=place.log,
            throwaway=place.throwaway.exists(),
        )


def discard(home: DatabaseHome) -> None:
    """Stop a throw-away database and remove all of it; refuse any other."""
    with errors_told():
        place = find(home)
        if place.cluster.exists() and not place.throwaway.exists():
            raise DatabaseTrouble(what=f"{place.cluster} is not a throw-away database", hint="")
        _remove(place)


def _start(home: DatabaseHome) -> postmaster.Postmaster:
    with exclusive(make_anchor(home) / "lock"):
        place = make_folders(home)
        running = postmaster.running_server(place)
        if running is not None and _reachable(running):
            return running
        postmaster.stop(place)
        _end_orphans()
        programs = binaries.programs(place.server_uid)
        cluster.ensure(place, programs, throwaway=home.throwaway)
        return postmaster.start(place, programs, socket_folder(place, home.runtime))


def _reachable(running: postmaster.Postmaster) -> bool:
    # A cleaner of temporary folders may have taken the socket from under the server.
    return running.ready and (running.sockets / postmaster.SOCKET).exists()


def _end_orphans() -> None:
    # Servers of root's homes that were deleted while they ran. A lasting cluster is kept.
    if os.geteuid() != 0:
        return
    for note in SHARED.glob("*/home"):
        # Another coach may be removing just this one.
        with suppress(OSError, DatabaseTrouble):
            place = ClusterPlace(Path(os.fsdecode(note.read_bytes())), note.parent, None)
            if elsewhere(place.anchor) != place.base:
                postmaster.stop(place)
                if place.throwaway.exists():
                    shutil.rmtree(place.base)


def _remove(place: ClusterPlace) -> None:
    running = postmaster.running_server(place)
    postmaster.stop(place, signal.SIGQUIT)
    if running is not None:
        with suppress(OSError):
            running.sockets.rmdir()
    shutil.rmtree(place.base, ignore_errors=True)
    shutil.rmtree(place.anchor, ignore_errors=True)


@contextmanager
def errors_told() -> Iterator[None]:
    """Raise DatabaseTrouble for whatever the system refuses within the block."""
    try:
        yield
    except OSError as error:
        where = f": {error.filename}" if error.filename else ""
        raise DatabaseTrouble(
            what=f"{error.strerror or error}{where}",
            hint="make room, or let this user write there; or set COACH_HOME to another folder",
        ) from error
