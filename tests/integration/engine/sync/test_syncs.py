"""A sync that is cut off goes on where it was, leaves a failed run, and loses nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from coach.brokers.sandbox.world import SandboxWorld
from coach.engine.api import imports
from coach.engine.api.broker.sync import SyncRequest, sync
from coach.engine.api.session import Session
from coach.errors import BrokerTrouble
from tests.integration.engine.sync.conftest import NOW, SharedClock, Spoil

WINDOWS = "select begins_at from fetched_window where part = 0"
FILLS = "select encode(key, 'hex'), symbol, quantity, price, at from fill order by 1"
SICK = {"path": "products/SOL-USD", "chance": {"restricted": 1.0}}


def fills(session: Session) -> list[tuple[object, ...]]:
    return session.connection.execute(FILLS).fetchall()


def forgotten(session: Session) -> None:
    for run in imports.all_runs(session):
        if run.state == "done":
            imports.undo(session, run.id)


@pytest.mark.usefixtures("connected")
def test_a_sync_that_is_cut_off_leaves_a_failed_run_and_goes_on_where_it_was(
    session: Session, world: SandboxWorld, spoil: Spoil, clock: SharedClock
) -> None:
    """The fills lie in two windows; a page breaks off, and the sync with it."""
    sync(session)
    whole = fills(session)
    forgotten(session)
    session.connection.execute("update run set state = 'failed'")
    spoil(path="fills", at={4: "banned"})
    clock.forward(session, days=8)
    with pytest.raises(BrokerTrouble):
        sync(session)
    newest = imports.all_runs(session)[0]
    assert (newest.state, newest.source, newest.new) == ("failed", "coinbase-api", 0)
    assert "HTTP 418" in newest.error
    spoil()
    run = sync(session)
    assert (run.id, run.state, run.attempt) == (newest.id, "done", 2)
    assert run.new == len(world.executions)
    assert fills(session) == whole


@pytest.mark.usefixtures("connected")
def test_a_window_that_was_read_is_not_asked_for_again(
    session: Session, world: SandboxWorld, spoil: Spoil, clock: SharedClock
) -> None:
    """The window that begins on 8 March is over, and kept while the older one breaks off.

    Before it stand a page of the time since, and one that looks for the next older fill; after it
    another one of those.
    """
    clock.forward(session, days=120)
    since = datetime(2026, 3, 7, tzinfo=UTC)
    pages = sum(one.at >= since for one in world.executions) // 100 + 1
    spoil(path="fills", at=dict.fromkeys(range(2 + pages + 2, 60), "banned"))
    with pytest.raises(BrokerTrouble):
        sync(session)
    (kept,) = session.connection.execute(WINDOWS).fetchall()
    assert kept == (datetime(2026, 3, 8, tzinfo=UTC),)
    spoil()
    assert sync(session).new == len(world.executions)
    assert session.connection.execute(WINDOWS).fetchall() == []


@pytest.mark.usefixtures("connected")
def test_a_product_that_does_not_answer_is_named_and_read_when_it_does(
    session: Session, world: SandboxWorld, spoil: Spoil, clock: SharedClock
) -> None:
    spoil(**SICK)
    run = sync(session)
    sick = [one for one in world.executions if one.product_id == "SOL-USD"]
    assert (run.new, run.skipped_count) == (len(world.executions) - len(sick), len(sick))
    assert any("SOL-USD was left out" in warning for warning in run.warnings)
    assert {(row.product, row.native_id) for row in run.skipped} <= {
        ("SOL-USD", one.entry_id) for one in sick
    }
    assert all(row.at for row in run.skipped)
    clock.forward(session, hours=7)
    assert sync(session).new == 0
    spoil()
    assert sync(session).new == len(sick)
    following = sync(session)
    assert following.first is not None
    assert following.first >= world.executions[-1].at - timedelta(days=3)


@pytest.mark.usefixtures("connected")
def test_a_later_beginning_does_not_forget_what_was_left_out_before_it(
    session: Session, world: SandboxWorld, spoil: Spoil
) -> None:
    spoil(**SICK)
    sync(session)
    spoil()
    sync(session, None, SyncRequest(since=NOW - timedelta(days=10)))
    sync(session)
    assert len(fills(session)) == len(world.executions)


@pytest.mark.usefixtures("connected")
def test_the_first_sync_of_a_period_is_one_run_and_a_second_one_another(session: Session) -> None:
    first, second = sync(session), sync(session)
    assert first.id != second.id
    assert second.new == 0
    assert len(imports.all_runs(session)) == 2
