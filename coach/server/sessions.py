"""Sessions of requests: each over a connection of its own, in the thread that answers."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from coach import wiring
from coach.engine.api import upkeep
from coach.engine.api.live.connections import connection_pool, notifier
from coach.engine.api.live.readiness import refuse_to_serve_without_months
from coach.engine.api.session import Session
from coach.errors import DatabaseTrouble, NotFound
from coach.server.doors.identity import TERMINAL, who_asks

if TYPE_CHECKING:
    from typing import Self

    from coach.engine.api.live.connections import PooledConnection
    from coach.remedies import Remedy
    from coach.settings.values import Settings

UNFORESEEN: "Remedy" = "report_trouble"
OpenSession = Callable[[], AbstractContextManager[Session]]


class SessionPool:
    """Sessions of whoever asks; `with` opens their connections and closes them.

    A session belongs to the thread that opens it, and its connection goes back with it.
    """

    def __init__(self, settings: "Settings") -> None:
        self.settings = settings
        self.url = url = partial(wiring.database_url, settings, create=False)
        self._notifier = notifier(url)
        self._ending = ExitStack()
        self._pool = connection_pool(url, self._notifier)

    def __enter__(self) -> "Self":
        """Bring the tables up to date, then open the first connection.

        DatabaseTrouble where less than a month is open ahead for events.
        """
        with wiring.start(self.settings, create=True) as session:
            refuse_to_serve_without_months(session)
        with wiring.database_errors(self.settings):
            self._pool.open(wait=True)
        self._ending.enter_context(self._notifier)
        return self

    def __exit__(self, *_: object) -> None:
        """Close every connection, and tell followers what they have not been told yet."""
        self._pool.close()
        self._ending.close()

    @contextmanager
    def connection(self) -> "Iterator[PooledConnection]":
        """Lend a connection for what is nobody's request."""
        with wiring.database_errors(self.settings), self._pool.connection() as connection:
            yield connection

    def usage(self) -> dict[str, int]:
        """Return how many connections there are, are free and are waited for."""
        return self._pool.get_stats()

    @contextmanager
    def open(self) -> Iterator[Session]:
        """Open the session of one request, of whoever asks: what was due is done first.

        From then on the database itself keeps the session to the rows of its user. NotFound where
        that user is not there any more.
        """
        user = who_asks()
        if user is None:
            raise RuntimeError("nobody has signed in for a request that needs a session")
        settings = self.settings
        if user is not TERMINAL:
            settings = replace(settings, user=user.name)
        with self._removal_told(settings), self.connection() as connection:
            session = wiring.session_over(connection, settings)
            if user is not TERMINAL and session.user.id != user.user_id:
                raise NotFound(kind="user", name=user.name)
            session = upkeep.do_what_is_due(session, self.settings.event_months)
            with connection.confined_to(session.user.id):
                yield session

    @contextmanager
    def _removal_told(self, settings: "Settings") -> Iterator[None]:
        """Raise NotFound for what failed since its user was removed while it was done."""
        try:
            yield
        except DatabaseTrouble as trouble:
            if trouble.remedy == UNFORESEEN:
                with self.connection() as connection:
                    wiring.session_over(connection, settings)
            raise
