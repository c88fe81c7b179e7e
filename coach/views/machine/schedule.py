"""What cron or systemd runs for coach: each job, and how its last run ended."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.model.machine.schedule import LastRun

SCHEDULED = (
    Column("job", "job"),
    Column("scheduler", "by"),
    Column("when", "when"),
    Column("began_at", "last run", "time"),
    Column("exit_code", "exit code", "number"),
    Column("said", "it said"),
    Column("ended_at"),
    Column("command"),
    Column("pinged"),
)


class ScheduledJobRow(TypedDict):
    """A job: who starts it (`cron`, `systemd`, or nobody), when, and how its last run ended.

    `exit_code` is null while it runs, and where it never did. `pinged` says whether a healthcheck
    heard of its end, null where none is set.
    """

    job: str
    command: str
    scheduler: str | None
    when: str | None
    began_at: datetime | None
    ended_at: datetime | None
    exit_code: int | None
    said: str | None
    pinged: bool | None


def scheduled_job(
    job: str, command: str, place: tuple[str, str] | None, last: "LastRun | None"
) -> ScheduledJobRow:
    """Return a job's row; `place` is who starts it and when."""
    scheduler, when = place or (None, None)
    return {
        "job": job,
        "command": command,
        "scheduler": scheduler,
        "when": when,
        "began_at": last.began_at if last else None,
        "ended_at": last.ended_at if last else None,
        "exit_code": last.exit_code if last else None,
        "said": last.said if last else None,
        "pinged": last.pinged if last else None,
    }
