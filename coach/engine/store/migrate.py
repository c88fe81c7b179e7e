"""Bringing a database to the tables this coach knows."""

from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import errors

from coach.engine.store.connect import connect
from coach.engine.store.isolation import app_role
from coach.engine.store.trouble import HINTS, explained
from coach.errors import DatabaseTrouble, NotInitialised

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0061"
PACKAGE = Path(__file__).parents[2]
OTHER_COACH = "upgrade coach to the version that made them"


def revision(connection: psycopg.Connection) -> str | None:
    """Return the revision of the tables that are there, None where there are none."""
    try:
        row = connection.execute("select version_num from alembic_version").fetchone()
    except errors.UndefinedTable:
        return None
    return None if row is None else str(row[0])


def is_current(connection: psycopg.Connection) -> bool:
    """Tell whether the tables are the ones this coach knows; Alembic is not imported."""
    return revision(connection) == HEAD


def require_current(connection: psycopg.Connection) -> None:
    """Refuse tables of another coach (DatabaseTrouble), or none at all (NotInitialised)."""
    found = revision(connection)
    if found is None:
        raise NotInitialised(remedy="start_here")
    if found < HEAD:
        raise DatabaseTrouble(
            what=f"its tables are of an older coach ({found}, this one knows {HEAD})",
            hint="the next command that begins with this coach brings them up to date",
        )
    if found > HEAD:
        raise DatabaseTrouble(
            what=f"its tables are of another coach ({found}, this one knows {HEAD})",
            hint=OTHER_COACH,
        )


def upgrade(url: str, to: str = HEAD) -> None:
    """Bring the tables up to a revision; several coaches at once take turns.

    Then the role of the application gets its rights on them, where coach may give them.
    """
    from alembic import command
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError

    try:
        command.upgrade(configuration(url), to)
    except CommandError as error:
        raise DatabaseTrouble(
            what=f"its tables are of another coach: {error}",
            hint=OTHER_COACH,
        ) from error
    except DBAPIError as error:
        raise _trouble(error.orig) from error
    if to == HEAD:
        with connect(url) as connection:
            app_role.prepare(connection)


def downgrade(url: str, to: str) -> None:
    """Take the tables down to a revision, `base` for none at all."""
    from alembic import command

    command.downgrade(configuration(url), to)


def configuration(url: str) -> "Config":
    """Return Alembic's configuration for the migrations that coach brings."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder()).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.set_main_option("recursive_version_locations", "true")
    config.attributes["connect"] = lambda: _in_transactions(url)
    return config


def folder() -> Path:
    """Return where the migrations are: inside an installed coach, at the top of a checkout."""
    installed = PACKAGE / "migrations"
    return installed if (installed / "env.py").is_file() else PACKAGE.parent / "migrations"


def _in_transactions(url: str) -> psycopg.Connection:
    connection = connect(url)
    connection.autocommit = False
    return connection


def _trouble(error: BaseException | None) -> DatabaseTrouble:
    own = "coach needs a database of its own, where it may create tables"
    if not isinstance(error, psycopg.Error):
        return DatabaseTrouble(what=f"the tables could not be made: {error}", hint=own)
    found = explained(error)
    hint = found.hint if error.sqlstate in HINTS else own
    return DatabaseTrouble(what=f"the tables could not be made: {found.facts['what']}", hint=hint)
