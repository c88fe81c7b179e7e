"""An import in a process that is not ours leaves its cycle collector on."""

import gc
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from coach.engine.api import users
from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.engine.store.connect import connect
from coach.model.machine.home import Home
from coach.model.machine.own_process import own_process

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
ROWS = 6_000
"""Enough for a word on how far it is."""


@pytest.fixture
def session(database_url: str, tmp_path: Path) -> Iterator[Session]:
    folders = Home(*(tmp_path / name for name in ("config", "data", "state", "cache")))
    with connect(database_url) as connection:
        user = users.add(connection, "local", "UTC")
        yield Session(connection, lambda: connect(database_url), user, lambda: NOW, folders)


def collector_while_importing(session: Session, folder: Path) -> set[bool]:
    statement = folder / "fills.csv"
    rows = (f"2026-03-02T10:00:00Z,BTC-USD,buy,1,100,0,USD,{row}" for row in range(ROWS))
    statement.write_text("\n".join([HEADER, *rows]))
    seen: set[bool] = set()
    import_statement(
        session, statement, ImportRequest(), lambda _done, _of: seen.add(gc.isenabled())
    )
    return seen


def test_an_import_leaves_the_collector_on(session: Session, tmp_path: Path) -> None:
    assert collector_while_importing(session, tmp_path) == {True}


def test_in_a_process_of_our_own_it_is_off_until_the_end(session: Session, tmp_path: Path) -> None:
    with own_process():
        assert collector_while_importing(session, tmp_path) == {False}
    assert gc.isenabled()
