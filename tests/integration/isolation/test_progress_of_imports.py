"""The second connection of an import, which writes its progress, reaches one user's rows alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from psycopg import errors

from coach.engine.api.imports import ImportRequest, import_statement
from coach.engine.api.session import Session
from coach.engine.imports.read import ROWS_A_WORD
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.isolation.confinement import ROLE
from coach.model.accounts import User, UserId
from coach.model.machine.home import Home

HEADER = "timestamp,symbol,side,quantity,price,fee,fee_currency,trade_id"
WHO = "select current_user, current_setting('coach.user_id', true)"
CHANGE = "update app_user set zone = 'UTC' where id = %s"
OF_ANOTHER = "insert into run (user_id, id, kind, state) values (%s, 'r', 'import', 'done')"
SIDES = ("buy", "sell")
ROWS = 2 * ROWS_A_WORD
NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)

Opened = list[CoachConnection]


class Running:
    """A clock on which two seconds pass between any two looks at it."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=2)
        return self.now


@contextmanager
def importing(url: str, folder: Path, user: User, opened: Opened) -> Iterator[Session]:
    """Yield a session of a user; what it opens beside its own connection is in `opened`."""

    def again() -> CoachConnection:
        opened.append(connect(url))
        return opened[-1]

    folders = Home(*(folder / name for name in ("config", "data", "state", "cache")))
    with connect(url) as own:
        yield Session(own, again, user, Running(NOW), folders)


def statement(folder: Path) -> Path:
    """Write as many rows as are reported twice, at a minute each."""
    start = NOW - timedelta(minutes=ROWS)
    lines = [
        f"{start + timedelta(minutes=n):%Y-%m-%dT%H:%M:%SZ},BTC-USD,{SIDES[n % 2]},1,100,0,,t{n}"
        for n in range(ROWS)
    ]
    file = folder / "fills.csv"
    file.write_text("\n".join([HEADER, *lines, ""]))
    return file


def test_progress_is_written_for_its_user_and_can_be_for_nobody_else(
    database_url: str, owner: CoachConnection, ann: UserId, ben: UserId, tmp_path: Path
) -> None:
    seen: list[object] = []
    opened: Opened = []

    def look(_rows: int, _total: int | None) -> None:
        for beside in opened:
            seen.append(beside.execute(WHO).fetchone())
            seen.append(beside.execute("select name from app_user").fetchall())
            seen.append(beside.execute(CHANGE, [ben]).rowcount)
            with pytest.raises(errors.InsufficientPrivilege, match="row-level"):
                beside.execute(OF_ANOTHER, [ben])

    with importing(database_url, tmp_path, User(ann, "ann", "UTC"), opened) as session:
        run = import_statement(session, statement(tmp_path), ImportRequest(), look)
    assert run.new == ROWS
    assert [one.closed for one in opened] == [True]
    assert seen == [(ROLE, ann), [("ann",)], 0]
    every = owner.execute("select user_id from event_outbox where type = 'import.progress'")
    assert every.fetchall() == [(ann,), (ann,)]
