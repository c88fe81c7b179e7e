"""Every table of the catalogue, tried as the other user: read, changed, deleted, written."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import errors, sql

from coach.engine.store.connect import CoachConnection
from coach.engine.store.isolation import app_role
from coach.engine.store.isolation.confinement import ROLE, Confinement
from coach.engine.store.tables import metadata
from coach.model.accounts import UserId

NOBODYS = {
    "alembic_version",
    "audit_tombstone",
    "hot_bucket",
    "hot_value",
    "installation",
    "kek_recovery",
    "procrastinate_events",
    "procrastinate_periodic_defers",
    "procrastinate_workers",
    "setup_link",
}
"""Tables whose rows belong to no user; what else there is needs policies."""
TABLES = """
select relname, relrowsecurity and relforcerowsecurity, relispartition from pg_class
 where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by 1
"""
CONSTRAINTS = """
select conname from pg_constraint where conrelid = %s::regclass and contype <> 'n'
 order by contype = 'p'
"""
NOT_NULL = """
select attname, attname = any (array(select a.attname from pg_partitioned_table p
    join pg_attribute a on a.attrelid = p.partrelid and a.attnum = any (p.partattrs)
   where p.partrelid = %(table)s::regclass))
  from pg_attribute where attrelid = %(table)s::regclass and attnum > 0 and attnotnull
   and attidentity = ''
"""


def tables(owner: psycopg.Connection) -> dict[str, tuple[bool, bool]]:
    """Return of each table whether its policies hold for all, and whether it is a month."""
    found = owner.execute(TABLES).fetchall()
    return {name: (protected, month) for name, protected, month in found}


def owners_column(table: str) -> sql.Composable:
    if table == "procrastinate_jobs":
        return sql.SQL("args")
    return sql.Identifier("id" if table == "app_user" else "user_id")


def value_of(table: str, user: UserId) -> str:
    return f'{{"user_id": "{user}"}}' if table == "procrastinate_jobs" else user


def loosen(owner: psycopg.Connection, table: str) -> None:
    """Take from a table what would refuse a row that has nothing but its owner."""
    name = sql.Identifier(table)
    for (constraint,) in owner.execute(CONSTRAINTS, [table]).fetchall():
        drop = sql.SQL("alter table {} drop constraint {} cascade")
        owner.execute(drop.format(name, sql.Identifier(constraint)))
    for column, is_of_partition in owner.execute(NOT_NULL, {"table": table}).fetchall():
        if not is_of_partition:
            drop = sql.SQL("alter table {} alter column {} drop not null")
            owner.execute(drop.format(name, sql.Identifier(column)))


@contextmanager
def row_of(owner: CoachConnection, table: str, user: UserId) -> Iterator[sql.Composed]:
    """Put a row of this user into a table; yield how another is put in. Nothing of it stays."""
    with owner.transaction(force_rollback=True):
        loosen(owner, table)
        month = sql.SQL(", ts" if table == "event_outbox" else "")
        at = sql.SQL(", timestamptz '2026-03-15'" if table == "event_outbox" else "")
        put = sql.SQL("insert into {} ({}{}) values (%s{})").format(
            sql.Identifier(table), owners_column(table), month, at
        )
        owner.execute(sql.SQL("alter table {} disable trigger user").format(sql.Identifier(table)))
        owner.execute(put, [value_of(table, user)])
        yield put


def act_as(connection: CoachConnection, user: UserId) -> None:
    connection.execute(Confinement(user).statements())


def count_of(connection: psycopg.Connection, table: str, user: UserId) -> int:
    """Return how many rows of this user can be seen."""
    asked = sql.SQL("select count(*) from {} where {} = %s").format(
        sql.Identifier(table), owners_column(table)
    )
    (count,) = connection.execute(asked, [value_of(table, user)]).fetchone() or (0,)
    return int(count)


def changed_rows(connection: psycopg.Connection, change: sql.Composed) -> int:
    """Return how many rows a statement reaches; none where it is not allowed at all."""
    try:
        with connection.transaction():
            return connection.execute(change).rowcount
    except errors.InsufficientPrivilege:
        return 0


def named() -> list[str]:
    """Return the tables of users, from their definitions, so that each is a test."""
    return sorted({*metadata.tables, "procrastinate_jobs"} - NOBODYS)


def test_every_table_is_nobodys_or_has_policies(owner: CoachConnection) -> None:
    found = tables(owner)
    open_to_all = {name for name, (protected, month) in found.items() if not protected | month}
    assert open_to_all == NOBODYS
    assert not app_role.unprotected(owner)
    assert set(named()) == {name for name, (protected, _) in found.items() if protected}


def test_a_month_of_events_is_reached_through_its_table_alone(owner: CoachConnection) -> None:
    months = [name for name, (_, month) in tables(owner).items() if month]
    assert months
    for month in months:
        asked = "select has_table_privilege(%s, %s, 'select, insert, update, delete')"
        assert owner.execute(asked, [ROLE, month]).fetchone() == (False,)


@pytest.mark.parametrize("table", named())
def test_a_row_is_read_changed_deleted_and_written_by_its_own_user_alone(
    owner: CoachConnection, ann: UserId, ben: UserId, table: str
) -> None:
    name, whose = sql.Identifier(table), owners_column(table)
    changes = [sql.SQL("update {} set {} = {}").format(name, whose, whose)]
    changes.append(sql.SQL("delete from {}").format(name))
    own = 1 if table == "app_user" else 0
    with row_of(owner, table, ann) as put:
        act_as(owner, ben)
        assert count_of(owner, table, ann) == 0
        assert [changed_rows(owner, change) for change in changes] == [own, own]
        with pytest.raises(errors.InsufficientPrivilege, match="row-level"), owner.transaction():
            owner.execute(put, [value_of(table, ann)])
        owner.execute("reset role; set local coach.user_id = ''", prepare=False)
        assert count_of(owner, table, ann) == 1 + own
        act_as(owner, ann)
        owner.execute(put, [value_of(table, ann)])
        assert count_of(owner, table, ann) == 2 + own
