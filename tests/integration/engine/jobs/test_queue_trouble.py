"""A database that goes away while work is asked for."""

import psycopg
import pytest

from coach.engine.jobs.carrier import defer
from coach.engine.store.connect import connect
from coach.engine.store.queue.repair import LeftBehind
from coach.model.accounts import RunId, UserId


def test_a_session_that_ends_while_work_is_asked_for_is_told_as_everywhere(
    database_url: str, connection: psycopg.Connection
) -> None:
    with connect(database_url) as asking:
        ended = "select pg_terminate_backend(%s, 60000)"
        connection.execute(ended, [asking.info.backend_pid])
        with pytest.raises(psycopg.OperationalError):
            defer(asking, LeftBehind(UserId("u"), RunId("r"), 0, None))
