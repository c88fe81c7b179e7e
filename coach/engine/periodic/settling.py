"""What waits for the time to pass: changes that locks hold back, experiments, keys.

Locks are counted by the steady time, which no setting of the clock moves ahead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.features.zones import zone_named
from coach.engine.periodic import orders
from coach.engine.periodic.possible import PossibleRun
from coach.engine.promises import clocks, pending_settings
from coach.engine.store.promises import revisions
from coach.engine.store.tending import periods
from coach.model.machine.keys import KEPT_FOR_BACKUPS, ROTATED_AFTER

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from coach.engine.rules.steady import ClockReading
    from coach.engine.store.connect import CoachConnection
    from coach.model.accounts import User, UserId


def settlements(
    connection: CoachConnection, reading: ClockReading, everybody: Sequence[User]
) -> Iterator[PossibleRun]:
    """Yield a run for each user for whom a lock has ended, and one a day where more waits.

    Experiments begin and end with weeks of the user's zone, so theirs begins with a day there.
    """
    now = reading.wall
    waiting = periods.waiting_users(connection, now - ROTATED_AFTER, now - KEPT_FOR_BACKUPS)
    for user in everybody:
        if user.id not in waiting:
            continue
        waits = waiting[user.id]
        ended = _newest_ended_lock(connection, user.id, reading) if waits.locked else None
        if waits.daily or ended is not None:
            day = now.astimezone(zone_named(user.zone)).date()
            order = orders.settle_order(day, None if ended is None else ended.isoformat())
            yield PossibleRun(user.id, order, lambda: True)


def _newest_ended_lock(
    connection: CoachConnection, user_id: UserId, reading: ClockReading
) -> datetime | None:
    """Return when the newest of the locks ended whose change waits; None where all go on."""
    steady = clocks.look(connection, user_id, reading).steady
    due = [one.due_at for one in revisions.waiting(connection, user_id)]
    due += [one.due_at for one in pending_settings.waiting(connection, user_id)]
    return max((moment for moment in due if moment <= steady), default=None)
