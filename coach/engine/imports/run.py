"""An import: one run, one id, one transaction, every fill once.

The run's row is opened first, so that an import that dies is seen; its fills, trades, tags,
breaches and events become visible together or not at all.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from psycopg import Connection

from coach.brokers.base import Source, SourceInfo
from coach.brokers.statements.clocks import StatementClock
from coach.engine.conclusions import announcements
from coach.engine.conclusions.scoring_result import ScoringResult
from coach.engine.history.inputs import DEFAULT_INPUTS, AnalysisInputs
from coach.engine.imports import shifts, shorts
from coach.engine.imports.again import all_known, refuse_skipped
from coach.engine.imports.derive import TouchedBooks, derive
from coach.engine.imports.left_out.marks import NO_PARTS, Parts, mark
from coach.engine.imports.match import IncrementalMatching
from coach.engine.imports.overlaps.entries import keep_entries
from coach.engine.imports.overlaps.undecided import refuse_undecided
from coach.engine.imports.read import ImportTally, OnProgress, read_in
from coach.engine.imports.restated.books import with_restated
from coach.engine.imports.shorts import ShortsGuess
from coach.engine.imports.twins import count_once
from coach.engine.jobs.collector import no_collector
from coach.engine.jobs.run import RunningJob, under_way
from coach.engine.store import accounts, conclusions, fills, job_runs
from coach.engine.store.connect import CoachConnection
from coach.engine.store.fills import RunTarget
from coach.engine.store.imports import clocks, runs, twins
from coach.engine.store.imports.order_rows import ORDER_ROWS
from coach.engine.store.imports.runs import RunInProgress, RunOrigin
from coach.engine.store.promises import rules
from coach.engine.unit_of_work import unit_of_work
from coach.model.accounts import Account, Run, RunId, User, UserId
from coach.model.events import Json, NewEvent
from coach.model.fills import Symbol
from coach.model.machine.clock import Ticks
from coach.model.notices import Notice
from coach.wording.numbers import counted


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """What is to be imported: into which account, from where, under which run.

    `analysis` says how conclusions are drawn. `clock` is on which its times are read, None for a
    broker. `anyway` takes fills that equal known ones but for a shift of their times. `shorts`
    declares whether the account can be short; None declares nothing. `ticks` reads those of the
    machine, for rules that are locked. `on_done` writes what becomes true with the import. With
    `only_news` nothing is kept of a reading that brings nothing new. `balances_at` is when a broker
    had told all its balances at once, None for other sources.
    """

    user: User
    account: Account
    source: Source
    run_id: RunId
    label: str
    strict: bool = False
    analysis: AnalysisInputs = DEFAULT_INPUTS
    clock: StatementClock | None = None
    anyway: bool = False
    shorts: bool | None = None
    ticks: Callable[[], Ticks | None] | None = None
    on_done: Callable[[CoachConnection], None] | None = None
    only_news: bool = False
    balances_at: datetime | None = None


Now = Callable[[], datetime]


A_DAY = timedelta(days=1)


def run_import(
    connection: CoachConnection, order: ImportOrder, clock: Now, on_progress: OnProgress
) -> Run:
    """Import and return the finished run; on an error nothing but the failed run is left.

    The caller holds the import lock.
    """
    done = runs.find(connection, order.user.id, order.run_id)
    if done is not None and done.state == "done":
        refuse_skipped(done, order.label, strict=order.strict)
        if order.shorts is not None:
            with unit_of_work(connection, order.user.id, clock) as events:
                events.extend(
                    shorts.declare_anew(
                        connection, order.user, order.account, order.shorts, order.analysis
                    )
                )
        return all_known(done)
    origin = origin_of(order.account, order.source.info, order.label)
    with opened_run(connection, order.user.id, order.run_id, origin, clock) as under:
        return import_into(under, order, clock, on_progress)


@dataclass(frozen=True, slots=True)
class OpenedRun:
    """A run that was opened and is under way, on its connection."""

    connection: CoachConnection
    job: RunningJob
    started: RunInProgress


@contextmanager
def opened_run(
    connection: CoachConnection, user_id: UserId, run_id: RunId, origin: RunOrigin, clock: Now
) -> Iterator[OpenedRun]:
    """Open a run for the block, which imports into it; where the block raises, it has failed."""
    job_runs.fail_dead(connection, user_id, clock())
    with under_way(connection, user_id, run_id, clock) as job:
        started = runs.start(connection, user_id, run_id, origin, clock(), job.attempt or None)
        job.attempt = started.attempt
        yield OpenedRun(connection, job, started)


def import_into(under: OpenedRun, order: ImportOrder, clock: Now, on_progress: OnProgress) -> Run:
    """Import into an opened run and return it, finished.

    The caller holds the import lock.
    """
    connection = under.connection
    with unit_of_work(connection, order.user.id, clock), no_collector():
        with suppress(NothingNew), unit_of_work(connection, order.user.id, clock) as told:
            run, news = _import(connection, order, under.started, clock, on_progress)
            is_kept = not order.only_news or len(news) > 1 or brought_anything(run)
            if not is_kept:
                raise NothingNew
            told.extend(news)
        if not is_kept:
            run = replace(run, fetched=0, known=0, first=None, last=None, warnings=())
            runs.keep_counts(connection, order.user.id, run)
        if order.on_done is not None:
            order.on_done(connection)
        under.job.finish(_result(run))
    fills.tell_planner(connection, run.new)
    return run


class NothingNew(Exception):
    """A reading brought nothing, and nothing of it is kept."""


def brought_anything(run: Run) -> bool:
    """Say whether a run told anything but fills that were known, of a broker that is read again."""
    return bool(run.new or run.changed or run.skipped_count or run.other or run.undeclared_sales)


def _import(
    connection: Connection[Any],
    order: ImportOrder,
    started: RunInProgress,
    clock: Now,
    on_progress: OnProgress,
) -> tuple[Run, list[NewEvent]]:
    user = order.user
    shelf = RunTarget(user.id, order.account.id, started.n, order.source.info.rank)
    account, reread = _decide_shorts(connection, order)
    while_reading = IncrementalMatching(user.id, account)
    tally = read_in(connection, shelf, order.source, on_progress, while_reading)
    warnings, parts = _match_twins(connection, shelf, account.broker, tally, while_reading)
    if not order.anyway and (tally.new or tally.changed):
        _refuse_overlaps(connection, order, shelf, tally, parts)
    _keep_clock(connection, order)
    entries_tell, told_twice = keep_entries(connection, shelf, tally, order.balances_at)
    changed = {*_touched(connection, shelf, tally, while_reading), *reread}
    symbols = with_restated(connection, user.id, account, changed, while_reading)
    if reread and order.shorts is None and not account.shorts:
        warnings.append(shorts.counts_as_spot(account))
    guessed = _guess_shorts(connection, order, account, symbols, while_reading)
    if guessed.sales:
        warnings.append(shorts.describe(guessed))
    run = _finished_run(order, started, tally, [*warnings, *told_twice], clock())
    refuse_skipped(run, order.label, strict=order.strict)
    scored = ScoringResult()
    if guessed.symbols or entries_tell:
        touched = TouchedBooks(guessed.account, guessed.symbols)
        scored = derive(connection, user, touched, while_reading, order.analysis)
    run = replace(
        run,
        finished_at=clock(),
        warnings=(*run.warnings, *scored.warnings),
        undeclared_sales=tuple(sorted(guessed.sales)),
    )
    runs.keep_counts(connection, user.id, run)
    calibrated = _calibrate(connection, order, clock)
    run = replace(run, conclusions_due=conclusions.are_due(connection, user.id))
    return run, [*announcements.of_import(run, scored), *calibrated]


def _calibrate(connection: Connection[Any], order: ImportOrder, clock: Now) -> list[NewEvent]:
    """Calibrate the rules that are due; with a large history that is left to the next look."""
    if not any(rule.active for rule in rules.rules(connection, order.user.id)):
        return []
    from coach.engine.promises import calibrate
    from coach.engine.promises.proposals import Seat
    from coach.engine.rules.steady import ClockReading

    reading = ClockReading(clock(), order.ticks() if order.ticks else None)
    seat = Seat(connection, order.user, reading, order.analysis.read_market)
    if not fills.more_than(seat.connection, seat.user.id, order.analysis.scored_at_once):
        return calibrate.weekly(seat)
    if calibrate.rules_due(seat):
        conclusions.note_due(seat.connection, seat.user.id)
    return []


def _result(run: Run) -> dict[str, Json]:
    """Return what came of an import, as the result of its run."""
    return {
        "fetched": run.fetched,
        "new": run.new,
        "known": run.known,
        "changed": run.changed,
        "skipped": run.skipped_count,
    }


def _keep_clock(connection: Connection[Any], order: ImportOrder) -> None:
    """Keep the clock that the person named, for further files of this format."""
    clock = order.clock
    if clock is not None and clock.origin == "user":
        account, source = order.account.id, order.source.info.name
        clocks.keep_account_zone(connection, order.user.id, account, source, clock.name)


def _finished_run(
    order: ImportOrder,
    started: RunInProgress,
    tally: ImportTally,
    warnings: list[str],
    now: datetime,
) -> Run:
    """Return the finished run with its warnings."""
    if tally.last is not None and tally.last > now + A_DAY:
        warnings.append(
            f"the newest fill is dated {tally.last:%Y-%m-%d}, in the future: check the file's"
            " clock; windows and weeks end with the newest fill"
        )
    return Run(
        id=order.run_id,
        account=order.account.name,
        source=order.source.info.name,
        label=order.label,
        state="done",
        attempt=started.attempt,
        fetched=tally.fetched,
        new=tally.new,
        known=tally.known,
        changed=tally.changed,
        skipped=tuple(tally.skipped),
        skipped_count=tally.skipped_count,
        other=dict(sorted(tally.other.items())),
        warnings=(*order.source.warnings(), *warnings),
        first=tally.first,
        last=tally.last,
        started_at=started.at,
        clock=order.clock.name if order.clock else "",
        clock_origin=order.clock.origin if order.clock and order.clock.name else "",
    )


def _decide_shorts(connection: Connection[Any], order: ImportOrder) -> tuple[Account, list[Symbol]]:
    """Return the account, and the books to read anew when this import changes what it is."""
    source, user_id, account = order.source.info, order.user.id, order.account
    if account.broker == "generic" != source.broker:
        account = accounts.give_broker(
            connection, user_id, account, source.broker, shorts=source.shorts
        )
    return shorts.decide(connection, user_id, account, order.shorts, source)


def _guess_shorts(
    connection: Connection[Any],
    order: ImportOrder,
    account: Account,
    symbols: list[Symbol],
    while_reading: IncrementalMatching,
) -> ShortsGuess:
    """Guess whether the account can be short where neither owner nor broker declares it.

    An import without fills may tell where the coins of a sale came from.
    """
    user_id = order.user.id
    if order.source.info.broker == "generic":
        origin = accounts.shorts_origin(connection, user_id, account.id)
        if origin == "guessed":
            return shorts.guess(connection, user_id, account, symbols, while_reading)
    return ShortsGuess(account, tuple(symbols), {})


def _match_twins(
    connection: Connection[Any],
    shelf: RunTarget,
    broker: str,
    tally: ImportTally,
    while_reading: IncrementalMatching,
) -> tuple[list[str], Parts]:
    """Count once the fills that another source had, note the books, and return warnings.

    What the trader left out before is left out again. Returned are also the fills that stand for a
    larger one, by its key.
    """
    warnings = list(tally.warnings)
    parts = NO_PARTS
    if tally.new and tally.account_held_fills:
        found = count_once(connection, shelf, broker)
        tally.new -= found.known
        tally.known += found.known
        tally.symbols |= found.symbols
        parts = found.parts
        warnings += found.warnings()
    left_out = mark(connection, shelf, parts)
    tally.symbols |= left_out.symbols
    for symbol in left_out.symbols:
        while_reading.give_up(symbol)
    if left_out.newly:
        warnings.append(f"{counted(left_out.newly, 'fill')} left out, as you decided before")
    if tally.new:
        warnings += [
            Notice(
                f"at least {count} of these fills look the same as fills in account {name!r}",
                "fills_like_another_account",
            )
            for name, count in twins.in_other_accounts(connection, shelf)
        ]
    return warnings, parts


def _refuse_overlaps(
    connection: Connection[Any],
    order: ImportOrder,
    shelf: RunTarget,
    tally: ImportTally,
    parts: Parts,
) -> None:
    """Raise Refused where the fills look known, on another clock or in other rows of the broker."""
    account, label = order.account.name, order.label
    if not tally.account_held_fills:
        return
    shifts.refuse_shifted(connection, shelf, tally, account, label)
    if order.account.broker == ORDER_ROWS:
        zone = order.clock.zone if order.clock else None
        paired = {key for own in parts.values() for key in own}
        refuse_undecided(connection, shelf, zone, (account, label), paired)


def _touched(
    connection: Connection[Any],
    shelf: RunTarget,
    tally: ImportTally,
    while_reading: IncrementalMatching,
) -> set[Symbol]:
    """Return the books that changed, and note for the matching which of them only got fills."""
    first = fills.first_of_run if tally.account_held_fills else fills.first_of_books
    added = first(connection, shelf)
    while_reading.first_new = {name: at for name, at in added.items() if name not in tally.symbols}
    return {*added, *tally.symbols}


def origin_of(account: Account, info: SourceInfo, label: str) -> RunOrigin:
    """Return where the fills of a run come from."""
    return RunOrigin(account.id, info.name, info.family, info.rank, label)
