"""`coach jobs`: the long works there were or are."""

import re
from typing import TYPE_CHECKING

import typer

from coach.cli.frame import frame_of
from coach.cli.show.answers import Answer
from coach.views import jobs as views
from coach.views.table import Table, rows

if TYPE_CHECKING:
    from coach.model.events import Json
    from coach.views.table import Row

ENOUGH_OF_A_HASH = 12
HASH = re.compile(r"[0-9a-f]{64}")


def jobs(context: typer.Context) -> None:
    """List the long works, newest first: imports, fetches of candles, digests and the like.

    A run that was cut off is `failed`; the same command again is a further attempt at it.
    """
    from coach.engine.api import jobs as api

    frame = frame_of(context)
    with frame.session() as session:
        found = api.jobs(session)
    values = rows([views.job(run) for run in found])
    people = Table(views.JOBS, [for_a_person(row) for row in values], "no jobs yet")
    frame.show(Answer("jobs", list(values), Table(views.JOBS, values), for_people=people))


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
