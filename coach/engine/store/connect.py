"""A connection to the database, the same for our own PostgreSQL and for a stranger's."""

import logging
from collections.abc import Iterable
from time import monotonic, sleep
from typing import Protocol

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg.pq import PGconn, Ping
from psycopg.rows import TupleRow

from coach.engine.store.isolation.confined import ConfinedTransactions
from coach.errors import DatabaseTrouble
from coach.model.accounts import RunAttempt, UserId
from coach.model.events import NewEvent
from coach.model.machine.audit import COACH, ENGINE

OLDEST = 15
PATIENCE = 10  # seconds to connect
PING_S = 2
RECOVERY_PATIENCE_S = 60.0
"""How long a server that starts, or recovers from a crash, is waited for."""
ENCODINGS = ("UTF8", "SQL_ASCII")
"""Of a database that keeps every text; SQL_ASCII keeps bytes as they come, and ours are UTF-8."""


class Wakes(Protocol):
    """What gathers the hints to followers that commits over a connection give rise to."""

    def add(self, connection: "CoachConnection", users: Iterable[UserId]) -> None:
        """Wake the followers of these users now or soon."""

    def flush(self, connection: "CoachConnection") -> None:
        """Send what waits."""


class CoachConnection(ConfinedTransactions, psycopg.Connection[TupleRow]):
    """A connection that holds the events of the unit of work it is in, by user.

    None outside a unit of work, which alone changes them. `wakes` gathers hints to followers, once
    there were any. `claim` is the attempt at a run that a worker makes over the connection, if one
    does. `actor` is who acts over the connection and `origin` from where, for audit events.
    `confinement` says whose rows alone it reaches.
    """

    pending_events: dict[UserId, list[NewEvent]] | None = None
    wakes: Wakes | None = None
    claim: RunAttempt | None = None
    actor: str = COACH
    origin: str = ENGINE

    def close(self) -> None:
        """Close the connection, and send before what followers have not been told yet."""
        if self.wakes is not None and not self.closed:
            self.wakes.flush(self)
        super().close()


def connect(url: str) -> CoachConnection:
    """Connect in autocommit, with times in UTC; DatabaseTrouble for a server that does not fit.

    A server that is just starting or recovering is waited for.
    """
    _keep_library_quiet()
    wanted = _parts(url)
    connection = _opened(make_conninfo(**wanted), wanted)
    unfit = _unfit(connection)
    if unfit is not None:
        connection.close()
        raise unfit
    return connection


def parameters(url: str) -> str:
    """Return how libpq is told to connect to that database, as `connect` does."""
    _keep_library_quiet()
    return make_conninfo(**_parts(url))


def _opened(conninfo: str, wanted: dict[str, str]) -> CoachConnection:
    deadline = monotonic() + RECOVERY_PATIENCE_S
    while True:
        began = monotonic()
        try:
            return CoachConnection.connect(conninfo, autocommit=True)
        except psycopg.OperationalError as error:
            message = str(error)
        if monotonic() - began > PING_S or not _is_starting(wanted):
            raise DatabaseTrouble(
                what=_without_secret(message, wanted),
                remedy="check_server",
            )
        if monotonic() > deadline:
            raise DatabaseTrouble(
                what=f"the server starts or recovers for more than {RECOVERY_PATIENCE_S:.0f} s",
                hint="see its log, and try again when it takes connections",
            )
        sleep(0.2)


def _is_starting(wanted: dict[str, str]) -> bool:
    """Say whether a server is there that takes no connections yet, whatever language it speaks.

    No signal is heard meanwhile: it is asked only of a server that has just answered.
    """
    ping = make_conninfo(**{**wanted, "connect_timeout": str(PING_S)})
    return bool(PGconn.ping(ping.encode()) == Ping.REJECT)


def _unfit(connection: psycopg.Connection) -> DatabaseTrouble | None:
    """Return why nothing can be kept there, None where all is well; nothing is asked of it."""
    version = connection.info.server_version // 10_000
    if version < OLDEST:
        return DatabaseTrouble(
            what=f"the server is PostgreSQL {version}, coach needs {OLDEST} or newer",
            hint="point COACH_DATABASE_URL at a newer server, or unset it to use coach's own",
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding not in ENCODINGS:
        return DatabaseTrouble(
            what=f"the database's encoding is {encoding}, coach needs UTF8",
            remedy="make_utf8_database",
        )
    if connection.info.parameter_status("in_hot_standby") == "on":
        return DatabaseTrouble(
            what="the server is a standby, it takes no changes",
            hint="point COACH_DATABASE_URL at the primary server",
        )
    if connection.info.parameter_status("default_transaction_read_only") == "on":
        return DatabaseTrouble(
            what="the database is read-only",
            hint="see default_transaction_read_only of the server, the database and the user",
        )
    return None


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
    if _is_torn(wanted):
        # What PostgreSQL's parser took for the host or the port is the tail of a password.
        raise DatabaseTrouble(
            what="COACH_DATABASE_URL holds a user or a password with a character of URLs in it",
            hint="write @ as %40, / as %2F, : as %3A, ? as %3F and # as %23 there",
        )
    wanted.setdefault("connect_timeout", str(PATIENCE))
    wanted.setdefault("application_name", "coach")
    wanted["client_encoding"] = "UTF8"  # a database in SQL_ASCII would hand out bytes
    wanted["options"] = f"{wanted.get('options', '')} -c TimeZone=UTC".strip()
    return wanted


def _is_torn(wanted: dict[str, str]) -> bool:
    ports = wanted.get("port", "").replace(",", "")
    plain = ports.isascii() and (ports.isdecimal() or not ports)
    return "@" in wanted.get("host", "") or "@" in wanted.get("dbname", "") or not plain


def _without_secret(message: str, wanted: dict[str, str]) -> str:
    secret = wanted.get("password")
    first = message.strip().replace("\n", " ")
    return first.replace(secret, "•••") if secret else first
