"""Reading a connected broker: everything that is new there, as one import.

The run is opened before the broker is asked, so that a sync that fails is seen among the imports.
The first sync of a period is one run, whoever asks for it: a worker, cron or a person. One that is
asked for after that is a run of its own. Heavy modules are imported where they are used.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.api.accounts import refusals_audited
from coach.engine.api.broker.account_broker import open_account_broker
from coach.engine.api.imports import bench, caught_up, is_behind
from coach.engine.api.people import features
from coach.engine.periodic.orders import KEY_REFUSED, sync_order
from coach.engine.store import accounts
from coach.engine.store.imports import connections, fetched, fetched_entries, runs
from coach.engine.store.imports.connections import OpenProduct
from coach.errors import AuthenticationFailed, CoachError, Missing, NotFound
from coach.model.bookkeeping.import_events import AccountChanged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from coach.brokers.adapter import BrokerAdapter
    from coach.engine.api.session import Session
    from coach.engine.imports.run import ImportOrder, OpenedRun
    from coach.engine.imports.sync.fetch import BrokerReading
    from coach.engine.store.accounts import BrokerConnection
    from coach.engine.store.connect import CoachConnection
    from coach.model.accounts import Run, RunId

    Progress = Callable[[int, int | None], None]

OVERLAP = timedelta(days=3)
"""A sync reads this much again before the newest fill: late fills come, known ones are known."""


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What a sync is to read, and how.

    `anyway` takes fills that equal known ones but for a shift of their times. `candles_follow`
    says that candles are fetched next: what an earlier command left to be concluded from is then
    left to that. With `only_news` nothing is kept of a reading that brings nothing new but its
    run, which the next such sync takes again: who reads often leaves one for many in vain.
    """

    since: datetime | None = None
    anyway: bool = False
    candles_follow: bool = False
    only_news: bool = False


def sync(
    session: Session,
    account: str | None = None,
    request: SyncRequest | None = None,
    progress: Progress | None = None,
) -> Run:
    """Import from the connected broker what is new since the last time, or since `since`.

    Locked where another sync of the account goes on for too long.
    """
    from coach.engine.imports.again import find_done

    request = request or SyncRequest()
    found = connected_account(session, account)
    of_period = sync_order(found, session.clock()).id
    asked_anew = find_done(session.connection, session.user.id, of_period) is not None
    with connections.sync_turn(session.connection, found.account_id, found.account):
        done = find_done(session.connection, session.user.id, of_period)
        if done is not None and not asked_anew and request.since is None:
            return done
        until = session.clock()
        span = (request.since or _begin(session, found), until)
        run_id = of_period
        if asked_anew or request.since is not None:
            ends = ["" if moment is None else moment.isoformat() for moment in span]
            run_id = runs.run_id("sync", session.user.id, found.account, found.broker, *ends)
            if request.only_news:
                run_id = _run_in_vain(session, found) or run_id
        if session.connection.claim is not None:
            run_id = session.connection.claim.run_id
        return _sync(session, found, BrokerSpan(run_id, *span), (request, progress))


@dataclass(frozen=True, slots=True)
class DueSyncs:
    """What came of the syncs that were due; `troubles` names the accounts that failed, and why."""

    runs: tuple[Run, ...]
    troubles: tuple[tuple[str, str], ...]


def sync_due(session: Session, progress: Progress | None = None) -> DueSyncs:
    """Read every connected account whose turn it is, as a worker does; one failure stops no other.

    What was done in an account's present period, by whomever, is not done again.
    """
    from coach.engine.imports.again import find_done

    done, troubles = [], []
    for found in accounts.connected(session.connection, session.user.id):
        order = sync_order(found, session.clock())
        over = find_done(session.connection, session.user.id, order.id) is not None
        if over or found.sync_hours == 0 or found.trouble_code in KEY_REFUSED:
            continue
        try:
            done.append(sync(session, found.account, None, progress))
        except CoachError as trouble:
            troubles.append((found.account, str(trouble)))
    return DueSyncs(tuple(done), tuple(troubles))


@dataclass(frozen=True, slots=True)
class BrokerSpan:
    """The time that a run reads."""

    run_id: RunId
    since: datetime | None
    until: datetime


def connected_account(session: Session, account: str | None) -> BrokerConnection:
    """Return the connection of an account, or the only one where none is named."""
    connected = accounts.connected(session.connection, session.user.id)
    chosen = [found for found in connected if account in {None, found.account}]
    if not chosen:
        raise NotFound(kind="connected account", name=account or "any")
    if len(chosen) > 1:
        names = ", ".join(found.account for found in chosen)
        taker = f"a sync of one of the connected accounts ({names})"
        raise Missing(taker, "account", remedy="name_account")
    return chosen[0]


