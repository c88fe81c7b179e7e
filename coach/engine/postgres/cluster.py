"""Making a cluster and writing the server's settings.

A cluster is made in a folder beside its place and renamed when it is whole, so that an
interrupted start leaves nothing half-done. Who may connect is decided by the kernel's word on
the socket (`peer`): the user who owns the home, and root. There is no password to keep.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import mkdtemp
from time import monotonic, sleep

from coach.engine.postgres.binaries import MAJOR
from coach.engine.postgres.place import ClusterPlace, name_of
from coach.errors import DatabaseTrouble
from coach.files import write_private

ROLE = "coach"
DATABASE = "coach"
SWEEP_S = 10.0
STAND_IN = "nobody"  # initdb insists on a user with a name; the server does not
OWN_DATABASE = "set COACH_DATABASE_URL to a PostgreSQL of your own (15 or newer)"

SETTINGS = """\
# Written by coach at every start; ALTER SYSTEM is the place for changes of your own.
listen_addresses = ''
unix_socket_permissions = 0600
max_connections = 60
shared_buffers = 128MB
work_mem = 32MB
maintenance_work_mem = 128MB
max_wal_size = 1GB
wal_compression = on
wal_buffers = 16MB
wal_level = minimal
# A machine may clear or cramp /dev/shm: systemd when its user logs out, a container by default.
dynamic_shared_memory_type = mmap
min_dynamic_shared_memory = 16MB
max_wal_senders = 0
checkpoint_timeout = 15min
io_method = sync
jit = off
max_parallel_workers_per_gather = 0
random_page_cost = 1.1
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
log_checkpoints = off
log_line_prefix = '%m [%p] '
log_min_error_statement = panic
log_error_verbosity = terse
"""

SINCE = {"io_method": 18}
"""From which major version on the server knows a setting."""

CARELESS = """\
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 64MB
max_wal_size = 256MB
"""


def ensure(place: ClusterPlace, programs: Path, *, throwaway: bool) -> None:
    """Make the cluster when there is none, and refuse one that is not ours to start."""
    finish_move(place)
    if not place.cluster.exists():
        _initialise(place, programs, throwaway=throwaway)
    marker = place.cluster / "PG_VERSION"
    if not marker.exists():
        raise DatabaseTrouble(
            what=f"{place.cluster} is there but is no PostgreSQL cluster",
            hint="move it away and coach makes a new one, or put your backup in its place",
        )
    version = marker.read_text().strip()
    if version != MAJOR:
        raise DatabaseTrouble(
            what=f"{place.cluster} was made by PostgreSQL {version}, coach brings {MAJOR}",
            remedy="move_cluster",
        )


def major_of(place: ClusterPlace) -> str | None:
    """Return the major version of PostgreSQL that made the cluster, None where there is none."""
    finish_move(place)
    try:
        return (place.cluster / "PG_VERSION").read_text().strip()
    except OSError:
        return None


def finish_move(place: ClusterPlace) -> None:
    """Put a cluster of this PostgreSQL in its place where a move to it was killed at its end."""
    if not place.cluster.exists() and place.moved.exists():
        place.moved.rename(place.cluster)


def write_settings(place: ClusterPlace, sockets: Path, major: str = MAJOR) -> Path:
    """Write the server's settings and who may connect; return the settings file."""
    owner = os.geteuid() if place.server_uid is None else place.server_uid
    names = {"root", name_of(owner) or "root"}
    idents = "".join(f'coach "{name}" {ROLE}\n' for name in sorted(names))
    _write(place, "ident.conf", idents)
    _write(place, "hba.conf", f"local all {ROLE} peer map=coach\n")
    own = (
        ("unix_socket_directories", '"{}"'.format(str(sockets).replace('"', '""'))),
        ("hba_file", str(place.base / "hba.conf")),
        ("ident_file", str(place.base / "ident.conf")),
        ("cluster_name", "coach"),
    )
    lines = "".join("{} = '{}'\n".format(key, text.replace("'", "''")) for key, text in own)
    careless = CARELESS if place.throwaway.exists() else ""
    known = "".join(
        line
        for line in SETTINGS.splitlines(keepends=True)
        if int(major) >= SINCE.get(line.partition(" ")[0], 0)
    )
    return _write(place, "server.conf", known + careless + lines)


