"""A connection to the database, the same for our own PostgreSQL and for a stranger's."""

import logging

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from coach.errors import DatabaseTrouble

OLDEST = 15
PATIENCE = 10  # seconds to connect


def connect(url: str) -> psycopg.Connection:
    """Connect in autocommit, with times in UTC; refuse a PostgreSQL that is too old."""
    _keep_library_quiet()
    wanted = _parts(url)
    conninfo = make_conninfo(**wanted)
    try:
        connection = psycopg.connect(conninfo, autocommit=True)
    except psycopg.OperationalError as error:
        raise DatabaseTrouble(
            what=_without_secret(str(error), wanted),
            hint="see that PostgreSQL runs and takes this user; `coach doctor` says more",
        ) from None
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        connection.close()
        raise DatabaseTrouble(
            what=f"the server is PostgreSQL {version}, coach needs {OLDEST} or newer",
            hint="point COACH_DATABASE_URL at a newer server, or unset it to use coach's own",
        )
    return connection


def _keep_library_quiet() -> None:
    # Without a handler its warnings go to stderr: a signal or a dying server is told by us alone.
    logger = logging.getLogger(psycopg.__name__)
    if not logger.handlers:
        logger.addHandler(logging.NullHandler())


def _parts(url: str) -> dict[str, str]:
    try:
        given = conninfo_to_dict(url)
    except psycopg.ProgrammingError:
        # The parser quotes the URL, password and all.
        raise DatabaseTrouble(
            what="COACH_DATABASE_URL is no PostgreSQL URL",
            hint="write postgresql://user@host:5432/database",
        ) from None
    wanted = {key: str(part) for key, part in given.items() if part is not None}
    wanted.setdefault("connect_timeout", str(PATIENCE))
    wanted.setdefault("application_name", "coach")
    wanted["client_encoding"] = "UTF8"  # a database in SQL_ASCII would hand out bytes
    wanted["options"] = f"{wanted.get('options', '')} -c TimeZone=UTC".strip()
    return wanted


def _without_secret(message: str, wanted: dict[str, str]) -> str:
    secret = wanted.get("password")
    first = message.strip().replace("\n", " ")
    return first.replace(secret, "•••") if secret else first
