"""Bringing tables to those of this coach, with a restore point first; and a newer PostgreSQL.

All migrations are one transaction, so one that fails leaves the tables as they were. The restore
point is for what nobody sees at once: a database beside, with the tables of the coach before, which
that coach puts back.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from coach.engine.backup.copying import copy_database
from coach.engine.outbox import epochs
from coach.engine.postgres import moving
from coach.engine.postgres.binaries import MAJOR
from coach.engine.postgres.moving import MovedCluster
from coach.engine.postgres.place import DatabaseHome
from coach.engine.store import migrate
from coach.engine.store.backup import databases as stored
from coach.engine.store.backup.databases import Databases, databases
from coach.engine.store.connect import connect
from coach.errors import NotFound, Refused


def upgrade(url: str) -> None:
    """Bring the tables up to this coach; older ones are copied beside first.

    Where the role may make no databases there is no copy. Several coaches at once take turns.
    """
    before = _revision(url)
    if before is None or before >= migrate.HEAD or not _may_copy(url):
        migrate.upgrade(url)
        return
    with stored.upgrade_turn(url) as beside:
        before = _revision(url)
        if before == migrate.HEAD:
            return
        _copy_beside(beside, url)
        beside.keep_before_upgrade()
        with _rolled_back(beside, url, before):
            migrate.upgrade(url)


def roll_back(url: str) -> str:
    """Put back the tables from before the last upgrade; return what holds the others now.

    NotFound where no upgrade kept them, Refused where they are not those of this coach, which would
    upgrade them once more.
    """
    with databases(url) as beside:
        if not beside.exists(beside.before_upgrade):
            raise NotFound(kind="database from before an upgrade", name=beside.before_upgrade)
        found = _revision(beside.url_of(beside.before_upgrade))
        if found != migrate.HEAD:
            raise Refused(
                "install the coach that made them first: this one would upgrade them again",
                what=f"the tables from before the upgrade are {found}, this coach knows "
                f"{migrate.HEAD}",
            )
        beside.put_back(beside.before_upgrade)
        with connect(beside.url_of(beside.name)) as connection:
            epochs.renew(connection)
        return beside.before_upgrade


def move_cluster(home: DatabaseHome) -> MovedCluster | None:
    """Move coach's own database to the major version that coach brings; None where it is of that.

    The rows of every table are compared before anything takes the place of the former cluster,
    which is kept.
    """
    return moving.move(home, copy_database)


def _copy_beside(beside: Databases, url: str) -> None:
    """Copy the tables into a database that has not its lasting name yet; leave no half of one."""
    beside.make_empty(beside.upgrading)
    try:
        copy_database(url, beside.url_of(beside.upgrading))
    except BaseException:
        beside.drop(beside.upgrading)
        raise


@contextmanager
def _rolled_back(beside: Databases, url: str, before: str | None) -> Iterator[None]:
    """Put the restore point in place where the block fails and leaves other tables than before."""
    try:
        yield
    except BaseException:
        if _revision(url) != before:
            beside.put_back(beside.before_upgrade)
        raise


def _revision(url: str) -> str | None:
    with connect(url) as connection:
        return migrate.revision(connection)


def _may_copy(url: str) -> bool:
    """Say whether a copy can be made: by this role, and by programs that are not older."""
    with connect(url) as connection:
        version = connection.info.server_version // 10_000
        return version <= int(MAJOR) and stored.may_make(connection)
