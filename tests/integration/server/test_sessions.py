"""The sessions of a server over a database: with months for events, or not at all."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import psycopg
import pytest

from coach import wiring
from coach.engine.api import notes
from coach.engine.outbox import partitions
from coach.engine.outbox.wakes import CHANNEL
from coach.errors import DatabaseTrouble
from coach.server.doors.identity import TERMINAL, asking
from coach.server.sessions import SessionPool
from coach.settings import reading
from coach.settings.values import Settings

PATIENCE = 60
Connect = Callable[[], psycopg.Connection]


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    places = {"COACH_HOME": str(tmp_path), "COACH_EVENT_RETENTION": "forever"}
    return replace(reading.read(places, {}), database_url=database_url)


def test_a_server_does_not_begin_while_the_next_month_is_on_its_way_out(
    settings: Settings, connections: Connect
) -> None:
    with SessionPool(settings) as sessions, sessions.connection() as lent:
        assert lent.execute("select 1").fetchone() == (1,)
        assert sessions.usage()["pool_size"] == 1
    reader, other = connections(), connections()
    next_month = partitions.month_of(wiring.clock(), 1)
    [name] = [one.name for one in partitions.months(other) if one.first == next_month]
    with reader.transaction():
        reader.execute("select count(*) from event_outbox")
        other.execute("set statement_timeout = '500ms'")
        with pytest.raises(psycopg.errors.QueryCanceled):
            other.execute(f"alter table event_outbox detach partition {name} concurrently")
    with pytest.raises(DatabaseTrouble, match="made up to 0 ahead"):
        SessionPool(settings).__enter__()


def test_what_a_connection_of_the_pool_committed_last_is_announced_though_it_stays_open(
    settings: Settings, connections: Connect
) -> None:
    listener = connections()
    listener.execute(f"listen {CHANNEL}")
    with SessionPool(settings) as sessions:
        for text in ("waited", "did not wait"):  # the second while hints are gathered still
            with asking(TERMINAL), sessions.open() as session:
                user_id = session.user.id
                notes.add(session, date(2026, 3, 2), text)
            [told] = listener.notifies(timeout=PATIENCE, stop_after=1)
            assert told.payload == user_id
