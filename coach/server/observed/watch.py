"""A look at the installation once a minute: for the metrics, and for users with too many events."""

from collections.abc import Callable
from datetime import datetime
from threading import Event, Thread
from typing import TYPE_CHECKING

from coach.engine.api.live.activity import MANY_EVENTS, InstallationActivity, read_activity
from coach.errors import CoachError
from coach.server.log import warn

if TYPE_CHECKING:
    from typing import Self

    from coach.engine.api.live.connections import LendConnection
    from coach.server.observed.metrics import ServerMetrics

PAUSE_S = 60.0
GRACE_S = 5.0


class ActivityWatch:
    """Looks while the block runs, in a thread of its own: no reader of metrics waits for it."""

    def __init__(
        self, connection: "LendConnection", metrics: "ServerMetrics", clock: Callable[[], datetime]
    ) -> None:
        self._connection = connection
        self._metrics = metrics
        self._clock = clock
        self._warned: set[tuple[str, object]] = set()
        self._over = Event()
        self._thread = Thread(target=self._keep, name="coach-watch", daemon=True)

    def __enter__(self) -> "Self":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join(GRACE_S)

    def look(self) -> None:
        """Read what goes on, show it, and warn of each user above the mark once a day (UTC)."""
        now = self._clock()
        activity = self._read(now)
        self._metrics.show_activity(activity)
        if activity is None:
            return
        day = now.date()
        above = {user: n for user, n in activity.events.items() if n > MANY_EVENTS}
        for user, events in above.items():
            if (user, day) not in self._warned:
                warn("many events", user=user, events=events, mark=MANY_EVENTS)
        self._warned = {one for one in self._warned if one[1] == day} | {(u, day) for u in above}

    def _read(self, now: datetime) -> InstallationActivity | None:
        try:
            with self._connection() as connection:
                return read_activity(connection, now)
        except CoachError:
            return None

    def _keep(self) -> None:
        while not self._over.is_set():
            self.look()
            self._over.wait(PAUSE_S)
