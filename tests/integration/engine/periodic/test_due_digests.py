"""A week's digest is due when the week is over where the user's clocks stand."""

from datetime import UTC, datetime, timedelta

import pytest

from coach.engine.api import digests
from coach.engine.api.session import Session
from coach.engine.digest.week import span
from coach.engine.jobs import queue
from coach.engine.periodic.orders import digest_order
from coach.engine.store import users
from coach.engine.store.job_runs import find, runs
from tests.integration.engine.conftest import Importer
from tests.integration.engine.periodic.conftest import Clock, Due

TRADE = ("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 1 @ 101")
INSTANT = timedelta(microseconds=1)


def in_zone(session: Session, zone: str) -> None:
    users.set_zone(session.connection, session.user.id, zone)


@pytest.mark.parametrize(
    ("zone", "week", "ends"),
    [
        ("UTC", "2026-W10", "2026-03-09T00:00"),
        ("Europe/Berlin", "2026-W13", "2026-03-29T22:00"),  # clocks go forward that Sunday
        ("Europe/Berlin", "2026-W43", "2026-10-25T23:00"),  # and back that one
        ("America/New_York", "2026-W10", "2026-03-09T04:00"),
        ("Asia/Kolkata", "2026-W10", "2026-03-08T18:30"),
        ("Pacific/Kiritimati", "2026-W10", "2026-03-08T10:00"),
        ("Africa/Cairo", "2026-W17", "2026-04-26T21:00"),
    ],
)
def test_it_is_due_at_the_first_moment_after_the_week_and_not_before(
    at: Session, due: Due, imported: Importer, zone: str, week: str, ends: str
) -> None:
    imported(*TRADE, day="2026-02-20")
    in_zone(at, zone)
    end = span(week, zone)[1]
    assert end == datetime.fromisoformat(f"{ends}Z")
    [(_, _, before)] = due("digest.weekly", now=end - INSTANT)
    [(user, _, after)] = due("digest.weekly", now=end)
    assert before != {"week": week}
    assert (user, after) == (at.user.id, {"week": week})


def test_a_week_of_six_days_ends_with_them(at: Session, due: Due, imported: Importer) -> None:
    """Samoa left out Friday, 30 December 2011, and was 14 hours ahead of UTC from then on."""
    imported(*TRADE, day="2011-12-10")
    in_zone(at, "Pacific/Apia")
    end = datetime(2012, 1, 1, 10, tzinfo=UTC)
    assert due("digest.weekly", now=end - INSTANT)[0][2] == {"week": "2011-W51"}
    assert due("digest.weekly", now=end)[0][2] == {"week": "2011-W52"}


def test_each_user_has_weeks_of_their_own(at: Session, due: Due, imported: Importer) -> None:
    imported(*TRADE, day="2026-02-20")
    other = users.add(at.connection, "other", "Pacific/Kiritimati")
    assert other is not None
    at.connection.execute("create temporary table theirs as select * from fill")
    at.connection.execute("update theirs set user_id = %s", [other.id])
    at.connection.execute("insert into fill select * from theirs")
    sunday_noon = datetime(2026, 3, 8, 12, tzinfo=UTC)
    found = {user: request for user, _, request in due("digest.weekly", now=sunday_noon)}
    assert found == {at.user.id: {"week": "2026-W09"}, other.id: {"week": "2026-W10"}}


def test_who_has_not_traded_by_the_end_gets_none(at: Session, due: Due, imported: Importer) -> None:
    assert due("digest.weekly") == []
    imported(*TRADE, day="2026-03-09")
    assert due("digest.weekly") == []
    assert len(due("digest.weekly", now=at.clock() + timedelta(days=7))) == 1


@pytest.mark.parametrize("state", ["queued", "running", "done", "failed", "dead"])
def test_what_was_asked_for_is_not_due_again_whatever_became_of_it(
    at: Session, due: Due, imported: Importer, state: str
) -> None:
    imported(*TRADE)
    assert len(due("digest.weekly")) == 1
    queue.enqueue(at.connection, at.user.id, digest_order("2026-W10"), at.clock())
    at.connection.execute("update run set state = %s where kind = 'digest.weekly'", [state])
    assert due("digest.weekly") == []


def test_a_digest_that_a_person_made_after_the_week_is_that_run(
    at: Session, due: Due, imported: Importer
) -> None:
    imported(*TRADE)
    digests.digest(at, "2026-W10")
    assert due("digest.weekly") == []
    made = find(at.connection, at.user.id, digest_order("2026-W10").id)
    assert made is not None
    assert made.state == "done"


def test_a_look_at_the_running_week_is_another_run_and_the_digest_comes_after_its_end(
    at: Session, due: Due, clock: Clock, imported: Importer
) -> None:
    imported(*TRADE)
    clock.later(days=-3)
    digests.digest(at, "2026-W10")
    assert {run.kind for run in runs(at.connection, at.user.id)} > {"digest.weekly"}
    clock.later(days=3)
    assert due("digest.weekly") == [(at.user.id, "digest.weekly", {"week": "2026-W10"})]


def test_only_the_newest_week_that_is_over_is_due(
    at: Session, due: Due, clock: Clock, imported: Importer
) -> None:
    imported(*TRADE)
    clock.later(weeks=5)
    assert due("digest.weekly") == [(at.user.id, "digest.weekly", {"week": "2026-W15"})]