def _sync(
    session: Session,
    found: BrokerConnection,
    span: BrokerSpan,
    asked: tuple[SyncRequest, Progress | None],
) -> Run:
    from coach.brokers.registry import adapter_of
    from coach.engine.imports.run import opened_run, origin_of
    from coach.engine.imports.sync.fetch import fetched_source

    request, progress = asked
    adapter, connection = adapter_of(found.broker), session.connection
    account = accounts.ensure_account(
        connection, session.user.id, found.account, found.broker, shorts=adapter.info.shorts
    )
    origin = origin_of(account, adapter.info, f"{found.broker} API")
    with (
        _trouble_noted(session, found),
        opened_run(connection, session.user.id, span.run_id, origin, session.clock) as under,
        _broker_reading(session, found, adapter, asked) as reading,
        fetched_source(reading, span.since, span.until) as source,
    ):
        from coach.engine.imports.run import ImportOrder

        order = ImportOrder(
            user=session.user,
            account=account,
            source=source,
            run_id=span.run_id,
            label=origin.label,
            analysis=sight.analysis_inputs(session),
            anyway=request.anyway,
            ticks=session.ticks,
            on_done=_closer(session, found, reading, span.since),
            only_news=request.only_news,
            balances_at=source.balances_at,
        )
        return _imported(session, under, order, request, progress)


def _imported(
    session: Session,
    under: OpenedRun,
    order: ImportOrder,
    request: SyncRequest,
    progress: Progress | None,
) -> Run:
    """Import what was read into the opened run."""
    from coach.engine.imports.progress import Reporter
    from coach.engine.imports.run import import_into

    with bench(session):
        behind = not request.candles_follow and is_behind(session)
        reporter = Reporter(None, progress)
        with reporter.reporting(session.connect, order, session.clock, session.connection.claim):
            run = import_into(under, order, session.clock, reporter.report)
    return caught_up(session, run) if behind and not run.conclusions_due else run


@contextmanager
def _broker_reading(
    session: Session,
    found: BrokerConnection,
    adapter: BrokerAdapter,
    asked: tuple[SyncRequest, Progress | None],
) -> Iterator[BrokerReading]:
    """Yield a reading of a broker, after checking that the key is view-only."""
    from coach.engine.imports.connect import check_powers
    from coach.engine.imports.sync.fetch import BrokerReading
    from coach.engine.imports.sync.place import FetchPlace

    connection, user_id = session.connection, session.user.id

    def record(permissions: dict[str, object]) -> None:
        now = session.clock()
        accounts.note_permissions(connection, user_id, found.account_id, permissions, now)

    features.require(session, adapter.feature)
    with open_account_broker(session, found) as opened:
        with refusals_audited(session, found.account, "refresh.failed"):
            check_powers(found.broker, opened, record)
        place = FetchPlace(connection, user_id, found.account_id, session.home.cache, session.clock)
        request, progress = asked
        yield BrokerReading(adapter, opened, place, progress, request.since, request.only_news)


def _closer(
    session: Session, found: BrokerConnection, reading: BrokerReading, since: datetime | None
) -> Callable[[CoachConnection], None]:
    """Return what becomes true with the import: windows are done with, products are left out."""

    def close(connection: CoachConnection) -> None:
        where = (connection, session.user.id, found.account_id)
        fetched.forget(*where)
        former = connections.left_out(*where)
        left = {name: OpenProduct(one.since, one.reason) for name, one in reading.left_out.items()}
        connections.note_read(*where, _with_older(left, former, since), session.clock())
        beside = reading.beside
        if beside.reading is not None:
            fetched_entries.note_read(*where, beside.marks(), beside.reading.unread)

    return close


def _with_older(
    left: Mapping[str, OpenProduct], former: Mapping[str, OpenProduct], since: datetime | None
) -> dict[str, OpenProduct]:
    """Return what is left out now, and what was before the time that was read."""
    older = {
        name: one
        for name, one in former.items()
        if since is not None and one.since is not None and one.since < since
    }
    return {**left, **older}


@contextmanager
def _trouble_noted(session: Session, found: BrokerConnection) -> Iterator[None]:
    """Note beside the connection why it could not be read, where the block raises."""
    try:
        yield
    except CoachError as trouble:
        trouble.facts.setdefault("account", found.account)
        if not session.connection.closed:
            _note(session, found, trouble)
        raise


def _note(session: Session, found: BrokerConnection, trouble: CoachError) -> None:
    """Note a trouble; that the broker lets nobody in any more is an event when it begins."""
    noted = (trouble.code, str(trouble))
    where = (session.connection, session.user.id, found.account_id)
    if trouble.code != AuthenticationFailed.code or found.trouble_code == trouble.code:
        connections.note_trouble(*where, noted, session.clock())
        return
    with sight.change(session) as events:
        connections.note_trouble(*where, noted, session.clock())
        events.append(AccountChanged(account=found.account, what="reauth_required"))


def _run_in_vain(session: Session, found: BrokerConnection) -> RunId | None:
    """Return the account's newest run from its broker where that is done and holds nothing."""
    for run in runs.runs(session.connection, session.user.id):
        if run.account == found.account and run.source.endswith("-api"):
            holds = run.fetched or run.other or run.skipped_count
            return run.id if run.state == "done" and not holds else None
    return None


def _begin(session: Session, found: BrokerConnection) -> datetime | None:
    """Return from when to read: a margin before the newest fill, or where a product was left out.

    None where nothing was read yet.
    """
    done = [
        run.last
        for run in runs.runs(session.connection, session.user.id)
        if run.account == found.account and run.state == "done" and run.source.endswith("-api")
    ]
    newest = max((last for last in done if last is not None), default=None)
    if newest is None:
        return None
    left = connections.left_out(session.connection, session.user.id, found.account_id)
    older = [one.since for one in left.values() if one.since is not None]
    return min([newest - OVERLAP, *older])
