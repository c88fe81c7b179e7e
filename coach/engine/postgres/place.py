"""Where the embedded database lives, and which user its server runs as.

The anchor is the folder `postgresql` in coach's data folder. It holds the cluster, the socket
and the log, unless coach is root and the way there is closed to other users, or not root's
own: PostgreSQL refuses to run as root, and no existing folder is ever opened for it. Then the
anchor points at a folder below /var/lib/coach, by a name of its own, so that a home that was
deleted and made again does not meet old data.
"""

import fcntl
import os
import pwd
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from secrets import token_hex
from tempfile import gettempdir
from time import monotonic, sleep

from coach.errors import DatabaseTrouble
from coach.files import write_private
from coach.values import dataclass

SHARED = Path("/var/lib/coach")
OWNERS_ALONE = 0o700
LONGEST_SOCKET_FOLDER = 90  # bytes; a socket's path ends at 107, its name takes 14
LOCK_PATIENCE = 150.0  # seconds: another coach may be replaying a crashed server's log
PRIVATE_UIDS = range(61184, 65520)  # what systemd, too, hands out to nameless services


@dataclass(frozen=True, slots=True)
class DatabaseHome:
    """Coach's data folder; a throw-away one trades durability for speed for all its life."""

    data: Path
    runtime: Path | None = None
    throwaway: bool = False


@dataclass(frozen=True, slots=True)
class ClusterPlace:
    """The folders of one cluster. `server_uid` is None where the server runs as we do."""

    anchor: Path
    base: Path
    server_uid: int | None

    @property
    def cluster(self) -> Path:
        """The folder PostgreSQL calls its data directory."""
        return self.base / "cluster"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.base / "server.log"

    @property
    def alive(self) -> Path:
        """A file that every process of the running server keeps locked."""
        return self.base / "alive"

    @property
    def moved(self) -> Path:
        """A whole cluster of a newer PostgreSQL that is about to take the place of this one."""
        return self.base / "moved"

    @property
    def throwaway(self) -> Path:
        """A mark: this cluster was made without care for a power cut."""
        return self.base / "throwaway"


def find(home: DatabaseHome) -> ClusterPlace:
    """Return where the database of this home is, or would be; touch nothing."""
    anchor = _anchor(home)
    base = elsewhere(anchor) or anchor
    return ClusterPlace(anchor, base, _server_uid(base / "cluster"))


def make_anchor(home: DatabaseHome) -> Path:
    """Make the folder in the home, where the home's lock is."""
    anchor = _anchor(home)
    make_folder(anchor, 0o711 if _stays_inside(anchor) and os.geteuid() == 0 else OWNERS_ALONE)
    return anchor


def make_folders(home: DatabaseHome) -> ClusterPlace:
    """Make the folders for the database of this home; the caller holds its lock."""
    anchor = _anchor(home)
    if not _stays_inside(anchor) and elsewhere(anchor) is None:
        (anchor / "elsewhere").symlink_to(SHARED / token_hex(8))
    place = find(home)
    if place.base != anchor:
        make_folder(SHARED, 0o711)
        make_folder(place.base, 0o711)
        write_private(place.base / "home", os.fsencode(anchor))
    return place


def elsewhere(anchor: Path) -> Path | None:
    """Return the folder the anchor points at, None where it holds the cluster itself."""
    try:
        return (anchor / "elsewhere").readlink()
    except OSError:
        return None


def make_folder(folder: Path, mode: int) -> None:
    """Make a folder and what is missing above it; what is there keeps its permissions.

    It is its owner's alone from the first moment, and opened for entering only where that is asked.
    """
    missing = [step for step in (folder, *folder.parents) if not step.exists()]
    for step in reversed(missing):
        try:
            step.mkdir(mode=OWNERS_ALONE)
        except FileExistsError:  # another coach was first
            continue
        if mode != OWNERS_ALONE:
            step.chmod(mode)


def socket_folder(place: ClusterPlace, runtime: Path | None) -> Path:
    """Return a folder for the socket that nobody else can enter, made if need be."""
    folder = place.base / "socket"
    if not _fits_a_socket(folder):
        name = sha256(os.fsencode(place.base)).hexdigest()[:12]
        if runtime is not None and runtime.is_dir():
            folder = runtime / f"coach-{name}"
        else:
            folder = Path(gettempdir()) / f"coach-{os.geteuid()}-{name}"
    owner = os.geteuid() if place.server_uid is None else place.server_uid
    if not folder.is_symlink() and not folder.exists():
        folder.mkdir(mode=OWNERS_ALONE)
        os.chown(folder, owner, -1)
    require_private(folder, owner)
    return folder


def require_private(folder: Path, owner: int) -> None:
    """Refuse a folder that is not the owner's alone."""
    seen = folder.lstat()
    if not stat.S_ISDIR(seen.st_mode) or seen.st_uid != owner or seen.st_mode & 0o077:
        raise DatabaseTrouble(
            what=f"{folder} is not a folder that only user {owner} can enter",
            hint="move it away; coach makes it again",
        )


def name_of(uid: int) -> str | None:
    """Return the name this machine gives a user id."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return None


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, whatever ends it."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        if not acquire(handle, LOCK_PATIENCE):
            raise DatabaseTrouble(
                what="another coach has been starting the database for minutes",
                hint=f"end it, then try again; the lock is {path}",
            )
        yield
    finally:
        os.close(handle)


def acquire(handle: int, patience: float) -> bool:
    """Lock an open file, waiting at most `patience` seconds."""
    deadline = monotonic() + patience
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if monotonic() > deadline:
                return False
            sleep(0.02)
        else:
            return True


def _anchor(home: DatabaseHome) -> Path:
    return home.data.resolve() / "postgresql"


def _stays_inside(anchor: Path) -> bool:
    return os.geteuid() != 0 or (anchor / "cluster").exists() or _suits_a_stranger(anchor)


def _server_uid(cluster: Path) -> int | None:
    try:
        owner = cluster.stat().st_uid
    except OSError:
        owner = None
    if os.geteuid() != 0:
        return None
    return _private_uid(cluster) if owner in {None, 0} else owner


def _private_uid(cluster: Path) -> int:
    # A uid without a name: the server needs none, and no service of the machine runs under it.
    start = int.from_bytes(sha256(os.fsencode(cluster)).digest()[:4], "big")
    order = (PRIVATE_UIDS[(start + step) % len(PRIVATE_UIDS)] for step in range(len(PRIVATE_UIDS)))
    return next(uid for uid in order if name_of(uid) is None)


def _fits_a_socket(folder: Path) -> bool:
    # libpq reads a comma as the end of one host and the start of the next.
    path = os.fsencode(folder)
    return len(path) <= LONGEST_SOCKET_FOLDER and b"," not in path


def _suits_a_stranger(anchor: Path) -> bool:
    return _fits_a_socket(anchor / "socket") and all(
        _leads_on(step.stat()) for step in anchor.parents if step.exists()
    )


def _leads_on(folder: os.stat_result) -> bool:
    sticky = bool(folder.st_mode & stat.S_ISVTX)
    writable = bool(folder.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    return folder.st_uid == 0 and bool(folder.st_mode & stat.S_IXOTH) and (sticky or not writable)
