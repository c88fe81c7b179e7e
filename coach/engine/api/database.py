"""The database: where it is, whether it runs, and whether its tables are of this version.

An empty `url` means coach's own PostgreSQL in its data folder.
"""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from coach.engine.backup import upgrading
from coach.engine.outbox import epochs, partitions
from coach.engine.outbox.epochs import StreamEpoch
from coach.engine.outbox.partitions import MonthOfEvents
from coach.engine.postgres import embedded, place
from coach.engine.postgres.embedded import DatabaseHome
from coach.engine.postgres.moving import MovedCluster
from coach.engine.store import accounts, health, migrate
from coach.engine.store.connect import connect
from coach.engine.store.isolation import app_role
from coach.engine.store.trouble import database_errors_explained
from coach.errors import Conflict
from coach.model.machine.home import Home

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.engine.keyring.keyring import Keyring
    from coach.engine.store.connect import CoachConnection

__all__ = ["MonthOfEvents", "MovedCluster", "StreamEpoch"]


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """The state of the database; fields that only a running one can answer are None otherwise."""

    kind: Literal["embedded", "external"]
    exists: bool
    running: bool
    version: str | None
    size: int | None
    revision: str | None
    up_to_date: bool | None
    url: str | None
    folder: str | None
    log: str | None


def status(home: Home, url: str) -> DatabaseStatus:
    """Return the state of the database without starting it."""
    if url:
        return _status_of(url, folder=None, log=None)
    found = embedded.state(DatabaseHome(home.data))
    folder, log = str(found.cluster), str(found.log)
    if found.running and found.socket is not None:
        return _status_of(embedded.url(found.socket), folder=folder, log=log)
    return DatabaseStatus(
        kind="embedded",
        exists=found.exists,
        running=False,
        version=None,
        size=None,
        revision=None,
        up_to_date=None,
        url=None,
        folder=folder,
        log=log,
    )


def start(home: Home, url: str) -> DatabaseStatus:
    """Start coach's own database, and make it with its tables where there is none."""
    _own(url, "start")
    target = embedded.ensure_running(DatabaseHome(home.data))
    with database_errors_explained(), connect(target) as connection:
        there = migrate.revision(connection) is not None
    if not there:
        migrate.upgrade(target)
    return status(home, url)


def stop(home: Home, url: str) -> DatabaseStatus:
    """Stop coach's own database; open transactions are rolled back."""
    _own(url, "stop")
    embedded.stop(DatabaseHome(home.data))
    return status(home, url)


def move_cluster(home: Home, url: str) -> MovedCluster | None:
    """Move coach's own database to the PostgreSQL that coach brings; None where nothing is to do.

    Whoever is connected is cut off. The former cluster is kept.
    """
    return None if url else upgrading.move_cluster(DatabaseHome(home.data))


def roll_back(home: Home, url: str) -> str:
    """Put back the tables from before the last upgrade, which must be those of this coach."""
    return upgrading.roll_back(address(home, url))


def upgrade(
    home: Home, url: str, now: datetime, keyring: "Callable[[], Keyring]"
) -> DatabaseStatus:
    """Upgrade the tables to this version, seal keys in files, and make the months ahead."""
    from coach.engine.keyring.upgrade import seal_key_files

    target = address(home, url)
    upgrading.upgrade(target)
    with database_errors_explained(), connect(target) as connection:
        partitions.ensure(connection, now)
        if accounts.key_files(connection):
            seal_key_files(keyring(), connection)
    return status(home, url)


def role_script(home: Home, url: str) -> str:
    """Return the SQL by which an administrator makes the role of the application."""
    with database_errors_explained(), connect(address(home, url)) as connection:
        return app_role.script(connection)


def event_months(connection: "CoachConnection") -> list[MonthOfEvents]:
    """Return the months that events are kept in, oldest first."""
    return partitions.months(connection)


def event_epochs(connection: "CoachConnection") -> list[StreamEpoch]:
    """Return the epoch of each user's events."""
    return epochs.epochs(connection)


def renew_epoch(connection: "CoachConnection") -> list[StreamEpoch]:
    """Begin a new epoch of events for every user, so that each follower reads everything anew."""
    return epochs.renew(connection)


def address(home: Home, url: str) -> str:
    """Return the URL of the running database, started when need be."""
    return url or embedded.ensure_running(DatabaseHome(home.data))


def former_clusters(home: Home) -> list[Path]:
    """Return the folders of an older PostgreSQL that upgrades of coach's own database kept."""
    return sorted(place.find(DatabaseHome(home.data)).base.glob("former-*"))


def log_files(state: Path, own: str | None) -> list[Path]:
    """Return the logs of this home: those of coach and its server, and that of its own database."""
    names = (path for path in state.glob("*.log*") if path.is_file()) if state.is_dir() else ()
    database = [] if own is None else sorted(Path(own).parent.glob("server*.log"))
    return [*sorted(names), *database]


def _status_of(url: str, *, folder: str | None, log: str | None) -> DatabaseStatus:
    with database_errors_explained(), connect(url) as connection:
        version, size = health.server(connection)
        return DatabaseStatus(
            kind="embedded" if folder else "external",
            exists=True,
            running=True,
            version=version,
            size=size,
            revision=migrate.revision(connection),
            up_to_date=migrate.is_current(connection),
            url=url,
            folder=folder,
            log=log,
        )


def _own(url: str, what: str) -> None:
    if url:
        raise Conflict(
            ("database", "yours"),
            f"the database is not coach's own: {what} it where it runs",
            hint="unset COACH_DATABASE_URL to use coach's own",
        )
