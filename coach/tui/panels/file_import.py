"""A file on its way in: what it cannot say is asked, what it would bring is shown before it is in.

Nothing is stored before the last question is answered, and what coach learnt of the file's columns
is kept with it. Esc leaves at any question.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from coach.advice.fills import preview_line
from coach.advice.hints import message_of
from coach.advice.imports import import_lines, skipped_rows
from coach.engine.api import imports
from coach.engine.api.statements import mappings, previews
from coach.errors import CoachError, Invalid, NotAStatement
from coach.tui.desk import told
from coach.tui.panels.file_questions import FileQuestions
from coach.tui.prompts.choice import ChoicePrompt
from coach.tui.prompts.page import LinesPage
from coach.wording.numbers import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from textual.app import App

    from coach.engine.api.imports import ImportRequest
    from coach.engine.api.session import Session
    from coach.engine.api.statements.previews import PreviewedRow
    from coach.model.accounts import Run
    from coach.tui.desk import Desk

MOST_QUESTIONS = 30
"""A file that still asks after so many answers is not understood."""
ANSWERS_REFUSED = (Invalid, NotAStatement)
"""What comes of answers that make no sense, or not for this file: they are asked again."""
YES_OR_NO = (("y", "yes"), ("n", "no"))


@dataclass(frozen=True, slots=True)
class FileTrial:
    """What a file would bring into each account, and its first rows as they would be read."""

    runs: "Sequence[Run]"
    rows: "Sequence[PreviewedRow]"


@dataclass(frozen=True, slots=True)
class BroughtFile:
    """The imports of a file, as it was asked for, and the mappings that were kept with it."""

    file: "Path"
    request: "ImportRequest"
    runs: "Sequence[Run]"
    mappings: frozenset[str]


async def bring_file(app: "App[Any]", desk: "Desk", file: "Path") -> BroughtFile | None:
    """Import a file once what it would bring was seen; None where it was left or refused."""
    desk.say(f"reading {file.name} ...")
    found = await _try_until_it_reads(app, desk, file)
    if found is None:
        return None
    request, trial = found
    title = f"{file.name} would bring (Esc goes on)"
    await app.push_screen_wait(LinesPage(title, trial_lines(trial), private=desk.private))
    new, names = sum(run.new for run in trial.runs), ", ".join(run.account for run in trial.runs)
    question = f"Import {counted(new, 'new fill')} into {names}?"
    if await app.push_screen_wait(ChoicePrompt(question, YES_OR_NO)) != "y":
        return None
    real = replace(request, dry_run=False)
    return await desk.change(_said, partial(_bring, file, real), _taken_back)


async def _try_until_it_reads(
    app: "App[Any]", desk: "Desk", file: "Path"
) -> "tuple[ImportRequest, FileTrial] | None":
    """Return how the file is to be read and what comes of it; an answer may be given again."""
    request = imports.ImportRequest(dry_run=True, label=file.name)
    asking: CoachError | None = None
    before, columns = request, request.columns
    for _ in range(MOST_QUESTIONS):
        try:
            return request, await desk.threads.change(partial(_try, file, request))
        except CoachError as refusal:
            trouble, note = refusal, ""
        if isinstance(trouble, ANSWERS_REFUSED) and asking is not None:
            trouble, note, request = asking, message_of(trouble), before
        answered = await FileQuestions(app, note, columns).answer(trouble, request)
        if answered is None:
            desk.say(told(trouble))
            return None
        asking, before, request, columns = trouble, request, answered, answered.columns
    desk.say(f"{file.name} is not understood; nothing was imported")
    return None


def _try(file: "Path", request: "ImportRequest", session: "Session") -> FileTrial:
    runs = imports.import_each_account(session, file, request)
    return FileTrial(runs, previews.preview(session, file, request))


def _bring(file: "Path", request: "ImportRequest", session: "Session") -> BroughtFile:
    before = _mapping_names(session)
    runs = imports.import_each_account(session, file, request)
    return BroughtFile(file, request, runs, _mapping_names(session) - before)


def _mapping_names(session: "Session") -> frozenset[str]:
    return frozenset(one.name for one in mappings.remembered(session))


def _said(brought: BroughtFile) -> str:
    return "; ".join(map(said_of_run, brought.runs))


def said_of_run(run: "Run") -> str:
    """Return what an import did, in a line."""
    return f"{run.account}: {run.new} new, {run.known} known, {run.skipped_count} skipped"


def _taken_back(brought: BroughtFile) -> "Callable[[Session], object] | None":
    is_new = brought.mappings or any(run.new for run in brought.runs)
    return partial(_take_back, brought) if is_new else None


def _take_back(brought: BroughtFile, session: "Session") -> object:
    """Take the imports back, and drop the mapping that was kept for them."""
    undone = [imports.undo(session, run.id) for run in brought.runs if run.new]
    for name in brought.mappings:
        mappings.remove(session, name)
    return undone


def import_again(brought: BroughtFile, session: "Session") -> object:
    """Import a file whose import was taken back."""
    return imports.import_each_account(session, brought.file, brought.request)


def trial_lines(trial: FileTrial) -> "Iterator[str]":
    """Yield the first rows of a file as they would be read, and what each account would get."""
    yield "Its first rows, as they would be read:"
    yield from map(preview_line, trial.rows)
    for run in trial.runs:
        yield from ("", *run_lines(run, dry_run=True))


def run_lines(run: "Run", *, dry_run: bool = False) -> "Iterator[str]":
    """Yield what an import did, and the rows that could not be read."""
    yield from import_lines(run)
    if run.skipped_count:
        message, hint = skipped_rows(run, dry_run=dry_run)
        yield from ("", *message.split("\n"), hint)
    yield from ("", *run.warnings) if run.warnings else ()
