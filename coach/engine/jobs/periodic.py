"""What a worker does by the clock: each task looks at what is due and asks for it, or does it.

Every worker has the same tasks, and cron may run them too (`coach worker --once`): a task that is
done twice, or by two at once, must come to the same as done once. It asks for long work by
`queue.enqueue`, whose run ids make it one.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from coach.engine.jobs import queue
from coach.engine.jobs.kinds import LIMITS, MOST_TRIES
from coach.engine.store.connect import CoachConnection
from coach.engine.store.queue import repair

EVERY_QUARTER_MINUTE = "* * * * * */15"
EVERY_MINUTE = "* * * * *"
EVERY_HOUR = "7 * * * *"


@dataclass(frozen=True, slots=True)
class PeriodicTask:
    """A task with its name, when it is to be done (cron, in UTC), and what does it.

    `do` gets a connection of its own, in autocommit, and the time.
    """

    name: str
    cron: str
    do: Callable[[CoachConnection, datetime], None]


def reap(connection: CoachConnection, now: datetime) -> None:
    """See to the runs of workers that were killed, or that take too long, and queue them again.

    A worker that takes too long loses its session with the database, and with it whatever it had
    not committed. Then every queued run without an entry in the queue gets one.
    """
    for kind, limits in LIMITS.items():
        repair.end_holders(connection, kind, now - limits.longest)
    repair.release_dead(connection, MOST_TRIES, now)
    queue.carry_left_behind(connection, now)


REAPER = PeriodicTask("reap", EVERY_QUARTER_MINUTE, reap)
