"""What a broker says is there is kept at each sync, and reconciled with what the books hold."""

from datetime import timedelta
from decimal import Decimal

import pytest

from coach.brokers.sandbox.server import SandboxServer
from coach.brokers.sandbox.world import SandboxWorld, issue_kraken_key
from coach.engine.api import accounts, imports
from coach.engine.api.broker.sync import sync
from coach.engine.api.entries import ledger
from coach.engine.api.entries.reconcile import reconcile
from coach.engine.api.session import Session
from tests.integration.engine.sync.conftest import NOW, SharedClock, Spoil

STATED = "select coin, at, balance from stated_balance order by 1, 2"
ONCE = "select distinct coin, at, balance from stated_balance order by 1, 2"


def stated(session: Session) -> dict[str, Decimal]:
    return {coin: balance for coin, _, balance in session.connection.execute(STATED)}


def wallets(world: SandboxWorld) -> dict[str, Decimal]:
    return {
        str(one["currency"]): Decimal(str(one["available_balance"]["value"]))  # type: ignore[index, call-overload]
        for one in world.accounts
    }


@pytest.mark.usefixtures("connected")
def test_the_balances_of_a_connected_broker_are_compared_without_a_file(
    session: Session, world: SandboxWorld, spoil: Spoil, clock: SharedClock
) -> None:
    """Nobody told of the money that was paid in: that is said, and its statement mends it."""
    spoil(path="/v2/", chance={"restricted": 1.0})
    sync(session)
    traded = {part for one in world.executions for part in one.product_id.split("-")}
    assert stated(session) == {
        coin: held for coin, held in wallets(world).items() if coin in traded
    }
    found = reconcile(session)
    assert {one.stated_at for one in found.balances} == {NOW}
    assert {gap.cause for gap in found.gaps} == {"entries_not_read"}
    for gap in found.gaps:
        for coin, amount in gap.amounts:
            leaves = amount < 0
            at = NOW - timedelta(days=100)
            ledger.write(
                session, "sandbox", ledger.NewEntry("other", coin, abs(amount), at, leaves=leaves)
            )
    assert reconcile(session).gaps == ()
    clock.forward(session, days=1)
    sync(session)
    again = reconcile(session)
    assert again.gaps == ()
    held = {one.stated_at for one in again.balances if one.stated}
    assert held == {NOW + timedelta(days=1)}


@pytest.mark.usefixtures("connected")
def test_what_a_sync_kept_goes_with_it_and_the_same_sync_keeps_it_once(session: Session) -> None:
    first = sync(session)
    kept = session.connection.execute(STATED).fetchall()
    sync(session)
    assert session.connection.execute(ONCE).fetchall() == kept
    imports.undo(session, first.id)
    held = {coin for coin, _, balance in kept if balance}
    assert {coin for coin, balance in stated(session).items() if balance} == held
    for run in imports.all_runs(session):
        if run.state == "done":
            imports.undo(session, run.id)
    assert stated(session) == {}


@pytest.mark.usefixtures("connected")
def test_wallets_that_do_not_come_are_no_zero_and_stop_no_fill(
    session: Session, world: SandboxWorld, spoil: Spoil
) -> None:
    spoil(path="accounts", chance={"restricted": 1.0})
    run = sync(session)
    assert run.new == len(world.executions)
    assert [one for one in run.warnings if one.startswith("the balances were not read")]
    assert stated(session) == {}


def test_a_broker_that_tells_its_ledger_leaves_nothing_unread(
    session: Session, world: SandboxWorld, sandbox: SandboxServer
) -> None:
    accounts.connect(session, "kraken", issue_kraken_key(world), "kraken", sandbox.url)
    sync(session, "kraken")
    assert set(stated(session)) >= {coin for coin, held in wallets(world).items() if held}
    assert "entries_not_read" not in {gap.cause for gap in reconcile(session).gaps}
