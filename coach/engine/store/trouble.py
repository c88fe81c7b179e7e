"""What PostgreSQL says when something is wrong, and what to do about it."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg

from coach.errors import DatabaseTrouble

LONGEST = 300
NOTHING_DONE = "nothing is half done; try again, or see coach doctor"
HINTS = {
    "53100": "make room on the disk of the database, then try again; nothing is half done",
    "53200": "the server is out of memory; nothing is half done, try again",
    "53300": "the server takes no more connections; nothing is half done, try again later",
    "25006": "point COACH_DATABASE_URL at the primary server, or at a database that may be written",
    "42501": "grant the database's user the right to create and write tables",
    "22021": "a text holds a character that the database cannot keep; nothing was stored",
    "22P05": "a text holds a character that the database cannot keep; nothing was stored",
    "57014": "the server ended the statement: see its statement_timeout; nothing is half done",
}
"""What to do, by SQLSTATE."""
LOST = ("08", "57P")
"""How the states of a connection that is gone begin."""
UNEXPECTED = "nothing is half done; if it comes again, report it with what --debug shows"


def explained(error: psycopg.Error) -> DatabaseTrouble:
    """Return the trouble that an error of the database is."""
    said = error.diag.message_primary or str(error).strip() or type(error).__name__
    return DatabaseTrouble(hint=_hint(error), what=said.splitlines()[0][:LONGEST])


@contextmanager
def database_errors_explained() -> Iterator[None]:
    """Raise DatabaseTrouble for whatever the database says within the block."""
    try:
        yield
    except psycopg.Error as error:
        raise explained(error) from error


def _hint(error: psycopg.Error) -> str:
    state = error.sqlstate or ""
    if state in HINTS:
        return HINTS[state]
    if isinstance(error, psycopg.OperationalError) or state.startswith(LOST):
        return NOTHING_DONE
    if isinstance(error, psycopg.DataError) and not state:
        return HINTS["22021"]
    return UNEXPECTED
