"""Sessions of a thread that asks often: one after the other, over a connection that it keeps.

To connect costs more than most questions. A connection that nothing was asked over for a while is
closed, and one that broke is replaced, which whoever asks does not notice.
"""

from contextlib import ExitStack
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

from coach import wiring
from coach.errors import DatabaseTrouble

if TYPE_CHECKING:
    from collections.abc import Callable

    from coach.engine.api.session import Session
    from coach.settings.values import Settings

Answer = TypeVar("Answer")
KEPT_S = 60.0


class KeptSessions:
    """Sessions over the connection of one thread; only that thread may use it."""

    def __init__(self, settings: "Settings") -> None:
        self._settings = settings
        self._opened = ExitStack()
        self._first: Session | None = None
        self._asked_at = 0.0

    def ask(self, work: "Callable[[Session], Answer]") -> Answer:
        """Read something in a session of its own."""
        if self._first is not None and monotonic() - self._asked_at > KEPT_S:
            self.close()
        is_kept = self._first is not None
        try:
            return self._ask(work)
        except DatabaseTrouble:
            is_broken = self._first is not None and self._first.opened.closed
            if not is_kept or not is_broken:
                raise
            self.close()
            return self._ask(work)

    def _ask(self, work: "Callable[[Session], Answer]") -> Answer:
        if self._first is None:
            self._first = self._opened.enter_context(wiring.open_session(self._settings))
        try:
            with wiring.database_errors(self._settings):
                return work(wiring.session_over(self._first.opened, self._settings))
        finally:
            self._asked_at = monotonic()

    def close(self) -> None:
        """Let the connection go."""
        self._first = None
        self._opened.close()
