"""Whether what a timer does for coach is done once, and went well."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from coach.cli.schedule import crontab
from coach.cli.schedule.last_runs import last_run
from coach.cli.schedule.places import places
from coach.cli.schedule.plan import JOBS
from coach.engine.api.health import Check
from coach.errors import CoachError

if TYPE_CHECKING:
    from coach.cli.frame import Frame

LONGEST_GAP = timedelta(days=2)
"""Every job comes once a day at least; a machine may be off for a day."""


def timer_checks(frame: "Frame", now: datetime) -> Iterator[Check]:
    """Yield a check for a job that two timers start, that failed, or that no longer comes."""
    try:
        there = places(frame)
    except CoachError as trouble:
        yield Check("schedule", "error", str(trouble), trouble.hint)
        return
    by_hand = crontab.written_by_hand(crontab.read() or "")
    if by_hand and there:
        detail = f"a line of your crontab does what is installed, too: {by_hand[0].strip()}"
        yield Check("schedule", "warning", detail, "crontab -e takes it out")
    for job in JOBS:
        starters = [one.scheduler for one in there if one.job == job.name]
        if len(starters) > 1:
            detail = f"{job.name} is started by {' and by '.join(starters)}"
            yield Check("schedule", "warning", detail, "coach schedule remove, then install once")
        if starters:
            yield from _last(frame, job.name, now)


def _last(frame: "Frame", job: str, now: datetime) -> Iterator[Check]:
    last = last_run(frame.home, job)
    if last is None:
        return
    if last.exit_code:
        detail = f"{job} ended with {last.exit_code}: {last.said}"
        yield Check("schedule", "warning", detail, f"coach schedule run {job}")
    if now - last.began_at > LONGEST_GAP:
        detail = f"{job} ran last on {last.began_at:%Y-%m-%d}, though it is installed"
        yield Check("schedule", "warning", detail, "see that cron or the user's systemd runs")
