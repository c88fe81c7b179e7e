"""A look at a file before it is imported: what it would bring, or what has to be said first."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from coach.engine.api import imports
from coach.engine.api.statements import asked, previews
from coach.errors import CoachError, UnknownClock

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from coach.brokers.statements.mapping.questions import FileColumn
    from coach.engine.api.imports import ImportRequest
    from coach.engine.api.session import Session
    from coach.engine.api.statements.previews import PreviewedRow
    from coach.model.accounts import Run

CLOCK = "clock"
"""The name of the question that `ImportRequest.zone` answers."""


class StatementQuestion(NamedTuple):
    """A question about a file: what its answer is called, its words, the answers it takes if few.

    An answer belongs to `ImportRequest.answers` under that name, unless it is CLOCK.
    """

    name: str
    text: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StatementLook:
    """What a file would bring, and its first rows; or what has to be said first.

    There is a run for each account that its rows name, and none where something has to be said:
    `why`, then questions, or `columns` to confirm, by field, with the fields that have none in
    `missing` and all columns of the file in `in_file`.
    """

    runs: tuple[Run, ...] = ()
    rows: tuple[PreviewedRow, ...] = ()
    why: str = ""
    questions: tuple[StatementQuestion, ...] = ()
    columns: Mapping[str, str] | None = None
    missing: tuple[str, ...] = ()
    in_file: tuple[FileColumn, ...] = ()


def look(session: Session, path: Path, request: ImportRequest) -> StatementLook:
    """Look at a file as it would be imported; nothing is kept.

    Raises what the import would raise, unless somebody can answer it.
    """
    dry = replace(request, dry_run=True)
    try:
        runs = imports.import_each_account(session, path, dry)
        return StatementLook(tuple(runs), previews.preview(session, path, dry))
    except CoachError as trouble:
        found = _asked(trouble, request)
        if found is None:
            raise
        return found


def _asked(trouble: CoachError, request: ImportRequest) -> StatementLook | None:
    """Return what a refusal asks for, None where nobody can answer it."""
    if isinstance(trouble, UnknownClock) and not request.zone:
        text = "on which clock are its times, such as Europe/Madrid or UTC?"
        return StatementLook(why=str(trouble), questions=(StatementQuestion(CLOCK, text),))
    columns = asked.proposed_columns(trouble)
    if columns and not request.columns:
        return StatementLook(
            why=str(trouble),
            columns=columns,
            missing=asked.missing_fields(trouble),
            in_file=asked.columns_in_file(trouble),
        )
    questions = tuple(
        StatementQuestion(
            f"{one.kind}:{one.about}" if one.about else one.kind, one.text, one.choices
        )
        for one in asked.questions(trouble)
    )
    return StatementLook(why=str(trouble), questions=questions) if questions else None
