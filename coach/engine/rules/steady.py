"""A time that does not follow a clock that somebody sets.

Within one boot it advances with the ticks of the machine, whatever the wall clock says. Over a
restart it takes the wall clock's word, less what that was seen to run ahead, and never goes back.
A clock set forward while the machine is off cannot be told from a machine that was off for long.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from coach.model.machine.clock import Ticks

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class ClockObservation:
    """The last look at the clocks: the wall, the steady time, the ticks of which boot."""

    wall: datetime
    steady: datetime
    boot: str = ""
    ticks_us: int = 0


def observe_clocks(
    last: ClockObservation | None, wall: datetime, ticks: Ticks | None
) -> ClockObservation:
    """Look at the clocks again; `ticks` is None where the machine counts none."""
    boot, count = ("", 0) if ticks is None else (ticks.boot, ticks.us)
    if last is None:
        return ClockObservation(wall, wall, boot, count)
    if boot and boot == last.boot:
        passed = max(0, count - last.ticks_us)
        return ClockObservation(wall, last.steady + timedelta(microseconds=passed), boot, count)
    ahead = max(NOTHING, last.wall - last.steady)
    return ClockObservation(wall, max(last.steady, wall - ahead), boot, count)
