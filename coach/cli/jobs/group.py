"""`coach jobs`: the long works there were or are, and those that wait for a worker."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from coach.advice.readable import readable
from coach.cli.frame import frame_of
from coach.cli.lazy import sub_app
from coach.cli.show.answers import Answer
from coach.cli.show.pages import After, Limit, page
from coach.views import jobs as views
from coach.views.table import Table, json_row, rows

if TYPE_CHECKING:
    from coach.cli.frame import Frame
    from coach.engine.api.jobs import JobRun
    from coach.model.events import Json
    from coach.views.table import Row

ENOUGH_OF_A_HASH = 12
HASH = re.compile(r"[0-9a-f]{64}")


Run = Annotated[str, typer.Argument(metavar="RUN", help="Its id, or the beginning of it.")]


def listed(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List the jobs."""
    if context.invoked_subcommand is None:
        frame = frame_of(context)
        frame.show(page(all_jobs(frame, "jobs"), "run_id", after, limit))


app = sub_app("Long works: how far each is, what came of it.", alone=listed)


@app.command("list")
def every(context: typer.Context, after: After = None, limit: Limit = None) -> None:
    """List the long works, newest first.

    A `queued` job waits for coach worker. A `failed` one was cut off, or needs something first; a
    `dead` one failed in each of five tries.
    """
    frame = frame_of(context)
    frame.show(page(all_jobs(frame, "jobs list"), "run_id", after, limit))


@app.command()
def show(context: typer.Context, run: Run) -> None:
    """Show one job: what was asked for, and what came of it."""
    from coach.engine.api import jobs as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.job(session, run)
    frame.show(answer_of("jobs show", found, frame))


@app.command()
def retry(context: typer.Context, run: Run) -> None:
    """Queue a failed or dead job for one more attempt.

    A worker makes it. It stays the same run, with the same id.
    """
    from coach.engine.api import jobs as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.retry(session, run)
    frame.show(answer_of("jobs retry", found, frame))
    frame.talk.hint("coach worker does it; coach worker --once does what is queued, and ends")


def all_jobs(frame: "Frame", command: str) -> Answer:
    """Return every job of the user."""
    from coach.engine.api import jobs as api

    with frame.session() as session:
        found = api.jobs(session)
    values = rows([views.job(run) for run in found])
    people = Table(views.JOBS, [for_a_person(row) for row in values], "no jobs yet")
    return Answer(command, list(values), Table(views.JOBS, values), for_people=people)


def answer_of(command: str, run: "JobRun", frame: "Frame") -> Answer:
    """Return one job, a line for each of its fields where a person looks on."""
    row = json_row(views.job(run))
    shown = for_a_person(row)
    cells = (
        (one.key, readable(replace(one, kind="text"), shown, frame.zone)) for one in views.JOBS
    )
    lines = tuple(f"{name.replace('_', ' ')}: {cell}" for name, cell in cells)
    return Answer(command, row, Table(views.JOBS, [row]), lines=lines)


def for_a_person(row: "Row") -> "Row":
    """Return a job with its progress in words, and its error where it has no result."""
    return {**row, "progress": how_far(row["progress"]), "result": outcome(row)}


def how_far(progress: "Json") -> str:
    """Return how far a job is, empty where nothing is known of it."""
    if not isinstance(progress, dict):
        return ""
    done, of = progress["done"], progress["of"]
    return f"{done:,} of {of:,}" if of is not None else f"{done:,}"


def outcome(row: "Row") -> "Json":
    """Return what came of a job: its result with hashes cut short, else why it failed."""
    result = row["result"]
    if not isinstance(result, dict):
        return row["error"]
    return {name: shortened(value) for name, value in result.items()}


def shortened(value: "Json") -> "Json":
    """Return the beginning of a SHA-256, and every other value of a result as it is."""
    is_hash = isinstance(value, str) and HASH.fullmatch(value)
    return str(value)[:ENOUGH_OF_A_HASH] if is_hash else value
