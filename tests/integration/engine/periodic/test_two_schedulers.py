"""Whoever asks for work that is due, and however many at once: it is one run, done once."""

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from threading import Barrier

import pytest

from coach.engine.api import digests, events
from coach.engine.api.candles import CandlePlaces
from coach.engine.api.jobs import periodic_work
from coach.engine.api.jobs.handlers import HANDLERS, handle
from coach.engine.api.jobs.work import WorkerPlace, work
from coach.engine.api.jobs.workplace import Workplace
from coach.engine.api.promises import calibration, rules
from coach.engine.api.session import Session
from coach.engine.hot.in_memory import MemoryHotStore
from coach.engine.jobs.attempt import attempt
from coach.engine.jobs.carrier import RUNS
from coach.engine.market.address import Folder
from coach.engine.market.objects import open_objects
from coach.engine.outbox import partitions
from coach.engine.periodic.due import ask_for_what_is_due
from coach.engine.rules.steady import ClockReading
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.queue.asked import ClaimedRun
from coach.errors import DatabaseTrouble
from coach.model.accounts import RunId, UserId
from coach.model.events import Json
from coach.model.market import SourceWishes
from tests.integration.engine.conftest import Importer
from tests.integration.engine.periodic.conftest import WISHES, Clock

TRADE = ("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 1 @ 101")
SCHEDULERS = 4


def runs(session: Session, kind: str) -> list[tuple[str, str, int]]:
    asked = "select id, state, attempt from run where kind = %s order by n"
    return session.connection.execute(asked, [kind]).fetchall()


def entries(session: Session) -> list[tuple[UserId, RunId, int]]:
    """Return what the queue would bring to workers."""
    asked = (
        "select args ->> 'user_id', args ->> 'run_id', (args ->> 'after')::int"
        " from procrastinate_jobs where queue_name = %s and status = 'todo' order by id"
    )
    return session.connection.execute(asked, [RUNS]).fetchall()


def told(session: Session, kind: str) -> int:
    return sum(event.type == kind for event in events.every(session))


@contextmanager
def another(session: Session, url: str) -> Iterator[Session]:
    """Open the session of another process."""
    with connect(url) as connection:
        yield replace(session, opened=connection)


@pytest.fixture
def place(at: Session) -> Workplace:
    return place_of(at)


def place_of(session: Session) -> Workplace:
    def places() -> CandlePlaces:
        objects = open_objects(Folder(session.home.data / "objects"))
        return CandlePlaces(objects, MemoryHotStore(lambda: 0.0), SourceWishes(()))

    return Workplace(session, places, WISHES)


def ask(session: Session) -> int:
    return ask_for_what_is_due(session.connection, ClockReading(session.clock()), WISHES)


def do_queued(session: Session, url: str) -> None:
    """Do what the queue brings, as a worker does."""

    def perform(connection: CoachConnection, run: ClaimedRun) -> Mapping[str, Json]:
        return handle(place_of(replace(session, opened=connection)), run)

    for wanted in entries(session):
        attempt(lambda: connect(url), wanted, perform, session.clock, lambda _run, _process: None)


def test_schedulers_that_ask_at_once_make_one_run_and_one_entry_in_the_queue(
    at: Session, database_url: str, imported: Importer
) -> None:
    imported(*TRADE)
    rules.add(at, "max_size_vs_median", {"ratio": 2})
    together = Barrier(SCHEDULERS)

    def scheduler() -> int:
        with another(at, database_url) as one:
            together.wait(60)
            return ask(one)

    with ThreadPoolExecutor(SCHEDULERS) as pool:
        new = [future.result() for future in [pool.submit(scheduler) for _ in range(SCHEDULERS)]]
    assert sum(new) == 1
    [(run_id, state, tries)] = runs(at, "digest.weekly")
    assert (state, tries) == ("queued", 0)
    assert entries(at) == [(at.user.id, run_id, 0)]


