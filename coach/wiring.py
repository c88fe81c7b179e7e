"""Where things are put together: the clock, the database, the desk.

The only reader of the clock.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from coach.errors import DatabaseTrouble, NotInitialised

if TYPE_CHECKING:
    from psycopg import Connection

    from coach.engine.api.desk import Desk
    from coach.engine.api.health import Check
    from coach.model.home import Home
    from coach.settings import Settings

START_HERE = "coach demo shows it on made-up data; coach import csv FILE reads yours"
LITTLE_SPACE = 1_000_000_000
"""Bytes; PostgreSQL stops when it cannot write."""


def clock() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)  # noqa: TID251 -- the one place


@contextmanager
def open_desk(settings: "Settings", *, create: bool = False) -> Iterator["Desk"]:
    """Open the desk of the user in the settings, with tables that fit this coach.

    Without `create` a place where nothing was ever imported stays as it is: NotInitialised.
    """
    import psycopg

    from coach.engine.api.desk import Desk
    from coach.engine.store.accounts import user_named
    from coach.engine.store.connect import connect

    url = database_url(settings, create=create)
    try:
        with connect(url) as connection:
            _fit(connection, url, create=create)
            user = user_named(connection, settings.user, settings.zone)
            yield Desk(connection, lambda: connect(url), user, clock, settings.home)
    except psycopg.OperationalError as lost:
        raise DatabaseTrouble(
            "nothing is half done; try again, or see coach doctor",
            what=str(lost).strip().splitlines()[0],
        ) from lost


def database_url(settings: "Settings", *, create: bool) -> str:
    """Return the URL of a running database: the user's own, else the embedded one, started."""
    if settings.database_url:
        return settings.database_url
    from coach.engine.store import embedded

    home = embedded.DatabaseHome(settings.home.data)
    if not create and not embedded.state(home).exists:
        raise NotInitialised(START_HERE)
    return embedded.ensure_running(home)


def at_rest(desk: "Desk") -> bool:
    """Say whether no transaction is open: nothing would be cut short now."""
    from psycopg.pq import TransactionStatus

    return desk.connection.info.transaction_status == TransactionStatus.IDLE


def _fit(connection: "Connection[tuple[object, ...]]", url: str, *, create: bool) -> None:
    from coach.engine.store import migrate

    if migrate.is_current(connection):
        return
    if not create and migrate.revision(connection) is None:
        raise NotInitialised(START_HERE)
    migrate.upgrade(url)


def machine(home: "Home") -> "Iterator[Check]":
    """Yield what a doctor sees of this machine."""
    import platform
    import shutil

    from coach._version import VERSION
    from coach.engine.api.health import Check

    yield Check("coach", "ok", f"{VERSION} on Python {platform.python_version()}")
    roof = next(folder for folder in (home.data, *home.data.parents) if folder.exists())
    free = shutil.disk_usage(roof).free
    if free < LITTLE_SPACE:
        yield Check("disk", "warning", f"{free / 1e9:.1f} GB free at {roof}", "make room")
    else:
        yield Check("disk", "ok", f"{free / 1e9:.1f} GB free at {roof}")
