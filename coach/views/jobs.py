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
    Column("finished_at"),
    Column("progress", "progress"),
    Column("result", "result"),
    Column("error"),
)


class JobProgressRow(TypedDict):
    """How many steps are done, and of how many where that is known."""

    done: int
    of: int | None


class JobRow(TypedDict):
    """One long work. `result` says what it kept, each kind in its own words; null until done."""

    run_id: str
    kind: JobKind
    label: str
    state: RunState
    attempt: int
    started_at: datetime
    finished_at: datetime | None
    progress: JobProgressRow | None
    result: Mapping[str, Json] | None
    error: str


def job(run: "JobRun") -> JobRow:
    """Return one long work."""
    return {
        "run_id": run.id,
        "kind": run.kind,
        "label": run.label,
        "state": run.state,
        "attempt": run.attempt,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "progress": None if run.progress is None else progress(run.progress),
        "result": run.result,
        "error": run.error,
    }


def progress(found: Mapping[str, int | None]) -> JobProgressRow:
    """Return how far a run is."""
    return {"done": found["done"] or 0, "of": found["of"]}
