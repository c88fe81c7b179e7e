"""What else is due by the clock: calibrations, candles, locks, experiments, months, purges."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryFile

import pytest

from coach.engine.api import insights, upkeep
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.promises import calibration, experiments, rules
from coach.engine.api.promises.experiments import ExperimentRequest
from coach.engine.api.promises.rules import Terms
from coach.engine.api.session import Session
from coach.engine.jobs import queue
from coach.engine.outbox import partitions
from coach.engine.periodic import orders
from coach.engine.periodic.due import what_is_due
from coach.engine.rules.steady import ClockReading
from coach.engine.store import users
from coach.engine.store.accounts import BrokerConnection, connect_broker, ensure_account
from coach.model.accounts import INSTALLATION
from coach.model.machine.clock import Ticks
from coach.model.times import HOUR_US
from tests.integration.engine.conftest import HEADER, Importer, row
from tests.integration.engine.periodic.conftest import EVERYTHING, WISHES, Clock, Due

TRADE = ("09:00 buy BTC-USD 1 @ 100", "10:00 sell BTC-USD 1 @ 101")
RULE = "max_size_vs_median"


def connected(session: Session, name: str) -> None:
    account = ensure_account(session.connection, session.user.id, name, "coinbase", shorts=False)
    made = BrokerConnection(account.id, name, "coinbase", "", "key", "", {}, session.clock())
    connect_broker(session.connection, session.user.id, made)


def automatic(session: Session, rule: str = RULE) -> None:
    rules.add(session, rule, {"ratio": 2} if rule == RULE else {"minutes": 30})
    calibration.calibrate(session, rule, auto=True)


def test_rules_are_calibrated_where_one_may_move_by_itself_once_a_week(
    at: Session, due: Due, clock: Clock, imported: Importer
) -> None:
    imported(*TRADE)
    rules.add(at, RULE, {"ratio": 2})
    clock.later(weeks=1)
    assert due("calibrate.rules") == []
    calibration.calibrate(at, RULE, auto=True)
    assert due("calibrate.rules") == []  # just now, this week
    clock.later(weeks=1)
    assert due("calibrate.rules") == [(at.user.id, "calibrate.rules", {"week": "2026-W13"})]


def test_conclusions_that_an_import_left_are_due_until_somebody_draws_them(
    at: Session, due: Due, clock: Clock, tmp_path: Path
) -> None:
    large = replace(at, scored_at_once=0)
    assert due("score.bias") == []
    for number, day in enumerate(("2026-03-02", "2026-03-03")):
        file = tmp_path / f"{day}.csv"
        file.write_text("\n".join([HEADER, *(row(day, line) for line in TRADE)]) + "\n")
        import_statement(large, file, ImportRequest(account="main"))
        [(user_id, kind, _)] = due("score.bias")
        assert (user_id, kind) == (at.user.id, "score.bias")
        [one] = [
            one
            for one in what_is_due(at.connection, ClockReading(clock.now, None), WISHES)
            if one.order.kind == "score.bias"
        ]
        queue.enqueue(at.connection, at.user.id, one.order, clock.now)
        assert due("score.bias") == []  # it is asked for
        if number:
            insights.findings(large)
        clock.later(minutes=1)
    assert due("score.bias") == []


@pytest.mark.parametrize("how", ["paused", "removed", "switched off"])
def test_a_rule_that_does_not_move_by_itself_is_not_calibrated_by_the_clock(
    at: Session, due: Due, clock: Clock, imported: Importer, how: str
) -> None:
    imported(*TRADE)
    automatic(at)
    if how == "paused":
        rules.switch(at, RULE, active=False)
    elif how == "removed":
        rules.remove(at, RULE)
    else:
        calibration.calibrate(at, RULE, auto=False)
    clock.later(weeks=1)
    assert due("calibrate.rules") == []


def test_a_calibration_of_all_rules_by_hand_is_the_run_of_that_week(
    at: Session, due: Due, clock: Clock, imported: Importer
) -> None:
    imported(*TRADE)
    automatic(at)
    clock.later(weeks=1)
    assert len(due("calibrate.rules")) == 1
    calibration.calibrate(at)
    assert due("calibrate.rules") == []
    kept = "select count(*) from run where id = %s"
    order = orders.calibration_order("2026-W12")
    assert at.connection.execute(kept, [order.id]).fetchone() == (1,)


def test_only_rules_that_may_move_by_themselves_are_calibrated(
    at: Session, clock: Clock, imported: Importer
) -> None:
    imported(*TRADE)
    automatic(at)
    rules.add(at, "cooldown_after_loss", {"minutes": 30})
    calibration.calibrate(at, "cooldown_after_loss")
    clock.later(weeks=1)
    assert calibration.calibrate_automatic(at, "2026-W12") == {"rules": 1, "proposals": 0}
    weeks = at.connection.execute("select rule_id, week from calibration order by 1").fetchall()
    assert weeks == [("cooldown_after_loss", "2026-W11"), (RULE, "2026-W12")]


def test_candles_are_fetched_daily_for_whom_a_broker_is_connected_and_only_where_allowed(
    at: Session, due: Due, clock: Clock, imported: Importer
) -> None:
    imported(*TRADE, account="by statement")
    assert due("fetch.candles", wishes=EVERYTHING) == []
    connected(at, "coinbase")
    assert due("fetch.candles", wishes=EVERYTHING) == []
    imported("11:00 buy ETH-USD 1 @ 10", account="coinbase")
    assert due("fetch.candles", wishes=WISHES) == []
    [(user, _, today)] = due("fetch.candles", wishes=EVERYTHING)
    assert user == at.user.id
    clock.later(days=1)
    [(_, _, tomorrow)] = due("fetch.candles", wishes=EVERYTHING)
    assert today != tomorrow


At = Callable[[float], Session]


@pytest.fixture
def hours(at: Session) -> At:
    """Return the session at so many hours later, by all clocks."""

    def made(later: float) -> Session:
        up = Ticks("one", round(later * HOUR_US))
        now = at.clock() + timedelta(hours=later)
        return replace(at, clock=lambda: now, ticks=lambda: up)

    return made


def due_at(session: Session, due: Due) -> list[object]:
    found = due("settle.promises", now=session.clock())
    return [request for _, _, request in found]


def test_a_change_behind_a_lock_is_due_when_the_lock_ends_and_no_more_once_made(
    hours: At, due: Due
) -> None:
    rule = rules.add(hours(0), "max_trades_per_day", {"limit": 1}, Terms(lock_hours=24)).rule.id
    assert due_at(hours(30), due) == []  # a lock alone waits for nothing
    rules.edit(hours(1), rule, {"limit": 2}, Terms())
    assert due_at(hours(24.5), due) == []
    [request] = due_at(hours(25.5), due)
    assert request == {"day": "2026-03-10", "ended": "2026-03-10T01:00:00+00:00"}
    upkeep.settle(hours(25.5))
    assert rules.view(hours(26), rule).rule.params["limit"] == 2
    assert due_at(hours(26), due) == []


def test_a_running_experiment_is_seen_to_once_a_day_of_the_users_zone(
    at: Session, due: Due, clock: Clock, imported: Importer
) -> None:
    imported(*TRADE)
    rules.add(at, "max_trades_per_day", {"limit": 1})
    assert due("settle.promises") == []
    experiments.start(at, "max_trades_per_day", ExperimentRequest(8))
    assert due("settle.promises") == [
        (at.user.id, "settle.promises", {"day": "2026-03-09", "ended": None})
    ]
    order = orders.settle_order(at.clock().date(), None)
    queue.enqueue(at.connection, at.user.id, order, at.clock())
    assert due("settle.promises") == []
    clock.later(days=1)
    assert len(due("settle.promises")) == 1


def test_months_are_due_where_some_lack_or_are_older_than_wanted(
    at: Session, due: Due, clock: Clock
) -> None:
    assert due("make.months") == []
    clock.later(days=10 * 31)
    assert [user for user, _, _ in due("make.months")] == [INSTALLATION]
    partitions.ensure(at.connection, clock())
    assert due("make.months") == []
    assert due("make.months", wishes=replace(WISHES, event_months=3)) != []
    assert due("make.months", wishes=replace(WISHES, event_months=None)) == []


def test_a_purge_is_due_where_something_has_expired(at: Session, due: Due, clock: Clock) -> None:
    assert due("purge.expired") == []
    kept = "insert into hot_value (key, value, expires_at) values ('a', '', now() - %s::interval)"
    at.connection.execute(kept, ["1 second"])
    assert due("purge.expired") == [(INSTALLATION, "purge.expired", {"day": "2026-03-09"})]
    at.connection.execute("delete from hot_value")
    queue.enqueue(at.connection, INSTALLATION, orders.prune_order("2026-W10"), clock())
    at.connection.execute(
        "update run set state = 'done', finished_at = started_at where kind = 'prune.candles'"
    )
    clock.later(days=800)
    assert due("purge.expired") == []  # by this clock alone nothing is old
    queue.enqueue(at.connection, INSTALLATION, orders.prune_order("2028-W10"), clock())
    assert len(due("purge.expired")) == 1
    assert due("purge.expired", wishes=replace(WISHES, run_months=None)) == []


def test_candles_are_pruned_once_a_week_where_any_are_kept(at: Session, due: Due) -> None:
    assert due("prune.candles") == []
    at.connection.execute(
        "insert into candle_week (user_id, symbol, granularity_s, source, week, sha256, bars,"
        " first_at, last_at, stored_at, complete) values"
        " (%s, 'BTC-USD', 900, 'x', '2026-03-02', 'h', 1, now(), now(), now(), false)",
        [at.user.id],
    )
    assert due("prune.candles") == [(INSTALLATION, "prune.candles", {"week": "2026-W11"})]


def test_nothing_is_due_in_a_place_where_nothing_was_imported(due: Due) -> None:
    assert due(wishes=EVERYTHING) == []


def test_a_look_asks_no_more_questions_for_many_users_than_for_one(at: Session, due: Due) -> None:
    """The look is taken every minute, for users who have nothing too."""
    alone = questions_asked(at, lambda: due(wishes=EVERYTHING))
    for number in range(30):
        users.add(at.connection, f"user {number}", "Asia/Tokyo")
    assert questions_asked(at, lambda: due(wishes=EVERYTHING)) == alone > 0


def questions_asked(at: Session, look: Callable[[], object]) -> int:
    """Return how many statements the database is sent."""
    with TemporaryFile("w+") as trace:
        at.connection.pgconn.trace(trace.fileno())
        look()
        at.connection.pgconn.untrace()
        trace.seek(0)
        return sum("\tExecute\t" in line or "\tQuery\t" in line for line in trace)
