"""Bringing a database to the tables this coach knows."""

from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import errors

from coach.engine.store.connect import connect
from coach.engine.store.isolation import app_role
from coach.engine.store.trouble import HINTS, database_errors_explained, explained
from coach.errors import DatabaseTrouble, NotInitialised

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0081"
PACKAGE = Path(__file__).parents[2]
OTHER_COACH = "upgrade coach to the version that made them"
# Tables from before 0068 have no such column.
FOUND = "select version_num, to_jsonb(v) ->> 'serves_from' from alembic_version v"


def revision(connection: psycopg.Connection) -> str | None:
    """Return the revision of the tables that are there, None where there are none."""
    return _found(connection)[0]


def is_current(connection: psycopg.Connection) -> bool:
    """Tell whether this coach may work on the tables that are there; Alembic is not imported.

    It may where they are the ones it knows, and where they are newer and name it, or one from
    before it, as the oldest coach that they serve.
    """
    found, serves_from = _found(connection)
    if found is None or found <= HEAD:
        return found == HEAD
    return serves_from is not None and serves_from <= HEAD


def _found(connection: psycopg.Connection) -> tuple[str | None, str | None]:
    """Return the revision, and that of the oldest coach which these tables serve."""
    try:
        row = connection.execute(FOUND).fetchone()
    except errors.UndefinedTable:
        return None, None
    return (None, None) if row is None else (str(row[0]), row[1])


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
    if not is_current(connection):
        raise DatabaseTrouble(
            what=f"its tables are of another coach ({found}, this one knows {HEAD})",
            hint=OTHER_COACH,
        )


def upgrade(url: str, to: str = HEAD) -> None:
    """Bring the tables up to a revision; several coaches at once take turns.

    Then the role of the application gets its rights on them, where coach may give them. Newer
    tables that serve this coach stay as they are.
    """
    from alembic import command
    from alembic.util import CommandError
    from sqlalchemy.exc import DBAPIError

    with database_errors_explained(), connect(url) as connection:
        if to == HEAD and is_current(connection) and revision(connection) != HEAD:
            return
    try:
        with database_errors_explained():  # SQLAlchemy's own questions at the beginning
            command.upgrade(configuration(url), to)
    except CommandError as error:
        raise DatabaseTrouble(
            what=f"its tables are of another coach: {error}",
            hint=OTHER_COACH,
        ) from error
    except DBAPIError as error:
        raise _trouble(error.orig) from error
    if to == HEAD:
        with database_errors_explained(), connect(url) as connection:
            app_role.prepare(connection)


def coming(found: str) -> list[tuple[str, str, str]]:
    """Return what is between these tables and this coach's: revision, first line, SQL, in order."""
    from alembic import command
    from alembic.script import ScriptDirectory

    told = []
    scripts = ScriptDirectory.from_config(configuration(""))
    for script in [*scripts.iterate_revisions(HEAD, found)][::-1]:
        config = configuration("")
        config.output_buffer = written = StringIO()
        command.upgrade(config, f"{script.down_revision}:{script.revision}", sql=True)
        told.append((script.revision, (script.doc or "").partition("\n")[0], written.getvalue()))
    return told


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
