"""The role of the application where coach may not make it: on a server of somebody else."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from coach.engine.store import migrate
from coach.engine.store.connect import CoachConnection, connect
from coach.engine.store.isolation import app_role
from coach.engine.store.isolation.confinement import ROLE
from tests.integration.isolation.conftest import user

OWNER = "coach_test_plain_owner"


class PlainDatabase(NamedTuple):
    """A database of an owner who may make no roles: as that owner, and as the administrator."""

    url: str
    admin: str


@pytest.fixture
def plain(empty_database_url: str) -> Iterator[PlainDatabase]:
    """Return tables of an owner who is no superuser; the role exists, but not for them."""
    owner = sql.Identifier(OWNER)
    url = make_conninfo(empty_database_url, options=f"-c role={OWNER}")
    with connect(empty_database_url) as admin:
        app_role_is_there(admin)
        admin.execute(sql.SQL("drop role if exists {}").format(owner))
        admin.execute(sql.SQL("create role {} nologin").format(owner))
        admin.execute(sql.SQL("grant create on schema public to {}").format(owner))
        migrate.upgrade(url)
        yield PlainDatabase(url, empty_database_url)
        admin.execute(sql.SQL("drop owned by {} cascade").format(owner))
        admin.execute(sql.SQL("drop role {}").format(owner))


def app_role_is_there(admin: CoachConnection) -> None:
    """Make the role as another database of the server may have done."""
    found = admin.execute("select from pg_roles where rolname = %s", [ROLE]).fetchone()
    if found is None:
        admin.execute(sql.SQL("create role {} nologin").format(sql.Identifier(ROLE)))


def test_an_owner_without_the_role_is_confined_by_the_policies_all_the_same(
    plain: PlainDatabase,
) -> None:
    with connect(plain.url) as connection:
        ann, _ = user(connection, "ann"), user(connection, "ben")
        assert app_role.examine(connection).complaints
        with connection.confined_to(ann):
            who = connection.execute("select name, current_user from app_user").fetchall()
        assert who == [("ann", OWNER)]
        (all_of_them,) = connection.execute("select count(*) from app_user").fetchone() or (0,)
        assert all_of_them == 2


def test_the_printed_script_gives_them_the_role(plain: PlainDatabase) -> None:
    with connect(plain.url) as connection:
        printed = app_role.script(connection)
        assert not app_role.is_usable(connection)
    with connect(plain.admin) as admin:
        admin.execute(printed, prepare=False)
    with connect(plain.url) as connection:
        assert app_role.examine(connection).complaints == ()
        ann = user(connection, "ann")
        with connection.confined_to(ann):
            assert connection.execute("select current_user").fetchone() == (ROLE,)


def test_a_role_that_may_step_around_the_policies_is_complained_of(database_url: str) -> None:
    with connect(database_url) as connection, connection.transaction(force_rollback=True):
        connection.execute(sql.SQL("alter role {} bypassrls").format(sql.Identifier(ROLE)))
        found = app_role.examine(connection)
        assert found.complaints == (f"the role {ROLE} can step around the policies",)


def test_a_table_without_rights_is_complained_of(database_url: str) -> None:
    with connect(database_url) as connection, connection.transaction(force_rollback=True):
        connection.execute(sql.SQL("revoke all on note from {}").format(sql.Identifier(ROLE)))
        found = app_role.examine(connection)
        assert found.complaints == (f"the role {ROLE} has no rights on note",)


def test_tables_that_were_restored_by_another_role_are_reached_by_it(database_url: str) -> None:
    named = "select count(*) from pg_policy where polname = 'all_rows_for_the_owner'"
    with connect(database_url) as connection, connection.transaction(force_rollback=True):
        before = connection.execute(named).fetchone()
        connection.execute("drop policy all_rows_for_the_owner on note")
        connection.execute("alter policy all_rows_for_the_owner on fill to public")
        assert app_role.prepare(connection)
        assert connection.execute(named).fetchone() == before
        asked = "select polroles = array[0::oid] from pg_policy where polrelid = 'fill'::regclass"
        roles = [is_public for (is_public,) in connection.execute(f"{asked} order by polname")]
        assert roles == [False, True]
