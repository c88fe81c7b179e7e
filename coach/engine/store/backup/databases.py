"""Databases beside the one that coach works on: made empty, dropped, and put in its place.

They are named after it: NAME_restoring while a backup is read into it, NAME_before_restore what
was there before the last restore. Two names change in one transaction, so that whoever is killed
leaves the one database in its place or the other.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from time import sleep

from psycopg import errors, sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.trouble import database_errors_explained
from coach.errors import DatabaseTrouble, Locked

TRIES = 50
LOCK_TRIES = 200
PAUSE_S = 0.1
LOCK = "select pg_try_advisory_lock(hashtext('backup'), hashtext(%s))"
TURN = "select pg_advisory_lock(hashtext('upgrade'), hashtext(%s))"
MAY_MAKE = """
select (rolsuper or rolcreatedb) and exists (select from pg_database where datname = 'postgres'
   and datallowconn and has_database_privilege(oid, 'connect'))
  from pg_roles where rolname = current_user
"""
END_OTHERS = """
select pg_terminate_backend(pid) from pg_stat_activity
 where datname = any (%s) and pid <> pg_backend_pid()
"""
THERE = "select from pg_database where datname = %s"


class Databases:
    """The databases of one coach on its server, over a connection to another one beside them."""

    def __init__(self, url: str, beside: CoachConnection) -> None:
        self._url = url
        self._beside = beside
        self.name = name_of(url)
        self.restoring = f"{self.name}_restoring"
        self.before = f"{self.name}_before_restore"
        self.upgrading = f"{self.name}_upgrading"
        self.before_upgrade = f"{self.name}_before_upgrade"

    def url_of(self, name: str) -> str:
        """Return how to connect to one of them."""
        return make_conninfo(self._url, dbname=name)

    def make_empty(self, name: str) -> None:
        """Make a database of UTF-8 in the place of one that somebody left there."""
        self.drop(name)
        made = "create database {} template template0 encoding 'UTF8'"
        self._beside.execute(sql.SQL(made).format(sql.Identifier(name)))

    def drop(self, name: str) -> None:
        """Drop a database, if it is there; whoever is connected to it is cut off."""
        dropped = "drop database if exists {} with (force)"
        self._beside.execute(sql.SQL(dropped).format(sql.Identifier(name)))

    def exists(self, name: str) -> bool:
        """Say whether there is such a database."""
        return self._beside.execute(THERE, [name]).fetchone() is not None

    def put_in_place(self, name: str) -> None:
        """Give a database the name that coach works under; what was there is kept as `before`."""
        self.drop(self.before)
        self._rename((self.name, self.before), (name, self.name))

    def keep_before_upgrade(self) -> None:
        """Keep the copy that was made for an upgrade, in the place of that of the one before."""
        self.drop(self.before_upgrade)
        self._rename((self.upgrading, self.before_upgrade))

    def put_back(self, kept: str) -> None:
        """Change what is there and what was kept of before, each for the other."""
        between = f"{self.name}_changing"
        self._rename((self.name, between), (kept, self.name), (between, kept))

    def _rename(self, *changes: tuple[str, str]) -> None:
        """Rename databases in one transaction; DatabaseTrouble while somebody holds on to one."""
        names = [name for change in changes for name in change]
        for _ in range(TRIES):
            self._beside.execute(END_OTHERS, [names])
            try:
                with self._beside.transaction():
                    for former, name in changes:
                        renamed = sql.SQL("alter database {} rename to {}")
                        self._beside.execute(
                            renamed.format(sql.Identifier(former), sql.Identifier(name))
                        )
            except errors.ObjectInUse:
                sleep(PAUSE_S)  # a server or a worker connected anew: it gives up its place soon
            else:
                return
        raise DatabaseTrouble(
            what=f"others stay connected to {self.name}",
            hint="stop the server and the workers, and try again",
        )


@contextmanager
def databases(url: str) -> Iterator[Databases]:
    """Connect beside the database of coach; Locked while another coach does the same.

    A coach that was killed holds its place until the server has done what it last asked for, so
    that is waited for a while.
    """
    with database_errors_explained(), connect(_beside(url)) as connection:
        for _ in range(LOCK_TRIES):
            if connection.execute(LOCK, [name_of(url)]).fetchone() == (True,):
                break
            sleep(PAUSE_S)
        else:
            raise Locked(doing="verifying or restoring a backup")
        yield Databases(url, connection)


@contextmanager
def upgrade_turn(url: str) -> Iterator[Databases]:
    """Connect beside the database of coach, and let nobody else upgrade it; others wait."""
    with database_errors_explained(), connect(_beside(url)) as connection:
        connection.execute(TURN, [name_of(url)])
        yield Databases(url, connection)


def may_make(connection: CoachConnection) -> bool:
    """Say whether whoever is connected may make databases, and connect beside this one."""
    row = connection.execute(MAY_MAKE).fetchone()
    return row is not None and bool(row[0])


def name_of(url: str) -> str:
    """Return the name of the database at a URL."""
    given = conninfo_to_dict(url)
    return str(given.get("dbname") or given.get("user") or "coach")


def _beside(url: str) -> str:
    return make_conninfo(url, dbname="postgres")