def run_as(
    uid: int | None,
    command: Sequence[str | Path],
    errors: int = subprocess.PIPE,
    keep: tuple[int, ...] = (),
    script: str = "",
) -> subprocess.CompletedProcess[str]:
    """Run a program as this user (None: as we are), away from our terminal and environment."""
    return subprocess.run(
        command,
        input=script,
        stdout=subprocess.PIPE,
        stderr=errors,
        pass_fds=keep,
        user=uid,
        group=uid,
        extra_groups=None if uid is None else [],
        umask=0o077,
        cwd="/",
        env={"LC_ALL": "C"},
        start_new_session=True,
        text=True,
        check=False,
    )


def _write(place: ClusterPlace, name: str, text: str) -> Path:
    """Write a file that we and the server may read, and nobody else."""
    return write_private(place.base / name, text.encode(), readers=place.server_uid)


def _initialise(place: ClusterPlace, programs: Path, *, throwaway: bool) -> None:
    for leftover in place.base.glob("cluster-*"):
        _sweep(leftover)
    place.throwaway.unlink(missing_ok=True)
    if throwaway:
        place.throwaway.touch(mode=0o600)
    fresh = Path(mkdtemp(prefix="cluster-", dir=place.base))
    try:
        _initdb(fresh, programs, place.server_uid, throwaway=throwaway)
        fresh.rename(place.cluster)
    except BaseException:
        shutil.rmtree(fresh, ignore_errors=True)
        raise


def _sweep(leftover: Path) -> None:
    """Remove the folder of a coach that was killed; its initdb may still be writing there."""
    deadline = monotonic() + SWEEP_S
    while leftover.exists() and monotonic() < deadline:
        shutil.rmtree(leftover, ignore_errors=True)
        sleep(0.02)


def _initdb(folder: Path, programs: Path, server_uid: int | None, *, throwaway: bool) -> None:
    maker = _maker(server_uid)
    if maker is not None:
        os.chown(folder, maker, -1)
    how = [
        *("--pgdata", str(folder), "--username", ROLE, "--encoding", "UTF8", "--locale", "C"),
        *("--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--no-instructions"),
        *("--auth-local", "peer", "--auth-host", "reject"),
        *(("--no-sync", "--no-data-checksums") if throwaway else ()),
    ]
    alone = ["--single", "-D", str(folder), "-c", "exit_on_error=on"]
    alone += ["-F", "postgres"] if throwaway else ["postgres"]
    _done(run_as(maker, [programs / "initdb", *how]))
    create = f"create database {DATABASE}\n"
    _done(run_as(maker, [programs / "postgres", *alone], script=create))
    if server_uid is not None:
        _hand_over(folder, server_uid)


def _done(made: subprocess.CompletedProcess[str]) -> None:
    if made.returncode != 0:
        raise DatabaseTrouble(
            what=f"a new database could not be made: {_complaint(made.stderr)}",
            hint=f"see whether the disk is full; or {OWN_DATABASE}",
        )


def _maker(server_uid: int | None) -> int | None:
    if server_uid is None:
        if name_of(os.geteuid()) is None:
            raise DatabaseTrouble(
                what=f"user id {os.geteuid()} has no name here, and PostgreSQL insists on one",
                hint=f"add it to /etc/passwd, or {OWN_DATABASE}",
            )
        return None
    if name_of(server_uid) is not None:
        return server_uid
    try:
        return pwd.getpwnam(STAND_IN).pw_uid
    except KeyError:
        raise DatabaseTrouble(
            what=f"PostgreSQL does not run as root, and there is no user {STAND_IN!r}",
            hint=f"run coach as an ordinary user, or {OWN_DATABASE}",
        ) from None


def _hand_over(folder: Path, uid: int) -> None:
    # A second name for a file could make us give away a file outside; initdb makes none.
    for top, folders, files, handle in os.fwalk(folder, follow_symlinks=False):
        for name in files:
            if os.stat(name, dir_fd=handle, follow_symlinks=False).st_nlink != 1:
                raise DatabaseTrouble(what=f"{top}/{name} was tampered with", hint="try again")
        for name in (*folders, *files, "."):
            os.chown(name, uid, uid, dir_fd=handle, follow_symlinks=False)


def _complaint(stderr: str) -> str:
    lines = [line.strip() for line in stderr.splitlines() if "rror" in line or "FATAL" in line]
    return lines[-1] if lines else "it did not say why"
