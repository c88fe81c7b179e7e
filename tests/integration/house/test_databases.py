"""A test finds nothing of the one before it in its database."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from coach.engine.outbox import partitions
from coach.engine.store import accounts
from coach.engine.store.connect import connect
from coach.model.accounts import UserId
from tests.databases import DatabasePool

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
LATER = datetime(2027, 3, 1, tzinfo=UTC)
LOOK = """
select (select count(*) from app_user), (select count(*) from account),
    (select count(*) from pg_inherits), (select count(*) from pg_sequences where last_value > 0),
    (select count(*) from pg_stats where schemaname = 'public'), to_regclass('own')
"""


@pytest.fixture
def pool(embedded_server: str) -> Iterator[DatabasePool]:
    found = DatabasePool(embedded_server, MARCH)
    yield found
    found.close()


def test_rows_numbers_months_and_tables_of_a_test_are_gone(pool: DatabasePool) -> None:
    with pool.database() as first, connect(first) as connection:
        as_new = connection.execute(LOOK).fetchone()
        connection.execute("insert into app_user (id, name) values ('u-alice', 'alice')")
        accounts.ensure_account(connection, UserId("u-alice"), "one", "csv", shorts=False)
        partitions.ensure(connection, LATER)
        connection.execute("create table own (n int); analyze account")
        assert connection.execute(LOOK).fetchone() != as_new
    with pool.database() as again, connect(again) as connection:
        assert again == first
        assert connection.execute(LOOK).fetchone() == as_new


def test_more_rows_than_a_page_holds_are_gone(pool: DatabasePool) -> None:
    many = "insert into app_user (id, name) select n::text, 'a' || n from generate_series(1, 999) n"
    with pool.database() as first, connect(first) as connection:
        connection.execute(many)
    with pool.database() as again, connect(again) as connection:
        assert again == first
        assert connection.execute("select count(*) from app_user").fetchone() == (0,)


@pytest.mark.parametrize(
    "change",
    [
        "alter table fill add column more int",
        "alter table fill alter column price drop not null",
        "create index own on fill (price)",
        "create function own() returns int language sql return 1",
        "create schema own",
        "drop table label",
        "update installation set id = gen_random_uuid()",
        "delete from alembic_version",
    ],
)
def test_a_database_of_which_more_than_rows_has_changed_is_not_used_again(
    pool: DatabasePool, change: str
) -> None:
    with pool.database() as first, connect(first) as connection:
        connection.execute(change)
    with pool.database() as again:
        assert again != first
