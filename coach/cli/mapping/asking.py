"""What a file cannot say is asked on a terminal; then it is imported and the mapping kept.

Nobody is asked who does not look on: a script gets the refusal, with the options that answer it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coach.advice.fills import preview_line
from coach.cli.frame import YES
from coach.cli.show.progress import progress
from coach.errors import CoachError, UnknownClock

if TYPE_CHECKING:
    from pathlib import Path

    from coach.cli.frame import Frame
    from coach.engine.api.imports import ImportRequest
    from coach.engine.api.session import Session
    from coach.model.accounts import Run

MOST_QUESTIONS = 30
"""A file that still asks after so many answers is not understood."""


def import_mapped(
    frame: Frame, session: Session, path: Path, request: ImportRequest
) -> tuple[list[Run], tuple[str, ...]]:
    """Import a file and return its runs; what it leaves open is asked of who looks on.

    The second is how its first rows were read, where nothing is kept of them.
    """
    from coach.engine.api import imports
    from coach.engine.api.statements import previews

    for _ in range(MOST_QUESTIONS):
        try:
            if request.columns and _somebody(frame) and not request.save:
                request = _confirmed(frame, session, path, request)
            with progress(frame.talk, "importing") as report:
                runs = imports.import_each_account(session, path, request, report)
            shown = previews.preview(session, path, request) if request.dry_run else ()
            return runs, tuple(map(preview_line, shown))
        except CoachError as trouble:
            answered = _answered(frame, trouble, request) if _somebody(frame) else None
            if answered is None:
                raise
            request = answered
    raise AssertionError


def _somebody(frame: Frame) -> bool:
    looks_on = frame.talk.someone_looks_on and frame.somebody_answers
    return looks_on and not frame.manner.assume_yes


def _answered(frame: Frame, trouble: CoachError, request: ImportRequest) -> ImportRequest | None:
    """Return the request with what a person says, or None where they say nothing."""
    from coach.engine.api.statements import asked

    if isinstance(trouble, UnknownClock) and not request.zone:
        typed = frame.typed(f"{trouble}: on which clock, such as Europe/Madrid or UTC?")
        return replace(request, zone=typed) if typed else None
    columns = asked.proposed_columns(trouble)
    if columns and not request.columns:
        frame.talk.hint(str(trouble))
        return _columns_asked(frame, columns, asked.missing_fields(trouble), request)
    answers = dict(request.answers)
    for question in asked.questions(trouble):
        choices = f" [{'/'.join(question.choices)}]" if question.choices else ""
        typed = frame.typed(f"{question.text}{choices}")
        if not typed:
            return None
        answers[asked.answer_name(question)] = typed
    return replace(request, answers=answers) if answers != request.answers else None


def _columns_asked(
    frame: Frame, columns: dict[str, str], missing: tuple[str, ...], request: ImportRequest
) -> ImportRequest | None:
    for name, label in columns.items():
        frame.talk.hint(f"  {name:14} {label}")
    named = dict(columns)
    for name in missing:
        typed = frame.typed(f"which column is the {name}?")
        if not typed:
            return None
        named[name] = typed
    return replace(request, columns=named)


def _confirmed(frame: Frame, session: Session, path: Path, request: ImportRequest) -> ImportRequest:
    """Show the first rows as they would be read; the name that is typed keeps the mapping."""
    from coach.engine.api.statements import asked, previews

    for row in previews.preview(session, path, request):
        frame.talk.hint(preview_line(row))
    reply = frame.asked("is this what your trades are?", "[y/n]")
    if reply not in YES:
        from coach.errors import UsageError

        raise UsageError(
            "name the columns yourself: --map FIELD=COLUMN,...", what="nothing was imported"
        )
    stem = asked.mapping_name(request.label)
    return replace(request, save=frame.typed(f"keep it as which name? [{stem}]") or stem)
