"""A file that was imported before: its run is found by its id, and nothing is read.

What an import needs is not loaded for it.
"""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from psycopg import Connection

from coach.engine.store.imports import runs
from coach.errors import StrictImport

if TYPE_CHECKING:
    from coach.model.accounts import Run, RunId, UserId


def find_done(connection: Connection[Any], user_id: "UserId", run_id: "RunId") -> "Run | None":
    """Return the run of that id as it is told again, None where it was never done or taken back."""
    done = runs.find(connection, user_id, run_id)
    return all_known(done) if done is not None and done.state == "done" else None


def all_known(done: "Run") -> "Run":
    """Return a done run as it is told again: each of its fills is known."""
    known = done.new + done.known + done.changed
    return replace(done, new=0, changed=0, known=known, warnings=())


def refuse_skipped(run: "Run", file: str, *, strict: bool) -> None:
    """Raise StrictImport for a run with rows that could not be read, where none is tolerated."""
    if strict and run.skipped:
        first = run.skipped[0]
        raise StrictImport(
            file=file,
            count=run.skipped_count,
            line=first.line,
            column=first.column,
            reason=first.reason,
        )
