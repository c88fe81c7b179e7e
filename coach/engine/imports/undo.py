"""Undoing an import: fills that only this import has are removed, all others stay."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from psycopg import Connection

from coach.engine.conclusions import announcements
from coach.engine.history.inputs import DEFAULT_INPUTS, AnalysisInputs
from coach.engine.imports import shorts
from coach.engine.imports.derive import TouchedBooks, derive
from coach.engine.imports.id_conflicts import resolve_anew
from coach.engine.imports.left_out.marks import NO_PARTS, mark
from coach.engine.imports.match import IncrementalMatching
from coach.engine.imports.overlaps.told_twice import count_told_once
from coach.engine.imports.restated.books import with_restated
from coach.engine.imports.run import Now
from coach.engine.imports.twins import count_once
from coach.engine.store import accounts
from coach.engine.store.connect import CoachConnection
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports import fetched_entries, runs, undo
from coach.engine.store.imports.twins import release_wholes
from coach.engine.store.imports.undo import UndoneRun
from coach.engine.store.promises import labels
from coach.engine.unit_of_work import unit_of_work
from coach.errors import Refused
from coach.model.accounts import Account, Run, User
from coach.model.bookkeeping.import_events import ImportUndone
from coach.model.fills import Symbol

NO_RUN = 0
"""Runs are numbered from 1: nothing is held by a run under way."""


def undo_run(
    connection: CoachConnection,
    user: User,
    run: Run,
    clock: Now,
    analysis: AnalysisInputs = DEFAULT_INPUTS,
) -> UndoneRun:
    """Take the run back in one transaction and derive the touched books anew.

    The caller holds the import lock.
    """
    if run.state != "done":
        raise Refused(remedy="list_imports", what=f"run {run.id[:12]} is {run.state}, not done")
    account = accounts.account_named(connection, user.id, run.account)
    assert account is not None
    with unit_of_work(connection, user.id, clock) as events:
        taken = _take_back(connection, user, run, account.broker, clock)
        while_reading = IncrementalMatching(user.id, account)
        touched = touched_books(connection, user, account, taken.symbols, while_reading)
        scored = derive(connection, user, touched, while_reading, analysis)
        undone = ImportUndone(run_id=run.id, account=run.account, removed=taken.removed)
        events.append(undone)
        events.extend(announcements.of_breaches(scored.new_breaches))
        events.extend(announcements.of_traits(scored.announced))
        events.extend(announcements.of_questions(scored.asked))
    return taken


def _take_back(
    connection: Connection[Any], user: User, run: Run, broker: str, clock: Now
) -> UndoneRun:
    """Remove what only the run held, and decide again about the ids of which it held fills."""
    number, account_id = runs.number(connection, user.id, run.id)
    shelf = RunTarget(user.id, account_id, number, 0)
    ids = undo.ids_held(connection, shelf)
    runs.mark_undone(connection, user.id, run.id, clock())
    taken = undo.take_back(connection, shelf)
    if run.source.endswith("-api"):
        fetched_entries.forget_marks(connection, user.id, account_id)
    labels.follow(connection, user.id, account_id, taken.keys)
    shelf = shelf._replace(run_n=NO_RUN)
    settled = resolve_anew(connection, shelf, ids)
    symbols = {*taken.symbols, *settled.symbols}
    alone = [*taken.keys.values(), *release_wholes(connection, shelf, sorted(symbols))]
    parts = NO_PARTS
    if alone:
        found = count_once(connection, shelf, broker, alone)
        symbols |= found.symbols
        parts = found.parts
    symbols |= mark(connection, shelf, parts).symbols
    return replace(taken, symbols=tuple(sorted(symbols)))


def touched_books(
    connection: Connection[Any],
    user: User,
    account: Account,
    symbols: Sequence[Symbol],
    while_reading: IncrementalMatching,
) -> TouchedBooks:
    """Return the books to derive: those that lost fills, a split or a rename, and by a guess.

    The guess is about shorts. What is left decides, as if the run had never been.
    """
    count_told_once(connection, user.id, account.id)
    symbols = with_restated(connection, user.id, account, symbols, while_reading)
    if accounts.shorts_origin(connection, user.id, account.id) != "guessed":
        return TouchedBooks(account, symbols)
    guessed = shorts.guess(connection, user.id, account, symbols, while_reading)
    return TouchedBooks(guessed.account, guessed.symbols)
