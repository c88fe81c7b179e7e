"""Events: what changed for a user, in order and without gaps."""

from collections.abc import Callable, Iterator

from coach.engine.api.session import Session
from coach.engine.outbox import read
from coach.model.events import Event, EventId

A_PAGE = 500


def since(session: Session, after: str | None = None, limit: int = A_PAGE) -> list[Event]:
    """Return up to `limit` events after that id, oldest first."""
    return read.since(
        session.connection, session.user.id, None if after is None else EventId(after), limit
    )


def every(session: Session, after: str | None = None) -> Iterator[Event]:
    """Yield all events after that id up to now."""
    while page := since(session, after):
        yield from page
        after = page[-1].id


def follow(
    session: Session, after: str | None, stop: Callable[[], bool] = lambda: False
) -> Iterator[Event]:
    """Yield events after that id and then each as it is committed, until `stop`."""
    start = None if after is None else EventId(after)
    return read.follow(session.connect, session.user.id, start, stop=stop)
