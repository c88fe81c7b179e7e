"""Whether the clocks agree: this machine's, the database server's, and what was written before."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from coach.engine.api.keys.check import Check
from coach.engine.store.tending import clock_reading

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.api.session import Session

TOLERANCE = timedelta(minutes=2)
"""Brokers refuse a request that is signed at a time further off than about this."""


def clock_checks(session: Session) -> Iterator[Check]:
    """Yield a check where the clocks are apart, and one where the user's zone is not known here."""
    now = session.clock()
    yield from _apart(session.connection, now)
    try:
        ZoneInfo(session.user.zone)
    except (LookupError, ValueError, OSError):
        detail = (
            f"this machine knows no time zone {session.user.zone!r}, which is {session.user.name}'s"
        )
        yield Check("zone", "error", detail, "install tzdata, by pip or by the system's packages")


def _apart(connection: Connection[Any], now: datetime) -> Iterator[Check]:
    reading = clock_reading.read_clocks(connection)
    ahead = now - reading.server
    if abs(ahead) > TOLERANCE:
        way = "ahead of" if ahead > timedelta(0) else "behind"
        detail = f"this machine's clock is {abs(ahead)} {way} that of the database server"
        yield Check("clock", "warning", detail, remedy="correct_machine_clock")
    elif reading.newest is not None and reading.newest - now > TOLERANCE:
        detail = (
            f"the newest job began at {reading.newest:%Y-%m-%d %H:%M} UTC, which is still to come"
        )
        yield Check("clock", "warning", detail, remedy="correct_machine_clock")
