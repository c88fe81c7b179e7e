"""A sync keeps the balances that changed, and every reading is known all the same."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from alembic.script import ScriptDirectory

from coach.engine.api import imports
from coach.engine.api.broker.sync import sync
from coach.engine.api.entries import ledger
from coach.engine.api.session import Session
from coach.engine.store import migrate
from coach.engine.store.entries import balances
from tests.integration.engine.sync.conftest import NOW, SharedClock

Held = dict[tuple[str, datetime], Decimal]
A_DAY = timedelta(days=1)
pytestmark = pytest.mark.usefixtures("connected")


def written_out() -> str:
    """Return the SQL by which the tables of before get every balance again."""
    scripts = ScriptDirectory.from_config(migrate.configuration(""))
    return str(scripts.get_revision("0071").module.WRITE_OUT)


def rows(session: Session) -> int:
    found = session.connection.execute("select count(*) from stated_balance").fetchone()
    assert found is not None
    return int(found[0])


def stated(session: Session) -> Held:
    """Return what was stated of each coin, at each moment."""
    with session.connection.transaction():
        found = balances.coins(session.connection, session.user.id)
    return {
        (coin, point.at): balance
        for (_, coin), one in found.items()
        for point in one.checkpoints
        for _, balance in point.stated
    }


def days(found: Held) -> list[int]:
    return sorted({(at - NOW) // A_DAY for _, at in found})


def test_what_did_not_change_takes_no_row_and_is_stated_at_every_sync(
    session: Session, clock: SharedClock
) -> None:
    sync(session)
    first, kept = stated(session), rows(session)
    for _ in range(3):
        clock.forward(session, days=1)
        sync(session)
    found = stated(session)
    assert rows(session) == kept
    assert days(found) == [0, 1, 2, 3]
    assert {(coin, at): balance for (coin, at), balance in found.items() if balance} == {
        (coin, at + day * A_DAY): balance
        for (coin, at), balance in first.items()
        for day in range(4)
        if balance
    }


def test_undoing_a_sync_takes_its_own_reading_alone(session: Session, clock: SharedClock) -> None:
    runs = [sync(session)]
    for _ in range(3):
        clock.forward(session, days=1)
        runs.append(sync(session))
    every = stated(session)
    for run, left in ((runs[0], [1, 2, 3]), (runs[2], [1, 3]), (runs[3], [1])):
        imports.undo(session, run.id)
        found = stated(session)
        assert days(found) == left
        assert found.items() <= every.items()
        assert len(found) == len([one for one in every if (one[1] - NOW) // A_DAY in left])
    clock.forward(session, days=1)
    sync(session)
    assert days(stated(session)) == [1, 4]


def test_what_somebody_else_stated_since_ends_what_is_carried(
    session: Session, clock: SharedClock
) -> None:
    sync(session)
    (coin, _), held = next(iter(stated(session).items()))
    noon = NOW + timedelta(hours=12)
    clock.forward(session, days=1)
    ledger.write(session, "sandbox", ledger.NewEntry("other", coin, Decimal(1), noon))
    before = rows(session)
    session.connection.execute(
        "insert into stated_balance select user_id, account_id, run_n, coin, wallet, %s, %s"
        " from stated_balance where coin = %s limit 1",
        [noon, held + 1, coin],
    )
    sync(session)
    assert rows(session) > before + 1
    assert stated(session)[coin, NOW + A_DAY] == held


def test_the_tables_of_before_have_every_balance_of_every_reading(
    session: Session, clock: SharedClock
) -> None:
    sync(session)
    for _ in range(2):
        clock.forward(session, days=1)
        sync(session)
    every = stated(session)
    session.connection.execute(written_out())
    session.connection.execute("delete from balance_reading")
    assert stated(session) == every
