"""Older tables are copied before they are changed, and put back where the change fails."""

from collections.abc import Iterator

import pytest

from coach.engine.backup import upgrading
from coach.engine.backup.copying import copy_database
from coach.engine.store import migrate
from coach.engine.store.backup.databases import databases
from coach.engine.store.connect import connect
from coach.errors import DatabaseTrouble, NotFound, Refused

OLDER = "0055"


@pytest.fixture
def url(empty_database_url: str) -> Iterator[str]:
    """A database with the tables of an older coach, and a user."""
    migrate.upgrade(empty_database_url, OLDER)
    with connect(empty_database_url) as connection:
        connection.execute("insert into app_user (id, name, zone) values ('a', 'ann', 'UTC')")
    yield empty_database_url
    with databases(empty_database_url) as beside:
        for name in (beside.before_upgrade, beside.upgrading):
            beside.drop(name)


def stands(url: str) -> tuple[str | None, list[str]]:
    """Return the revision of the tables, and who is in them."""
    with connect(url) as connection:
        names = connection.execute("select name from app_user order by 1").fetchall()
        return migrate.revision(connection), [str(name) for (name,) in names]


def kept(url: str) -> str:
    with databases(url) as beside:
        return beside.url_of(beside.before_upgrade)


def test_older_tables_are_kept_beside_and_the_coach_that_made_them_puts_them_back(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrading.upgrade(url)
    assert stands(url) == (migrate.HEAD, ["ann"])
    assert stands(kept(url)) == (OLDER, ["ann"])
    with pytest.raises(Refused, match=OLDER):
        upgrading.roll_back(url)
    newer = migrate.HEAD
    monkeypatch.setattr(migrate, "HEAD", OLDER)
    upgrading.roll_back(url)
    assert (stands(url)[0], stands(kept(url))[0]) == (OLDER, newer)


def test_an_upgrade_that_fails_after_it_changed_tables_puts_them_back(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    upgrade = migrate.upgrade

    def fail_late(where: str, to: str = migrate.HEAD) -> None:
        upgrade(where, to)
        raise DatabaseTrouble(what="the role has no rights")

    with monkeypatch.context() as patched:
        patched.setattr(migrate, "upgrade", fail_late)
        with pytest.raises(DatabaseTrouble, match="no rights"):
            upgrading.upgrade(url)
    assert stands(url) == (OLDER, ["ann"])
    upgrading.upgrade(url)
    assert stands(url)[0] == migrate.HEAD


class Killed(BaseException):
    """What ends a process at once."""


def test_an_upgrade_that_was_killed_while_it_copied_is_done_by_the_next_one(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(source: str, target: str) -> None:
        copy_database(source, target)
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(upgrading, "copy_database", killed)
        with pytest.raises(Killed):
            upgrading.upgrade(url)
    assert stands(url) == (OLDER, ["ann"])
    upgrading.upgrade(url)
    assert stands(url)[0] == migrate.HEAD
    assert stands(kept(url))[0] == OLDER


def test_new_tables_are_made_without_a_copy_and_there_is_nothing_to_put_back(
    another_empty_database_url: str,
) -> None:
    upgrading.upgrade(another_empty_database_url)
    assert stands(another_empty_database_url) == (migrate.HEAD, [])
    with pytest.raises(NotFound, match="before an upgrade"):
        upgrading.roll_back(another_empty_database_url)
