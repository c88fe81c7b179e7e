"""The feed of events: what any process changes reaches the screens without a key."""

from collections.abc import Callable
from contextlib import closing
from threading import Event as Flag
from threading import Thread
from typing import TYPE_CHECKING

from coach import wiring
from coach.engine.api import events
from coach.errors import CoachError

if TYPE_CHECKING:
    from coach.model.events import Event
    from coach.settings.values import Settings


class EventFeed:
    """A thread that follows the user's events from the newest on.

    `tell` is called in that thread with each event, `lose` with the error that ended it.
    """

    def __init__(
        self,
        settings: "Settings",
        tell: "Callable[[Event], object]",
        lose: Callable[[CoachError], object],
    ) -> None:
        self._settings, self._tell, self._lose = settings, tell, lose
        self._over = Flag()
        self._thread = Thread(target=self._follow, name="coach-feed", daemon=True)

    def start(self) -> None:
        """Begin to follow."""
        self._thread.start()

    def stop(self, patience_s: float = 5.0) -> None:
        """Follow no longer."""
        self._over.set()
        if self._thread.is_alive():
            self._thread.join(patience_s)

    def _follow(self) -> None:
        try:
            with wiring.open_session(self._settings) as session:
                newest = events.newest(session, 1)
                after = newest[-1].id if newest else None
                with closing(events.follow(session, after, stop=self._over.is_set)) as came:
                    for event in came:
                        self._tell(event)
        except CoachError as trouble:
            if not self._over.is_set():
                self._lose(trouble)