def test_a_worker_and_cron_that_make_the_same_digest_at_once_tell_it_once(
    at: Session, database_url: str, imported: Importer
) -> None:
    imported(*TRADE)
    ask(at)
    together = Barrier(2)

    def worker() -> None:
        with another(at, database_url) as one:
            together.wait(60)
            do_queued(one, database_url)

    def cron() -> None:
        with another(at, database_url) as one:
            together.wait(60)
            digests.digest(one, "2026-W10")

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(worker), pool.submit(cron)]:
            future.result()
    do_queued(at, database_url)
    [(_, state, _)] = runs(at, "digest.weekly")
    assert state == "done"
    assert told(at, "digest.ready") == 1
    assert ask(at) == 0


@pytest.mark.parametrize("first", ["worker", "cron"])
def test_one_after_the_other_they_do_it_once(
    at: Session, database_url: str, imported: Importer, first: str
) -> None:
    imported(*TRADE)

    def worker() -> None:
        ask(at)
        do_queued(at, database_url)

    def cron() -> None:
        digests.digest(at, "2026-W10")

    steps = {"worker": worker, "cron": cron}
    steps.pop(first)()
    [(_, *once)] = runs(at, "digest.weekly")
    for scheduler in steps.values():
        scheduler()
    [(_, *then)] = runs(at, "digest.weekly")
    assert once == then == ["done", 1]
    assert told(at, "digest.ready") == 1


def test_a_calibration_by_cron_and_by_a_worker_is_one_run_of_the_week(
    at: Session, database_url: str, clock: Clock, imported: Importer
) -> None:
    imported(*TRADE)
    rules.add(at, "max_size_vs_median", {"ratio": 2})
    calibration.calibrate(at, "max_size_vs_median", auto=True)
    clock.later(weeks=1)
    ask(at)
    do_queued(at, database_url)
    calibration.calibrate(at)
    _by_hand, (_, *of_the_week) = runs(at, "calibrate.rules")
    assert of_the_week == ["done", 2]
    assert ask(at) == 0


def test_a_worker_does_every_kind_that_is_due(at: Session, place: Workplace) -> None:
    months = partitions.months(at.connection)
    at.connection.execute(f"drop table {months[-1].name}")
    at.connection.execute(
        "insert into hot_value (key, value, expires_at) select n, '', now() - interval '1 s'"
        " from generate_series(1, 1200) as n"
    )
    assert periodic_work.make_months(place, {}) == {"made": [], "removed": []}
    assert periodic_work.purge_expired(place, {}) == {"hot_value": 1200}
    assert periodic_work.prune_candles(place, {}) == {"objects": 0, "bytes": 0, "busy": False}
    assert periodic_work.settle_promises(place, {}) == {}
    kinds = {"digest.weekly", "calibrate.rules", "fetch.candles", "settle.promises"}
    assert kinds | {"make.months", "purge.expired", "prune.candles"} <= set(HANDLERS)


def test_months_that_are_made_and_removed_are_the_result_of_their_run(
    at: Session, database_url: str, clock: Clock
) -> None:
    clock.later(days=365)
    ask(at)
    do_queued(at, database_url)
    asked = "select result from run where kind = 'make.months'"
    result = at.connection.execute(asked).fetchone()
    made = ["event_outbox_2027_04", "event_outbox_2027_05", "event_outbox_2027_06"]
    assert result == ({"made": made, "removed": []},)
    assert ask(at) == 0


def test_a_worker_does_not_begin_with_less_than_a_month_ahead_for_events(
    at: Session, database_url: str, clock: Clock
) -> None:
    clock.later(days=365)

    def connected() -> CoachConnection:
        return connect(database_url)

    def session_of(connection: CoachConnection, _name: str) -> Session:
        return replace(at, opened=connection)

    candle_places = place_of(at).candle_places
    place = WorkerPlace(
        database_url, connected, clock, session_of, candle_places, WISHES, lambda: None
    )
    begun: list[str] = []
    with pytest.raises(DatabaseTrouble, match="made up to 0 ahead"):
        work(place, once=True, on_ready=lambda: begun.append("ready"), warn=begun.append)
    assert begun == []
