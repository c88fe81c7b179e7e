"""What every worker does by the clock."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from coach.engine.jobs.periodic import EVERY_MINUTE, REAPER, PeriodicTask

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from coach.engine.periodic.possible import PeriodicWishes
    from coach.engine.store.connect import CoachConnection
    from coach.model.machine.clock import Ticks

    ReadTicks = Callable[[], Ticks | None]


def periodic_tasks(wishes: PeriodicWishes, ticks: ReadTicks) -> tuple[PeriodicTask, ...]:
    """Return what a worker looks at by the clock; see `jobs.periodic` for what it must keep to."""
    due = partial(_ask_for_what_is_due, wishes, ticks)
    return (REAPER, PeriodicTask("due", EVERY_MINUTE, due))


def _ask_for_what_is_due(
    wishes: PeriodicWishes, ticks: ReadTicks, connection: CoachConnection, now: datetime
) -> None:
    from coach.engine.periodic.due import ask_for_what_is_due
    from coach.engine.rules.steady import ClockReading

    ask_for_what_is_due(connection, ClockReading(now, ticks()), wishes)
