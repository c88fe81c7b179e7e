"""The zone and the equity: where they would loosen a locked rule they wait for its lock."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from coach.engine.api import accounts, events, health, upkeep, users
from coach.engine.api.promises import pending_settings, plans, rules
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.engine.store import users as store_users
from coach.engine.store.accounts import BrokerConnection, connect_broker, ensure_account
from coach.engine.store.connect import connect
from coach.errors import Conflict
from coach.model.accounts import Run
from coach.model.machine.clock import Ticks
from coach.model.times import HOUR_US

HOUR = timedelta(hours=1)
NOON = datetime(2026, 4, 1, 12, tzinfo=UTC)
LOCKED = Terms(lock_hours=24)
TOKYO = "Asia/Tokyo"
ENTRIES = tuple(f"{hour}:00 buy {coin}-USD 1 @ 10" for hour, coin in ((10, "A"), (12, "B")))

At = Callable[..., Session]
Importer = Callable[..., Run]


@pytest.fixture
def at(session: Session) -> At:
    """Return the session at so many hours after noon, by all clocks."""

    def made(hours: float) -> Session:
        up = Ticks("one", round(hours * HOUR_US))
        return replace(session, clock=lambda: NOON + hours * HOUR, ticks=lambda: up)

    return made


def started(session: Session) -> Session:
    """Do what a process does first, and return the session that goes on."""
    return upkeep.do_what_is_due(session, None)


def zone_of(session: Session) -> str:
    found = store_users.find(session.connection, session.user.name)
    assert found is not None
    return found.zone


def equity_of(session: Session, name: str = "main") -> Decimal | None:
    return accounts.summary(session, name).equity


def connected(session: Session, name: str) -> None:
    """Connect an account that was never read."""
    account = ensure_account(session.connection, session.user.id, name, "coinbase", shorts=False)
    made = BrokerConnection(account.id, name, "coinbase", "", "key", "/no/key", {}, session.clock())
    connect_broker(session.connection, session.user.id, made)


def told(session: Session) -> list[tuple[str, str, str, datetime, tuple[str, ...]]]:
    waiting = pending_settings.waiting(session)
    return [(one.name, one.was, one.value, one.due_at, one.rules) for one in waiting]


@pytest.fixture
def day_limit(at: At) -> str:
    return rules.add(at(0), "max_trades_per_day", {"limit": 1}, LOCKED).rule.id


@pytest.fixture
def loss_limit(at: At, imported: Importer) -> str:
    """An account with 5000, and a locked limit of two percent of it."""
    imported(*ENTRIES)
    plans.set_equity(at(0), "main", Decimal(5000))
    return rules.add(at(0), "max_loss_per_day", {"percent": 2}, LOCKED).rule.id


@pytest.mark.parametrize("kind", ["max_trades_per_day", "all"])
def test_another_zone_waits_for_a_locked_rule_that_counts_days(at: At, kind: str) -> None:
    limit = {"limit": 1}
    params = (
        {"rules": [{"kind": "max_trades_per_day", "params": limit}]} if kind == "all" else limit
    )
    rules.add(at(0), kind, params, LOCKED)
    assert users.set_zone(at(1), TOKYO) == ()
    assert zone_of(at(1)) == "UTC"
    assert told(at(2)) == [("zone", "UTC", TOKYO, NOON + 25 * HOUR, (kind,))]
    assert rules.view(at(2), kind).waiting_settings == tuple(pending_settings.waiting(at(2)))
    assert [one.value for one in health.status(at(2)).waiting_settings] == [TOKYO]


def test_no_rule_without_a_lock_and_none_that_counts_no_days_holds_a_zone_back(at: At) -> None:
    rules.add(at(0), "max_trades_per_day", {"limit": 1})
    rules.add(at(0), "symbol_lock", {"symbols": ["DOGE"]}, LOCKED)
    users.set_zone(at(1), TOKYO)
    assert (zone_of(at(1)), told(at(1))) == (TOKYO, [])


def test_a_paused_rule_holds_it_back_as_it_does_a_change_of_itself(at: At) -> None:
    rules.add(at(0), "max_trades_per_day", {"limit": 1})
    rules.set_active(at(0), "max_trades_per_day", active=False)
    rules.edit(at(0), "max_trades_per_day", {}, LOCKED)
    users.set_zone(at(1), TOKYO)
    assert zone_of(at(1)) == "UTC"


@pytest.mark.usefixtures("day_limit")
def test_a_zone_that_waited_is_there_when_the_lock_ends_and_judged_with_its_event(
    at: At, imported: Importer
) -> None:
    """
    02:00 and 23:30 are one day in UTC, and two in Tokyo
    """
    imported("02:00 buy A-USD 1 @ 10", "23:30 buy B-USD 1 @ 10")
    assert len(rules.breaches(at(0))) == 1
    users.set_zone(at(1), TOKYO)
    assert started(at(24.9)).user.zone == "UTC"
    before = len(list(events.every(at(25))))
    assert started(at(25)).user.zone == TOKYO
    assert (zone_of(at(25)), told(at(25)), rules.breaches(at(25))) == (TOKYO, [], [])
    [news] = list(events.every(at(25)))[before:]
    assert (news.type, news.payload) == ("zone.changed", {"was": "UTC", "now": TOKYO})


def test_the_newest_word_counts_and_the_zone_that_stands_drops_what_waits(
    at: At, day_limit: str
) -> None:
    users.set_zone(at(1), TOKYO)
    users.set_zone(at(3), "Europe/Berlin")
    berlin = ("zone", "UTC", "Europe/Berlin", NOON + 27 * HOUR, (day_limit,))
    assert told(at(3)) == [berlin]
    users.set_zone(at(4), "UTC")
    assert told(at(4)) == []
    assert started(at(90)).user.zone == "UTC"


def test_to_resume_a_rule_drops_what_its_lock_holds_back(at: At, loss_limit: str) -> None:
    users.set_zone(at(1), TOKYO)
    plans.set_equity(at(1), "main", Decimal(9000))
    assert len(rules.view(at(1), loss_limit).waiting_settings) == 2
    assert rules.set_active(at(2), loss_limit, active=True).waiting_settings == ()
    assert told(at(2)) == []


def test_several_locks_hold_a_zone_back_until_the_longest_ends(at: At, day_limit: str) -> None:
    users.set_zone(at(1), TOKYO)
    longer = rules.add(at(2), "max_loss_per_day", {"amount": 5}, Terms(lock_hours=48)).rule.id
    assert told(at(2)) == [("zone", "UTC", TOKYO, NOON + 49 * HOUR, (day_limit, longer))]


def test_what_waits_for_a_lock_that_is_off_by_now_is_made(at: At, day_limit: str) -> None:
    rules.edit(at(0), day_limit, {}, Terms(lock_hours=1))
    users.set_zone(at(23), TOKYO)
    assert told(at(23))[0][3] == NOON + 47 * HOUR
    assert started(at(25)).user.zone == TOKYO  # the lock is one hour since 24


def test_more_equity_waits_and_less_does_not(at: At, loss_limit: str) -> None:
    plans.set_equity(at(1), "main", Decimal(9000))
    assert equity_of(at(1)) == 5000
    assert told(at(1)) == [("equity", "5000", "9000", NOON + 25 * HOUR, (loss_limit,))]
    plans.set_equity(at(2), "main", Decimal(4000))
    assert equity_of(at(2)) == 4000
    assert told(at(2)) == []


@pytest.mark.usefixtures("loss_limit")
def test_an_equity_that_waited_is_set_when_the_lock_ends(at: At) -> None:
    plans.set_equity(at(1), "main", Decimal("9000.5"))
    started(at(24.9))
    assert equity_of(at(24.9)) == 5000
    started(at(25))
    assert (equity_of(at(25)), told(at(25))) == (Decimal("9000.5"), [])


@pytest.mark.usefixtures("loss_limit")
def test_the_equity_of_another_account_adds_to_the_limit_so_it_waits(at: At) -> None:
    connected(at(1), "other")
    plans.set_equity(at(1), "other", Decimal(1))
    assert (equity_of(at(1), "other"), [one[2] for one in told(at(1))]) == (None, ["1"])


def test_the_first_word_about_equity_is_taken_at_once(at: At, imported: Importer) -> None:
    """Until then a limit in percent is not judged at all."""
    imported(*ENTRIES)
    rules.add(at(0), "max_loss_per_day", {"percent": 2}, LOCKED)
    plans.set_equity(at(1), "main", Decimal(5000))
    assert equity_of(at(1)) == 5000


@pytest.mark.usefixtures("day_limit")
def test_a_limit_in_other_units_holds_no_equity_back(at: At, imported: Importer) -> None:
    imported(*ENTRIES)
    plans.set_equity(at(1), "main", Decimal(5000))
    plans.set_equity(at(1), "main", Decimal(9000))
    assert equity_of(at(1)) == 9000


def test_the_account_that_a_locked_limit_is_measured_against_is_not_removed(at: At) -> None:
    connected(at(0), "empty")
    plans.set_equity(at(0), "empty", Decimal(5000))
    rules.add(at(0), "max_drawdown", {"percent": 2}, LOCKED)
    with pytest.raises(Conflict, match="rule max_drawdown is locked and measured against"):
        accounts.remove(at(0), "empty")
    assert equity_of(at(0), "empty") == 5000
    connected(at(0), "another")
    assert accounts.remove(at(0), "another").name == "another"


@pytest.mark.usefixtures("day_limit")
def test_a_zone_whose_turn_another_import_has_waits_for_the_next_start(
    at: At, database_url: str
) -> None:
    users.set_zone(at(1), TOKYO)
    with connect(database_url) as other:
        other.execute(
            "select pg_advisory_lock(hashtextextended(%s, 0))", [f"import:{at(1).user.id}"]
        )
        assert started(at(25)).user.zone == "UTC"
    assert started(at(26)).user.zone == TOKYO
