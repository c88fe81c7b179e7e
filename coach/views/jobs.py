"""Jobs: how far each long work is, and what came of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.model.accounts import JobKind, RunState
from coach.model.events import Json
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.jobs import JobRun

JOBS = (
    Column("run_id", "run", "key"),
    Column("kind", "what"),
    Column("label", "of"),
    Column("state", "state"),
    Column("attempt", "attempt", "number"),
    Column("started_at", "started", "time"),
    Column("finished_at", kind="time"),
    Column("progress", "progress"),
    Column("result", "result"),
    Column("error"),
    Column("due_at", kind="time"),
    Column("tries"),
    Column("request"),
)


class JobProgressRow(TypedDict):
    """How many steps are done, and of how many where that is known."""

    done: int
    of: int | None


class JobRow(TypedDict):
    """One long work. `result` says what it kept, each kind in its own words; null until done.

    `started_at` is null until the first attempt begins, `due_at` the time before which a queued one
    does not begin, `tries` how often a worker has tried it since it was asked for, and `request`
    what was asked for, null for the import of a file.
    """

    run_id: str
    kind: JobKind
    label: str
    state: RunState
    attempt: int
    started_at: datetime | None
    finished_at: datetime | None
    progress: JobProgressRow | None
    result: Mapping[str, Json] | None
    error: str
    due_at: datetime | None
    tries: int
    request: Mapping[str, Json] | None


def job(run: "JobRun") -> JobRow:
    """Return one long work."""
    return {
        "run_id": run.id,
        "kind": run.kind,
        "label": run.label,
        "state": run.state,
        "attempt": run.attempt,
        "started_at": run.started_at if run.attempt else None,
        "finished_at": run.finished_at,
        "progress": None if run.progress is None else progress(run.progress),
        "result": run.result,
        "error": run.error,
        "due_at": run.due_at,
        "tries": run.tries,
        "request": run.request,
    }


def progress(found: Mapping[str, int | None]) -> JobProgressRow:
    """Return how far a run is."""
    return {"done": found["done"] or 0, "of": found["of"]}
