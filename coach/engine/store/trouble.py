"""What PostgreSQL says when something is wrong, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from coach.errors import DatabaseTrouble
from coach.remedies import Remedy

LONGEST = 300
HINTS = {
    "53100": "make room on the disk of the database, then try again; no partial changes were made",
    "53200": "the server is out of memory; no partial changes were made, try again",
    "53300": "the server takes no more connections; no partial changes were made, try again later",
    "25006": "point COACH_DATABASE_URL at the primary server, or at a database that may be written",
    "42501": "grant the database's user the right to create and write tables",
    "22021": "a text holds a character that the database cannot keep; nothing was stored",
    "22P05": "a text holds a character that the database cannot keep; nothing was stored",
    "57014": (
        "the server ended the statement: see its statement_timeout; no partial changes were made"
    ),
}
"""What to do, by SQLSTATE."""
LOST = ("08", "57P")
"""How the states of a connection that is gone begin."""


def explained(error: psycopg.Error) -> DatabaseTrouble:
    """Return the trouble that an error of the database is."""
    message = error.diag.message_primary or str(error).strip() or type(error).__name__
    what, hint = message.splitlines()[0][:LONGEST], _hint(error)
    return DatabaseTrouble(hint, None if hint else _remedy(error), what=what)


@contextmanager
def database_errors_explained() -> Iterator[None]:
    """Raise DatabaseTrouble for whatever the database says within the block."""
    try:
        yield
    except psycopg.Error as error:
        raise explained(error) from error


def _hint(error: psycopg.Error) -> str:
    state = error.sqlstate or ""
    if isinstance(error, psycopg.DataError) and not state:
        return HINTS["22021"]
    return HINTS.get(state, "")


def _remedy(error: psycopg.Error) -> Remedy:
    lost = (error.sqlstate or "").startswith(LOST)
    return "try_again" if lost or isinstance(error, psycopg.OperationalError) else "report_trouble"
