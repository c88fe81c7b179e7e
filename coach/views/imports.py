"""Imports: what each of them read, and what taking one back did."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from coach.model.accounts import Run, RunState, SkippedRow
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.imports import Undone

RESULT = (
    Column("run_id"),
    Column("account"),
    Column("fetched"),
    Column("new"),
    Column("known"),
    Column("changed"),
    Column("skipped_count"),
    Column("first"),
    Column("last"),
    Column("other"),
    Column("clock"),
    Column("clock_origin"),
)
"""The columns of one import that has just ended."""

IMPORTS = (
    Column("run_id", "run", "key"),
    Column("account", "account"),
    Column("source"),
    Column("label", "from"),
    Column("state", "state"),
    Column("fetched"),
    Column("new", "new", "number"),
    Column("known", "known", "number"),
    Column("changed"),
    Column("skipped_count", "skipped", "number"),
    Column("first"),
    Column("last"),
    Column("started_at", "started", "time"),
    Column("finished_at"),
    Column("error"),
    Column("clock"),
    Column("clock_origin"),
)
UNDONE = (
    Column("run_id", "run", "key"),
    Column("account", "account"),
    Column("removed", "removed", "number"),
    Column("kept", "kept", "number"),
    Column("restored", "restored", "number"),
)


class UnreadableRow(TypedDict):
    """A row that could not be read: where it is, and what was expected there.

    A fill of a broker has its product, its time and its id, as the broker wrote them; else null.
    """

    line: int
    column: str
    reason: str
    product: str | None
    at: str | None
    native_id: str | None


class ImportRow(TypedDict):
    """One import. `skipped` holds the first unreadable rows, `skipped_count` counts all."""

    run_id: str
    account: str
    source: str
    label: str
    state: RunState
    fetched: int
    new: int
    known: int
    changed: int
    skipped: list[UnreadableRow]
    skipped_count: int
    other: Mapping[str, int]
    first: datetime | None
    last: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    error: str
    clock: str
    clock_origin: str


class ImportResultRow(ImportRow):
    """What an import did; with `dry_run` nothing of it was kept.

    With `conclusions_due` habits are looked at anew by the next command that shows any.
    """

    dry_run: bool
    conclusions_due: bool


class UndoneImportRow(TypedDict):
    """How many fills went when an import was taken back, stayed, or came back from another."""

    run_id: str
    account: str
    removed: int
    kept: int
    restored: int


def import_run(run: Run) -> ImportRow:
    """Return an import."""
    return {
        "run_id": run.id,
        "account": run.account,
        "source": run.source,
        "label": run.label,
        "state": run.state,
        "fetched": run.fetched,
        "new": run.new,
        "known": run.known,
        "changed": run.changed,
        "skipped": unreadable_rows(run.skipped),
        "skipped_count": run.skipped_count,
        "other": run.other,
        "first": run.first,
        "last": run.last,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "error": run.error,
        "clock": run.clock,
        "clock_origin": run.clock_origin,
    }


def import_result(run: Run, *, dry_run: bool) -> ImportResultRow:
    """Return an import that has just ended."""
    due = run.conclusions_due and not dry_run
    return {**import_run(run), "dry_run": dry_run, "conclusions_due": due}


def undone_import(undone: "Undone") -> UndoneImportRow:
    """Return what taking an import back did."""
    return {
        "run_id": undone.run.id,
        "account": undone.run.account,
        "removed": undone.removed,
        "kept": undone.kept,
        "restored": undone.restored,
    }


def unreadable_rows(skipped: Sequence[SkippedRow]) -> list[UnreadableRow]:
    """Return the rows that could not be read."""
    return [
        {
            "line": one.line,
            "column": one.column,
            "reason": one.reason,
            "product": one.product or None,
            "at": one.at or None,
            "native_id": one.native_id or None,
        }
        for one in skipped
    ]
