"""What to know before the tables are brought to those of this coach; nothing is changed."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from coach.engine.api.database import address
from coach.engine.api.keys.check import Check
from coach.engine.backup import making
from coach.engine.store import health, migrate
from coach.engine.store.connect import connect
from coach.engine.store.tending.pending_migrations import PendingMigration, pending
from coach.engine.store.trouble import database_errors_explained
from coach.model.machine.home import Home
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from coach.engine.store.connect import CoachConnection

OLDEST_POSTGRESQL = 15
OLD_BACKUP = timedelta(days=1)
MANY_ROWS = 1_000_000
"""Rows; what changes a table with more holds up whoever works on it for seconds."""
RUNNING = "select count(*) from run where state = 'running'"


def found_tables(home: Home, url: str) -> str | None:
    """Return the number of the tables that are there, None where there are none."""
    with database_errors_explained(), connect(address(home, url)) as connection:
        return migrate.revision(connection)


def examine_upgrade(
    home: Home, url: str, backups: Path, free: int, now: datetime
) -> Iterator[Check]:
    """Yield the state of all that an upgrade needs; `free` are the bytes left for the database."""
    yield _backup(backups, now)
    with database_errors_explained(), connect(address(home, url)) as connection:
        yield _server(connection)
        yield _room(connection, free, is_ours=not url)
        yield _tables(connection)
        if migrate.revision(connection) is not None:
            yield _jobs(connection)
        yield from map(_migration, pending(connection))


def _backup(folder: Path, now: datetime) -> Check:
    """Return how old the newest backup is that can be used."""
    made = [one.header.created_at for one in making.list_backups(folder) if one.header]
    if not made:
        return Check("backup", "warning", f"there is none in {folder}", remedy="make_backup")
    age = now - max(made)
    hours = age / timedelta(hours=1)
    detail = f"the newest is {hours:.0f} hours old"
    if age > OLD_BACKUP:
        return Check("backup", "warning", detail, remedy="make_backup")
    return Check("backup", "ok", detail)


def _server(connection: "CoachConnection") -> Check:
    version = connection.info.server_version // 10_000
    if version < OLDEST_POSTGRESQL:
        detail = f"PostgreSQL {version}, and coach needs {OLDEST_POSTGRESQL} or later"
        return Check("postgresql", "error", detail, "upgrade the server first")
    return Check("postgresql", "ok", f"PostgreSQL {version}")


def _room(connection: "CoachConnection", free: int, *, is_ours: bool) -> Check:
    """Return whether the tables fit in once more: they are copied beside before they change."""
    _, size = health.server(connection)
    needed = f"the copy of the tables takes {size / 1e6:.0f} MB"
    if not is_ours:
        return Check("room", "info", f"{needed} on the server", "see that it has them")
    if free < size:
        left = f"{needed}, and {free / 1e6:.0f} MB are free"
        return Check("room", "error", left, remedy="make_room")
    return Check("room", "ok", f"{needed}, {free / 1e6:.0f} MB are free")


def _tables(connection: "CoachConnection") -> Check:
    found = migrate.revision(connection)
    told = f"they are {found}, this coach knows {migrate.HEAD}"
    if found is None:
        return Check("tables", "ok", "there are none yet")
    if found > migrate.HEAD and not migrate.is_current(connection):
        return Check("tables", "error", f"{told} and is too old for them", "upgrade coach")
    if found > migrate.HEAD:
        return Check("tables", "ok", f"{told} and is served by them")
    if found == migrate.HEAD:
        return Check("tables", "ok", told)
    return Check("tables", "info", told, "every command brings them up to date when it starts")


def _jobs(connection: "CoachConnection") -> Check:
    """Return how many jobs run, which an upgrade waits for or breaks off."""
    row = connection.execute(RUNNING).fetchone()
    running = 0 if row is None else int(row[0])
    if running:
        detail = f"{counted(running, 'job runs', 'jobs run')}"
        return Check("running jobs", "warning", detail, remedy="wait_for_jobs")
    return Check("running jobs", "ok", "none")


def _migration(one: PendingMigration) -> Check:
    """Return what a migration does and whom it holds up."""
    held = ", ".join(f"{table} ({rows:,} rows)" for table, rows in one.held.items())
    detail = f"{one.about}; holds up {held or 'nobody'}"
    many = any(rows > MANY_ROWS for rows in one.held.values())
    hint = "upgrade while nobody works on it" if many else "all of them are one transaction"
    return Check(f"migration {one.revision}", "warning" if many else "info", detail, hint)
