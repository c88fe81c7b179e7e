"""The steady time, which a lock counts: it passes as every clock of the machine agrees that it did.

- Within one boot the machine's ticks count, and no more of them than the wall clock and the clock
  of the database moved on as well. A clock that went backwards was set, and is no witness.
- Over a restart the wall clock counts, from the latest time that it or the steady time showed.
- Where a time service disciplines the wall clock now and did before, the wall clock alone counts;
  where it does for the first time, the ticks do: the wall clock may just have been set right.

The steady time never goes back. A clock set forward while the machine is off cannot be told from a
machine that was off for long.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from coach.model.machine.clock import Ticks
from coach.values import dataclass

NOTHING = timedelta(0)
ONE_READING = timedelta(milliseconds=100)
"""Two clocks that are read one after the other differ by less."""
ONE_CLOCK = timedelta(seconds=2)
"""By less than this the kernel's account of the wall clock, in whole seconds, agrees with it."""
SAME_TIME = timedelta(minutes=1)
"""By less than this the database's clock shows the time of this machine, or was set like it."""
LATELY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class ClockReading:
    """A reading of the clocks: the wall clock, and where they are known the ticks and the database.

    `ticks` is None where the machine counts none.
    """

    wall: datetime
    ticks: Ticks | None = None
    database: datetime | None = None

    @property
    def believed(self) -> datetime:
        """Return the wall time, or the kernel's where that is earlier: a program may be lied to."""
        if self.ticks is None or self.ticks.started is None:
            return self.wall
        kernel = self.ticks.started + timedelta(microseconds=self.ticks.us)
        return self.wall if abs(self.wall - kernel) <= ONE_CLOCK else min(self.wall, kernel)

    @property
    def synchronised(self) -> bool:
        """Say whether a time service vouches for the wall clock."""
        return self.ticks is not None and self.ticks.synchronised


@dataclass(frozen=True, slots=True)
class ClockObservation:
    """The last look at the clocks: the wall clock, the steady time, the ticks of which boot.

    `database` is the database's clock, None until it once agreed with the wall clock. `ahead_us` is
    by how much the steady time was ahead of a wall clock that a time service vouched for, None
    until one did.
    """

    wall: datetime
    steady: datetime
    boot: str = ""
    ticks_us: int = 0
    database: datetime | None = None
    ahead_us: int | None = None

    def on_the_wall(self, steady: datetime) -> datetime:
        """Return what the wall clock will show at a steady time; reading twice gives the same."""
        apart = self.wall - self.steady
        if abs(apart) < ONE_CLOCK:
            return steady
        return steady + timedelta(seconds=round(apart.total_seconds()))

    def adds_nothing(self, last: "ClockObservation | None") -> bool:
        """Say whether the last look was lately and all clocks went on since as they should."""
        if last is None or (self.boot, self.database is None, self.ahead_us) != (
            last.boot,
            last.database is None,
            last.ahead_us,
        ):
            return False
        passed, moved = self.steady - last.steady, self.wall - last.wall
        return passed < LATELY and abs(moved - passed) <= ONE_READING


def observe_clocks(last: ClockObservation | None, now: ClockReading) -> ClockObservation:
    """Look at the clocks again, after the last look."""
    wall = now.believed
    steady = wall if last is None else last.steady + max(NOTHING, _passed(last, now))
    boot, count = ("", 0) if now.ticks is None else (now.ticks.boot, now.ticks.us)
    if last is not None and boot == last.boot:
        count = max(count, last.ticks_us)
    return ClockObservation(
        wall, steady, boot, count, _database(last, now), _ahead_us(last, now, steady)
    )


def _passed(last: ClockObservation, now: ClockReading) -> timedelta:
    """Return how much time has passed, negative where nothing shows that any did."""
    if now.synchronised and last.ahead_us is not None:
        return now.believed + timedelta(microseconds=last.ahead_us) - last.steady
    if now.ticks is not None and now.ticks.boot == last.boot and now.ticks.us >= last.ticks_us:
        ticked = timedelta(microseconds=now.ticks.us - last.ticks_us)
        if now.synchronised:  # the wall clock was set right since the last look
            return ticked
        least = min([ticked, *_moved_on(now.believed, last.wall), *_database_moved_on(last, now)])
        return ticked if ticked - least <= ONE_READING else least
    since = now.believed - max(last.wall, last.steady)
    return min([since, *_database_moved_on(last, now)])


def _moved_on(now: datetime, before: datetime) -> Iterator[timedelta]:
    if now >= before:
        yield now - before


def _database_moved_on(last: ClockObservation, now: ClockReading) -> Iterator[timedelta]:
    if now.database is not None and last.database is not None:
        yield from _moved_on(now.database, last.database)


def _database(last: ClockObservation | None, now: ClockReading) -> datetime | None:
    """Return the database's clock, None where it never agreed with this machine's."""
    if now.database is None:
        return None
    known = last is not None and last.database is not None
    return now.database if known or abs(now.database - now.believed) <= SAME_TIME else None


def _ahead_us(last: ClockObservation | None, now: ClockReading, steady: datetime) -> int | None:
    before = None if last is None else last.ahead_us
    if before is not None or not now.synchronised:
        return before
    return (steady - now.believed) // timedelta(microseconds=1)
