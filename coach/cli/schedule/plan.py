"""What a timer runs for coach, when, and the command line that stands in it.

A job is a command that does nothing where there is nothing to do, so that it may come too often.
`coach schedule run JOB` runs it: in silence on success, one at a time.
"""

import shlex
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from coach.errors import Refused
from coach.settings import process_environment
from coach.settings.unattended import carried_variables, lost_secrets

if TYPE_CHECKING:
    from coach.cli.frame import Frame

BUCKET = "s3://"
HOUR = 60
PATIENCE = "10m"
"""For how long a job waits for its predecessor."""


@dataclass(frozen=True, slots=True)
class ScheduledJob:
    """A job: its name, the command that it is, and its hour of the day (None: every hour)."""

    name: str
    words: tuple[str, ...]
    hour: int | None
    about: str

    @property
    def command(self) -> str:
        """Return what a person types to do the same."""
        return f"coach {' '.join(self.words)}"


JOBS = (
    ScheduledJob("sync", ("import", "sync", "--due"), None, "read connected accounts"),
    ScheduledJob("digest", ("digest",), 6, "make the digest of the last week"),
    ScheduledJob("backup", ("backup", "create"), 3, "make a backup, once there is a key for it"),
)
"""Each account is read as often as it says, and a digest is made once: both may be asked often."""


@dataclass(frozen=True, slots=True)
class ScheduledLine:
    """A job as a timer starts it: with these variables, these words, at this minute."""

    job: ScheduledJob
    variables: dict[str, str]
    words: tuple[str, ...]
    minute: int

    @property
    def shell(self) -> str:
        """Return the line as a shell reads it."""
        sets = (f"{name}={shlex.quote(value)}" for name, value in self.variables.items())
        return " ".join((*sets, shlex.join(self.words)))


def job_named(name: str) -> ScheduledJob | None:
    """Return the job of that name, None where there is none."""
    return next((job for job in JOBS if job.name == name), None)


def wanted_jobs(frame: "Frame") -> list[ScheduledJob]:
    """Return the jobs that make sense here: no backup before there is a key for it."""
    sealed = bool(frame.settings.backup.recipients)
    return [job for job in JOBS if sealed or job.name != "backup"]


def scheduled_lines(frame: "Frame") -> list[ScheduledLine]:
    """Return the line of each job, for this home and this user.

    Refused where a secret is known to this shell alone: no timer would have it, and no line may
    hold it.
    """
    environment = process_environment()
    bucket = frame.settings.object_store.startswith(BUCKET)
    if lost := lost_secrets(environment, with_bucket=bucket):
        raise Refused(
            f"hand it over by {lost[0].removesuffix('_COMMAND')}_FILE, or keep it in the file of"
            " coach config path or in a sealed file: coach help keys",
            what=f"{', '.join(lost)} is set in this shell alone, and no timer would know it",
        )
    home = named_home(frame)
    variables = carried_variables(environment, home_named=bool(home))
    program = (*program_words(), *(("--home", home) if home else ()))
    minute = zlib.crc32(str(frame.home.data).encode()) % HOUR
    return [
        ScheduledLine(
            job, variables, (*program, "schedule", "run", job.name, "--wait-lock", PATIENCE), minute
        )
        for job in wanted_jobs(frame)
    ]


def named_home(frame: "Frame") -> str:
    """Return the folder that holds the whole home, empty where XDG says where its parts are."""
    return next(made.value for made in frame.settings.origins if made.name == "home")


def program_words() -> tuple[str, ...]:
    """Return the words that start this coach from anywhere."""
    script = Path(sys.executable).with_name("coach")
    return (str(script),) if script.exists() else (sys.executable, "-m", "coach")
