"""Installing the schedule, unless somebody does the same already."""

from typing import TYPE_CHECKING

from coach.cli.schedule import crontab, units
from coach.cli.schedule.places import Scheduler, places
from coach.cli.schedule.plan import named_home
from coach.errors import CoachError, Refused
from coach.settings import process_environment
from coach.settings.unattended import folder_of_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from coach.cli.frame import Frame
    from coach.cli.schedule.plan import ScheduledLine

NO_CRON = "there is no cron here"
BY_WORKER = (
    "a living worker (coach worker, or the one beside coach serve) does all of this: it reads"
    " connected accounts while sync_auto is on, and makes a digest when a week is over"
)
STOP_WORKER = (
    "leave it to the worker (coach help by the clock), or stop the worker, wait a minute, and"
    " install again"
)


def refuse_what_is_done(
    frame: "Frame", kind: Scheduler, lines: "Sequence[ScheduledLine]"
) -> "tuple[list[ScheduledLine], tuple[str, ...]]":
    """Return the lines that nobody else runs, and what to say of the others.

    Refused where a worker does all of it, where the other scheduler has it, and where a line of the
    crontab that somebody wrote by hand does.
    """
    others = {place.scheduler for place in places(frame)} - {kind}
    if others:
        what = f"{others.pop()} runs the same already, and twice is once too often"
        raise Refused("coach schedule remove first", what=what)
    by_hand = crontab.written_by_hand(crontab.read() or "")
    if by_hand:
        what = f"a line of your crontab does that already: {by_hand[0].strip()}"
        raise Refused("crontab -e takes it out", what=what)
    done = done_by_a_worker(frame)
    left = [line for line in lines if line.job.name not in done]
    if not left:
        raise Refused(STOP_WORKER, what=BY_WORKER)
    hints = tuple(
        f"{line.job.name} is left out: a living worker does it"
        for line in lines
        if line not in left
    )
    return left, hints


def done_by_a_worker(frame: "Frame") -> frozenset[str]:
    """Return the jobs that a living worker does; none where there is no database yet."""
    from coach.engine.api.jobs import doers

    with frame.session_if_there() as session:
        if isinstance(session, CoachError):
            return frozenset()
        return frozenset[str](doers.done_by_a_worker(session))


def install(frame: "Frame", kind: Scheduler, lines: "Sequence[ScheduledLine]") -> None:
    """Install the lines in the place of those that are there; what is the same is not written."""
    if kind == "systemd":
        wanted = units.units(lines, units.unit_name(named_home(frame)))
        units.install(folder_of_units(process_environment()), wanted)
        return
    there = crontab.read()
    if there is None:
        raise CoachError("coach schedule install --systemd, or install cron", what=NO_CRON)
    wanted_text = crontab.with_block(there, frame.home.data, crontab.block(lines, frame.home.data))
    if wanted_text != there:
        crontab.write(wanted_text)
