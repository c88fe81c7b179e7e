"""A cluster of another major version beside one of ours: both run, and one takes the other's place.

Everything happens in the folder `moving`, and what is there when a move begins is removed: somebody
was killed. The new cluster gets the name `moved` when it is whole and its server has stopped, then
the old one gets the name `former-MAJOR`, and the new one its place. Whoever finds no cluster and
one that is `moved` puts it in place (`cluster.finish_move`), so that nobody makes an empty one.

The old server runs under a socket and a lock of its own: another coach cannot find it and write
what would be left behind. It waits for the home's lock meanwhile.
"""

import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from coach.engine.postgres import binaries, cluster, postmaster
from coach.engine.postgres.binaries import MAJOR
from coach.engine.postgres.embedded import errors_told, url
from coach.engine.postgres.place import (
    OWNERS_ALONE,
    ClusterPlace,
    DatabaseHome,
    exclusive,
    find,
    make_anchor,
    make_folder,
    socket_folder,
)
from coach.errors import DatabaseTrouble

OPEN_FOR_ENTERING = 0o711


@dataclass(frozen=True, slots=True)
class FormerPlace(ClusterPlace):
    """A cluster in another folder than its settings, its lock and its socket."""

    data: Path = Path()

    @property
    def cluster(self) -> Path:
        """The folder PostgreSQL calls its data directory."""
        return self.data


@dataclass(frozen=True, slots=True)
class MovedCluster:
    """From which major version a cluster was moved, and where the former one is kept."""

    former: str
    kept: Path


def move(home: DatabaseHome, copy: Callable[[str, str], None]) -> MovedCluster | None:
    """Move a cluster of another major version to ours; None where there is none.

    `copy` gets the URLs of the old server and of the new one, and raises where not all of it
    arrives: then all is as it was. DatabaseTrouble where nothing here can run the old cluster.
    """
    with errors_told(), exclusive(make_anchor(home) / "lock"):
        place = find(home)
        former = cluster.major_of(place)
        if former in {None, MAJOR}:
            return None
        assert former is not None
        programs = _old_programs(place, former)
        postmaster.stop(place)
        old, new = _places(place)
        _clear(place, old, new)
        try:
            careless = place.throwaway.exists()
            _make_and_copy(old, new, (programs, former), copy, throwaway=careless)
            _remove_stale_move(place)
            new.cluster.rename(place.moved)
        finally:
            _clear(place, old, new)
        return MovedCluster(former, _exchange(place, former))


def _old_programs(place: ClusterPlace, former: str) -> Path:
    found = binaries.programs_of(former, place.server_uid)
    if found is None:
        raise DatabaseTrouble(
            what=f"{place.cluster} was made by PostgreSQL {former}, whose programs are not here",
            hint=f"install PostgreSQL {former} beside, such as the package postgresql-{former}, "
            "and try again",
        )
    return found


def _places(place: ClusterPlace) -> tuple[FormerPlace, ClusterPlace]:
    """Return where the old server and the new one run meanwhile."""
    moving, uid = place.base / "moving", place.server_uid
    return (
        FormerPlace(place.anchor, moving / "old", uid, place.cluster),
        ClusterPlace(place.anchor, moving / "new", uid),
    )


def _make_and_copy(
    old: FormerPlace,
    new: ClusterPlace,
    former: tuple[Path, str],
    copy: Callable[[str, str], None],
    *,
    throwaway: bool,
) -> None:
    mode = OWNERS_ALONE if old.server_uid is None else OPEN_FOR_ENTERING
    for place in (old, new):
        make_folder(place.base, mode)
    ours = binaries.programs(new.server_uid)
    cluster.ensure(new, ours, throwaway=throwaway)
    there = postmaster.start(old, former[0], socket_folder(old, None), former[1])
    here = postmaster.start(new, ours, socket_folder(new, None))
    copy(url(there.sockets), url(here.sockets))
    postmaster.stop(old)
    postmaster.stop(new)


def _clear(place: ClusterPlace, old: ClusterPlace, new: ClusterPlace) -> None:
    """Stop what runs in the folder, and remove it; a move that was killed may have left both."""
    moving = place.base / "moving"
    for one in (old, new):
        running = postmaster.running_server(one)
        postmaster.stop(one)
        if running is not None and not running.sockets.is_relative_to(moving):
            shutil.rmtree(running.sockets, ignore_errors=True)
    shutil.rmtree(moving, ignore_errors=True)


def _remove_stale_move(place: ClusterPlace) -> None:
    """Remove a cluster that an earlier move left: what was written since is in the old one."""
    shutil.rmtree(place.moved, ignore_errors=True)


def _exchange(place: ClusterPlace, former: str) -> Path:
    """Give the old cluster its new name, and the new one its place; return where the old one is."""
    number, kept = 1, place.base / f"former-{former}"
    while kept.exists():
        number, kept = number + 1, place.base / f"former-{former}-{number + 1}"
    _to_disk(place.base)
    place.cluster.rename(kept)
    place.moved.rename(place.cluster)
    _to_disk(place.base)
    return kept


def _to_disk(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
