"""How a connection stands, when it is read next, and how it is left."""

import pytest

from coach.brokers.sandbox.server import SandboxServer
from coach.brokers.sandbox.world import SandboxWorld, issue_kraken_key
from coach.engine.api import accounts, imports
from coach.engine.api.broker.leave import disconnect, set_sync_hours
from coach.engine.api.broker.sync import SyncRequest, sync, sync_due
from coach.engine.api.session import Session
from coach.engine.jobs import queue
from coach.engine.periodic.due import what_is_due
from coach.engine.periodic.possible import PeriodicWishes, PossibleRun
from coach.engine.rules.steady import ClockReading
from coach.errors import AuthenticationFailed, BrokerTrouble, Invalid, NotFound
from coach.views.accounts import account, disconnection
from tests.integration.engine.sync.conftest import SharedClock, Spoil

WISHES = PeriodicWishes(None, None, fetch_candles=False, sync=True)


def due(session: Session, wishes: PeriodicWishes = WISHES) -> list[PossibleRun]:
    found = what_is_due(session.connection, ClockReading(session.clock(), None), wishes)
    return [one for one in found if one.order.kind == "import.trades"]


def health(session: Session, name: str = "sandbox") -> tuple[object, object]:
    shown = account(accounts.summary(session, name))
    return shown["health"], shown["trouble"]


@pytest.mark.usefixtures("connected")
def test_a_connected_account_is_due_once_in_its_period_whoever_reads_it(
    session: Session, clock: SharedClock
) -> None:
    (found,) = due(session)
    assert found.order.request["account"] == "sandbox"
    assert sync(session).id == found.order.id
    assert due(session) == []
    assert sync_due(session).runs == ()
    clock.forward(session, hours=6)
    (following,) = due(session)
    (run,) = sync_due(session).runs
    assert run.id == following.order.id != found.order.id


@pytest.mark.usefixtures("connected")
def test_a_sync_that_a_worker_was_asked_for_is_the_same_run(session: Session) -> None:
    (found,) = due(session)
    assert queue.enqueue(session.connection, session.user.id, found.order, session.clock())
    assert sync(session).id == found.order.id
    assert [run.state for run in imports.all_runs(session)] == ["done"]


@pytest.mark.usefixtures("connected")
def test_an_account_is_read_as_often_as_it_says_and_not_at_all_with_zero(
    session: Session, clock: SharedClock
) -> None:
    set_sync_hours(session, "sandbox", 24)
    sync(session)
    clock.forward(session, hours=6)
    assert due(session) == []
    clock.forward(session, hours=18)
    assert len(due(session)) == 1
    set_sync_hours(session, "sandbox", 0)
    assert due(session) == []
    assert sync_due(session).runs == ()
    assert account(accounts.summary(session, "sandbox"))["next_sync"] is None


@pytest.mark.usefixtures("connected")
@pytest.mark.parametrize("hours", [-1, 169])
def test_hours_that_make_no_sense_are_refused(session: Session, hours: int) -> None:
    with pytest.raises(Invalid):
        set_sync_hours(session, "sandbox", hours)


@pytest.mark.usefixtures("connected")
def test_nothing_is_due_where_the_setting_says_off(session: Session) -> None:
    assert due(session, PeriodicWishes(None, None, fetch_candles=False)) == []


@pytest.mark.usefixtures("connected")
def test_an_account_shows_its_scopes_and_when_it_is_read_next(
    session: Session, clock: SharedClock
) -> None:
    shown = account(accounts.summary(session, "sandbox"))
    assert (shown["scopes"], shown["expires_at"]) == (["view"], None)
    assert (shown["health"], shown["sync_hours"]) == ("not_read_yet", 6)
    next_sync = shown["next_sync"]
    assert next_sync is not None
    assert 0 < (next_sync - clock.now()).total_seconds() <= 6 * 3_600
    sync(session)
    assert health(session) == ("ok", None)


@pytest.mark.usefixtures("connected")
def test_an_account_says_why_its_last_sync_failed_until_one_does_not(
    session: Session, spoil: Spoil
) -> None:
    spoil(path="fills", at={1: "banned"})
    with pytest.raises(BrokerTrouble):
        sync(session)
    state, trouble = health(session)
    assert state == "failing"
    assert "HTTP 418" in str(trouble)
    sync(session)
    assert health(session) == ("ok", None)


@pytest.mark.usefixtures("connected")
def test_a_key_that_is_gone_asks_to_connect_again_and_is_left_alone(
    session: Session, world: SandboxWorld
) -> None:
    forgotten = dict(world.keys)
    world.keys.clear()
    try:
        with pytest.raises(AuthenticationFailed):
            sync(session)
        assert health(session)[0] == "reauth_required"
        assert due(session) == []
    finally:
        world.keys.update(forgotten)
    sync(session)
    assert health(session)[0] == "ok"


def test_one_account_that_fails_does_not_stop_the_others(
    session: Session, world: SandboxWorld, sandbox: SandboxServer, spoil: Spoil, connected: str
) -> None:
    key = issue_kraken_key(world)
    accounts.connect(session, "kraken", key, "kraken", sandbox.url)
    spoil(path="orders/historical/fills", chance={"banned": 1.0})
    found = sync_due(session)
    assert [run.account for run in found.runs] == ["kraken"]
    assert [name for name, _ in found.troubles] == [connected]


def test_kraken_tells_the_same_trades_as_coinbase(
    session: Session, world: SandboxWorld, sandbox: SandboxServer, connected: str
) -> None:
    accounts.connect(session, "kraken", issue_kraken_key(world), "kraken", sandbox.url)
    sync(session, connected)
    run = sync(session, "kraken")
    assert (run.source, run.new) == ("kraken-api", len(world.executions))
    assert sync(session, "kraken").new == 0
    assert sync(session, "kraken", SyncRequest(since=world.executions[0].at)).new == 0
    books = session.connection.execute(
        "select count(*), count(distinct (symbol, side, quantity, price, fee, at)) from fill"
    ).fetchone()
    assert books == (2 * len(world.executions), len(world.executions))


def test_leaving_wipes_the_key_and_the_connection_and_keeps_the_fills(
    session: Session, connected: str
) -> None:
    run = sync(session)
    left = disconnect(session, connected)
    shown = disconnection(left)
    assert (shown["wiped"], shown["revoked"], shown["trouble"]) == (True, False, None)
    assert "delete the key at Coinbase" in shown["how_to_check"]
    for table in ("connection", "sealed_secret", "fetched_entries", "fetched_window"):
        assert session.connection.execute(f"select from {table}").fetchall() == []
    kept = accounts.summary(session, connected)
    assert (kept.fills, kept.connected) == (run.new, "")
    assert account(kept)["health"] == "statement"
    assert due(session) == []
    with pytest.raises(NotFound):
        disconnect(session, connected)


def test_leaving_wipes_what_cannot_be_opened_any_more(session: Session, connected: str) -> None:
    """Somebody changed the sealed key: the broker cannot be asked, and all the same it is gone."""
    session.connection.execute("update sealed_secret set sealed = '\\x00'")
    left = disconnect(session, connected)
    assert left.trouble
    assert "yourself" in left.how_to_check
    assert session.connection.execute("select from sealed_secret").fetchall() == []
