"""`coach schedule`: what cron or systemd runs for coach, and how the last runs went."""

import re
from typing import Annotated

import typer

from coach.cli.frame import Frame, frame_of
from coach.cli.lazy import sub_app
from coach.cli.schedule import crontab, units
from coach.cli.schedule.installing import install, refuse_what_is_done
from coach.cli.schedule.last_runs import last_run
from coach.cli.schedule.places import Place, Scheduler, places, remove
from coach.cli.schedule.plan import JOBS, job_named, named_home, scheduled_lines, wanted_jobs
from coach.cli.show.answers import Answer
from coach.errors import UsageError
from coach.views.machine import schedule as views
from coach.views.table import Table, rows

DURATION = re.compile(r"(\d{1,5})([smh])")
SECONDS = {"s": 1, "m": 60, "h": 3600}
EPILOG = (
    "A worker or coach serve does the same by itself (coach help by the clock); install refuses"
    " what one of them does already."
)

app = sub_app("What cron or systemd does for coach, and how that went.", epilog=EPILOG)

Cron = Annotated[bool, typer.Option("--cron", help="As lines of a crontab.")]
Systemd = Annotated[bool, typer.Option("--systemd", help="As units of systemd, of your own.")]


@app.command("print")
def print_(context: typer.Context, *, cron: Cron = False, systemd: Systemd = False) -> None:
    """Print what would be installed, and change nothing.

    \b
      coach schedule print --cron
      coach schedule print --systemd
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    frame = frame_of(context)
    kind = _chosen(cron=cron, systemd=systemd)
    lines = scheduled_lines(frame)
    if kind == "cron":
        text = crontab.block(lines, frame.home.data)
    else:
        files = units.units(lines, units.unit_name(named_home(frame)))
        text = "\n".join(f"# {name}\n{unit}" for name, unit in files.items())
    frame.show(Answer("schedule print", {"scheduler": kind, "text": text}, text=text))


@app.command("install")
def install_(context: typer.Context, *, cron: Cron = False, systemd: Systemd = False) -> None:
    """Have cron or systemd read connected accounts and make digests.

    A block in your crontab that names this home, or units of systemd that are yours alone. To
    install again changes nothing but what has changed. A job that a living worker does is refused,
    and so is a second schedule beside the first.
    """
    frame = frame_of(context)
    kind = _chosen(cron=cron, systemd=systemd)
    lines = scheduled_lines(frame)
    wanted, hints = refuse_what_is_done(frame, kind, lines)
    install(frame, kind, wanted)
    frame.show(
        _answer(frame, "schedule install", (*hints, "coach schedule status shows how it goes"))
    )


@app.command("remove")
def remove_(context: typer.Context) -> None:
    """Take the block of the crontab and the units of systemd away."""
    frame = frame_of(context)
    gone = remove(frame)
    hints = () if gone else ("nothing was installed",)
    frame.show(_answer(frame, "schedule remove", hints))


@app.command("status")
def status(context: typer.Context) -> None:
    """Show what is installed, when each job ran last and what it said."""
    frame = frame_of(context)
    frame.show(_answer(frame, "schedule status", ()))


@app.command("run")
def run(
    context: typer.Context,
    job: Annotated[str, typer.Argument(metavar="JOB", help="sync or digest.")],
    wait_lock: Annotated[
        str, typer.Option("--wait-lock", metavar="TIME", help="Wait for its turn, as in 10m.")
    ] = "0s",
    healthcheck: Annotated[
        str, typer.Option("--healthcheck", metavar="URL", help="Tell this address how it goes.")
    ] = "",
) -> None:
    """Run a job as a timer does: in silence on success, one at a time.

    \b
      coach schedule run sync
      coach schedule run digest --wait-lock 10m

    It ends with the exit code of the job; with 11 where another one runs and does not end within
    --wait-lock.
    """  # noqa: D301 -- a backspace keeps a paragraph as it is
    from coach.cli.schedule.unattended import run_job

    frame = frame_of(context)
    found = job_named(job)
    if found is None:
        names = " or ".join(one.name for one in JOBS)
        raise UsageError(f"coach schedule run {names}", what=f"no job {job!r}")
    patience = _seconds(wait_lock)
    last = run_job(frame, found, patience, _address(frame, healthcheck).replace("{job}", job))
    if frame.output.json or frame.output.terminal:
        row = views.scheduled_job(found.name, found.command, None, last)
        [value] = rows([row])
        frame.show(Answer("schedule run", value, Table(views.SCHEDULED, [value])))
    if last.exit_code:
        raise typer.Exit(last.exit_code)


def _address(frame: Frame, typed: str) -> str:
    """Return whom to tell: the address that was typed, else that of the settings."""
    if typed:
        from coach.settings.comfort import check_healthcheck

        check_healthcheck(typed, "flag --healthcheck")
        return typed
    return next(made.value for made in frame.settings.origins if made.name == "healthcheck_url")


def _chosen(*, cron: bool, systemd: bool) -> Scheduler:
    if cron == systemd:
        what = "say which of the two: --cron or --systemd"
        raise UsageError("coach schedule print --cron shows the lines", what=what)
    return "cron" if cron else "systemd"


def _seconds(text: str) -> float:
    found = DURATION.fullmatch(text)
    if found is None:
        raise UsageError("as in 30s, 10m or 1h", what=f"--wait-lock takes a time, not {text!r}")
    return int(found[1]) * SECONDS[found[2]]


def _answer(frame: Frame, command: str, hints: tuple[str, ...]) -> Answer:
    """Return every job, who starts it, and how its last run ended."""
    there = places(frame)
    values = rows(
        [
            views.scheduled_job(
                job.name, job.command, _place(there, job.name), last_run(frame.home, job.name)
            )
            for job in wanted_jobs(frame)
        ]
    )
    return Answer(command, list(values), Table(views.SCHEDULED, values), hints=hints)


def _place(there: list[Place], job: str) -> tuple[str, str] | None:
    return next(((one.scheduler, one.when) for one in there if one.job == job), None)
