"""What is installed of the schedule of this home: lines of its block, timers of its units."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from coach.cli.schedule import crontab, units
from coach.cli.schedule.plan import JOBS, named_home
from coach.settings import process_environment
from coach.settings.unattended import folder_of_units

if TYPE_CHECKING:
    from pathlib import Path

    from coach.cli.frame import Frame

Scheduler = Literal["cron", "systemd"]
FIELDS = 5
CALENDAR = "OnCalendar="


@dataclass(frozen=True, slots=True)
class Place:
    """A job that is installed: who starts it, and when."""

    job: str
    scheduler: Scheduler
    when: str


def places(frame: "Frame") -> list[Place]:
    """Return every job that is installed, with a second place of the same job too."""
    return [*_in_crontab(frame.home.data), *_in_units(frame)]


def _in_crontab(place: "Path") -> list[Place]:
    found = crontab.own_block(crontab.read() or "", place)
    lines = [line for line in found.splitlines() if not line.startswith("#")]
    return [
        Place(job.name, "cron", " ".join(line.split()[:FIELDS]))
        for job in JOBS
        for line in lines
        if f" schedule run {job.name}" in line
    ]


def _in_units(frame: "Frame") -> list[Place]:
    folder = folder_of_units(process_environment())
    name = units.unit_name(named_home(frame))
    found: list[Place] = []
    for job in JOBS:
        timer = folder / f"{name}-{job.name}.timer"
        if timer.exists():
            lines = timer.read_text().splitlines()
            when = [line.removeprefix(CALENDAR) for line in lines if line.startswith(CALENDAR)]
            found.append(Place(job.name, "systemd", "; ".join(when)))
    return found


def remove(frame: "Frame") -> bool:
    """Take away what is installed; say whether anything was."""
    there = crontab.read()
    ours = crontab.own_block(there or "", frame.home.data)
    if there and ours:
        crontab.write(crontab.with_block(there, frame.home.data, ""))
    folder = folder_of_units(process_environment())
    name = units.unit_name(named_home(frame))
    return bool(units.remove(folder, name, [job.name for job in JOBS])) or bool(ours)
