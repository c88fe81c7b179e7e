"""Whether a process can answer for its user: the database, its tables, months, the key of keys."""

from collections.abc import Iterator

from coach.engine.api.health import Check, examine
from coach.engine.api.session import Session
from coach.engine.outbox import partitions
from coach.engine.store import migrate

NEEDED = frozenset({"database", "events", "key of keys"})


def refuse_to_serve_without_months(session: Session) -> None:
    """Raise DatabaseTrouble where less than a month is open ahead for events."""
    partitions.refuse_without_months(session.connection, session.clock())


def readiness(session: Session) -> Iterator[Check]:
    """Yield what has to be well before anything can be answered; `error` is what is not."""
    if not migrate.is_current(session.connection):
        yield Check("tables", "error", "they are not those of this version", remedy="open_months")
        return
    yield Check("tables", "ok", "they are those of this version")
    yield from (check for check in examine(session) if check.name in NEEDED)
