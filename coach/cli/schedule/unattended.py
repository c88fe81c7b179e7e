"""`coach schedule run`: a job as cron wants it.

Nothing is printed where it went well; where it did not, a few lines on stderr end with the command
that does it again. A job is a child process, so that whatever becomes of it is known here.
"""

import json
import os
import shlex
import subprocess
import sys
from dataclasses import dataclass, replace
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

from coach.cli import exits
from coach.cli.schedule.last_runs import folder_of_runs, keep
from coach.cli.schedule.turn import turn
from coach.errors import CoachError
from coach.model.machine.schedule import LastRun
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from typing import IO

    from coach.cli.frame import Frame
    from coach.cli.schedule.plan import ScheduledJob
    from coach.model.events import Json

LINES = 8
"""Of what a job says when it fails; with the last one there are at most ten."""
LONGEST_LINE = 300
GRACE_S = 8.0
"""For a job that is told to end."""


@dataclass(frozen=True, slots=True)
class JobEnd:
    """How a job ended: its exit code, the answer it printed, and what it complained about."""

    code: int
    answer: str
    complaints: tuple[str, ...]


def run_job(frame: "Frame", job: "ScheduledJob", patience_s: float, address: str) -> LastRun:
    """Run a job when its turn comes, tell the healthcheck, and keep how it ended."""
    from coach.wiring import clock

    began = clock()
    note = f"process {os.getpid()}: {job.command}, since {began:%Y-%m-%d %H:%M:%S} UTC"
    with turn(folder_of_runs(frame.home) / f"{job.name}.lock", patience_s, note) as handle:
        last = LastRun(began)
        keep(frame.home, job.name, last)
        tell(address, "start")
        try:
            end = _child(frame, job, handle)
        except BaseException:
            keep(frame.home, job.name, replace(last, ended_at=clock(), said="it was stopped"))
            raise
        pinged = tell(address, str(end.code))
        last = LastRun(began, clock(), end.code, said_by(end), pinged)
        keep(frame.home, job.name, last)
    if end.code:
        _complain(frame, job, end)
    return last


def tell(address: str, what: str) -> bool | None:
    """Tell a healthcheck, and return whether it heard; None where there is none."""
    if not address:
        return None
    from coach.engine.api.jobs.healthcheck import ping

    try:
        return ping(address, what)
    except CoachError:
        return False


def said_by(end: JobEnd) -> str:
    """Return in one line what a job said: its last complaint, else what it did."""
    answer = _parsed(end.answer)
    if error := answer.get("error"):
        return f"{error.get('message', '')}"[:LONGEST_LINE] if isinstance(error, dict) else ""
    if end.complaints:
        return end.complaints[-1][:LONGEST_LINE]
    return _done(answer.get("data"))[:LONGEST_LINE]


def _done(data: "Json") -> str:
    if isinstance(data, list):
        new = [row.get("new") for row in data if isinstance(row, dict)]
        fills = sum(count for count in new if isinstance(count, int))
        return f"{counted(len(data), 'import')}, {counted(fills, 'new fill')}"
    if isinstance(data, dict) and "week" in data:
        return f"week {data['week']}"
    return "done"


def _parsed(answer: str) -> "dict[str, Json]":
    try:
        found = json.loads(answer)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _child(frame: "Frame", job: "ScheduledJob", lock: int) -> JobEnd:
    """Run the command in a process of its own, which holds the lock as long as it lives."""
    home = ("--home", frame.manner.home) if frame.manner.home else ()
    words = (sys.executable, "-m", "coach", *home, *job.words, "--json", "--no-input")
    with TemporaryFile() as out, TemporaryFile() as err:
        with subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=out, stderr=err, pass_fds=[lock]
        ) as process:
            _await_end(process)
        code = process.returncode
        code = code if code >= 0 else exits.SIGNALLED - code
        answer, complaints = _text(out), _text(err)
    lines = tuple(line for line in complaints.splitlines() if line.strip())
    return JobEnd(code, answer, lines or _warnings(answer))


def _await_end(process: "subprocess.Popen[bytes]") -> None:
    """Wait for a child; whatever ends us meanwhile ends it first."""
    try:
        process.wait()
    except BaseException:
        process.terminate()
        try:
            process.wait(GRACE_S)
        except subprocess.TimeoutExpired:
            process.kill()
        raise


def _warnings(answer: str) -> tuple[str, ...]:
    found = _parsed(answer).get("warnings")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _text(file: "IO[bytes]") -> str:
    file.seek(0)
    return file.read().decode(errors="backslashreplace")


def _complain(frame: "Frame", job: "ScheduledJob", end: JobEnd) -> None:
    for line in end.complaints[-LINES:]:
        frame.talk.repeat(line[:LONGEST_LINE])
    home = f" --home {shlex.quote(frame.manner.home)}" if frame.manner.home else ""
    again = f"coach{home} {' '.join(job.words)}"
    frame.talk.error(f"{job.name} ended with {end.code}", f"run it again: {again}")
