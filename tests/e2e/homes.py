"""A home whose database keeps running, used by one file of tests after the other."""

import shutil
from pathlib import Path

from psycopg.conninfo import make_conninfo

from coach.engine.postgres import embedded
from coach.engine.postgres.place import find
from coach.engine.store import migrate
from coach.engine.store.connect import connect
from tests import clock
from tests.databases import is_as_new, ready

KEPT = "postgresql"


def remove_database(home: Path) -> None:
    """Stop the database of a home, and remove it from wherever it lies."""
    place = embedded.DatabaseHome(home / "data")
    embedded.stop(place)
    shutil.rmtree(find(place).base)


class LentHome:
    """A home with a running database that has all tables and no rows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._place = embedded.DatabaseHome(folder / "data", throwaway=True)
        url = embedded.ensure_running(self._place)
        migrate.upgrade(url)
        self._database = ready("coach", url, [clock.now()])
        with connect(make_conninfo(url, dbname="postgres")) as admin:
            admin.execute("alter system set autovacuum = off")
            admin.execute("select pg_reload_conf()")
            admin.execute("create database as_new template coach strategy file_copy")

    def database_url(self) -> str:
        """Return where the database is."""
        return embedded.ensure_running(self._place)

    def make_as_new(self) -> None:
        """Remove every file and row that was written."""
        embedded.discard(embedded.DatabaseHome(self.folder / "cache/demo/data", throwaway=True))
        for place in (*self.folder.iterdir(), *(self.folder / "data").iterdir()):
            if place.name == KEPT or place == self.folder / "data":
                continue
            if place.is_dir() and not place.is_symlink():
                shutil.rmtree(place)
            else:
                place.unlink()
        url = embedded.ensure_running(self._place)
        with connect(url) as connection:
            if is_as_new(self._database, connection):
                return
        with connect(make_conninfo(url, dbname="postgres")) as admin:
            admin.execute("drop database if exists coach with (force)")
            admin.execute("create database coach template as_new strategy file_copy")

    def close(self) -> None:
        """Stop the database and remove it."""
        embedded.discard(self._place)
