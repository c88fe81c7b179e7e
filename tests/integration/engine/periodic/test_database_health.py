"""What the status and the doctor say of the months for events and of autovacuum."""

from dataclasses import replace
from datetime import datetime

import pytest

from coach.engine.api import health, upkeep
from coach.engine.api.health import Check
from coach.engine.api.live.readiness import readiness
from coach.engine.api.session import Session
from coach.engine.outbox import partitions
from coach.engine.store.connect import connect


def checks(session: Session, name: str) -> list[Check]:
    return [check for check in health.examine(session) if check.name == name]


def only_months_until(session: Session, ahead: int) -> None:
    """Drop every month for events from that one on, counted from the present."""
    first = partitions.month_of(session.clock(), ahead + 1)
    for month in partitions.months(session.connection):
        if month.first >= first:
            session.connection.execute(f"drop table {month.name}")


@pytest.mark.parametrize(
    ("ahead", "degree", "state"),
    [(2, "ok", "ok"), (1, "degraded", "warning"), (0, "failing", "error")],
)
def test_months_that_run_out_are_told_by_status_and_doctor(
    session: Session, ahead: int, degree: str, state: str
) -> None:
    only_months_until(session, ahead)
    status, [check] = health.status(session), checks(session, "events")
    assert (status.health, check.state) == (degree, state)
    if degree == "ok":
        assert status.reasons == ()
    else:
        assert status.reasons == (check.detail,)
        assert check.remedy == "open_months"
    assert [one.state for one in readiness(session) if one.name == "events"] == [state]


def test_a_command_goes_on_while_months_cannot_be_made_and_one_is_ready(
    session: Session, database_url: str
) -> None:
    only_months_until(session, 1)
    with connect(database_url) as holder, holder.transaction():
        holder.execute("lock table event_outbox in share update exclusive mode")
        upkeep.do_what_is_due(session, event_months=None)
    assert health.status(session).health == "degraded"
    upkeep.do_what_is_due(session, event_months=None)
    assert health.status(session).health == "ok"


def test_the_doctor_says_how_to_set_what_a_hot_table_lacks(session: Session) -> None:
    session.connection.execute("alter table user_stream reset (autovacuum_vacuum_threshold)")
    check = checks(session, "autovacuum")[-1]
    assert check.state == "warning"
    assert "user_stream" in check.detail
    session.connection.execute(check.hint)
    assert checks(session, "autovacuum")[-1].state == "ok"


def test_a_server_that_vacuums_nothing_is_told(session: Session) -> None:
    """The server of the tests is one: nothing stays there for long."""
    on = session.connection.execute("show autovacuum").fetchone()
    told = [check.state for check in checks(session, "autovacuum")]
    assert told == (["ok"] if on == ("on",) else ["warning", "ok"])


def test_months_of_a_later_clock_are_missing(session: Session) -> None:
    def much_later() -> datetime:
        return partitions.month_of(session.clock(), 40)

    status = health.status(replace(session, clock=much_later))
    assert status.reasons == ("there is no month for the events of today",)
