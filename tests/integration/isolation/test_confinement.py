"""A confined connection: one user's rows, transaction by transaction, and nothing left behind."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from coach.engine.store.connect import CoachConnection
from coach.engine.store.copying import copy_in
from coach.model.accounts import UserId

WHO = "select current_user, current_setting('coach.user_id', true)"
NAMES = "select name from app_user"


@pytest.fixture
def confined(owner: CoachConnection, ann: UserId, ben: UserId) -> Iterator[CoachConnection]:
    assert ann != ben
    with owner.confined_to(ann):
        yield owner


def test_a_statement_that_stands_alone_is_confined(confined: CoachConnection) -> None:
    assert confined.execute(NAMES).fetchall() == [("ann",)]
    assert confined.info.transaction_status == psycopg.pq.TransactionStatus.IDLE


def test_so_is_a_transaction_and_what_is_nested_in_it(confined: CoachConnection) -> None:
    with confined.transaction():
        with confined.transaction(force_rollback=True):
            assert confined.execute(NAMES).fetchall() == [("ann",)]
        assert confined.execute(NAMES).fetchall() == [("ann",)]


def test_a_cursor_of_the_server_is_confined(confined: CoachConnection) -> None:
    with confined.transaction(), confined.cursor(name="names") as cursor:
        assert cursor.execute(NAMES).fetchall() == [("ann",)]


def test_rows_that_are_streamed_are_confined(confined: CoachConnection) -> None:
    with confined.cursor() as cursor:
        assert list(cursor.stream(NAMES)) == [("ann",)]


def test_nothing_of_it_is_left_when_the_transaction_is_over(
    owner: CoachConnection, ann: UserId
) -> None:
    before = owner.execute("select current_user").fetchone()
    with owner.confined_to(ann):
        assert owner.execute(WHO).fetchone() == ("coach_app", ann)
    assert owner.execute(WHO).fetchone() == (*(before or ()), "")


def test_nor_after_a_statement_that_failed(owner: CoachConnection, ann: UserId) -> None:
    with owner.confined_to(ann), pytest.raises(errors.DivisionByZero):
        owner.execute("select 1 / 0")
    assert (owner.execute(WHO).fetchone() or ())[1] == ""


def test_nobody_goes_from_one_confinement_into_another(
    confined: CoachConnection, ben: UserId
) -> None:
    with pytest.raises(RuntimeError), confined.confined_to(ben):
        pass


@pytest.mark.parametrize(
    "statement",
    [
        "alter table app_user disable row level security",
        "drop policy own_rows on app_user",
        "create policy mine on app_user using (true)",
        "alter table app_user add column more text",
        "drop table fill",
        "truncate fill",
        "create table fresh (id text)",
        "alter role coach_app bypassrls",
        "set session_replication_role = replica",
        "select * from hot_value",
        "select * from procrastinate_workers",
        "update alembic_version set version_num = '0001'",
        "delete from audit_event",
    ],
)
def test_the_role_changes_no_table_and_steps_around_nothing(
    confined: CoachConnection, statement: str
) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        confined.execute(statement)


def test_turning_the_policies_off_shows_an_error_and_no_rows(confined: CoachConnection) -> None:
    with confined.transaction(force_rollback=True):
        confined.execute("set local row_security = off")
        with pytest.raises(errors.InsufficientPrivilege), confined.transaction():
            confined.execute(NAMES)


def test_rows_are_copied_into_a_table_through_its_policies(
    confined: CoachConnection, ann: UserId, ben: UserId
) -> None:
    columns = "user_id, id, kind, params, created_at"
    line = "{}\t{}\tonly\t{{}}\t2026-03-15\n"
    for number in ("1", "2"):
        with copy_in(confined, "plan", columns) as copy:
            copy.write(line.format(ann, number))
    assert confined.execute("select id from plan order by 1").fetchall() == [("1",), ("2",)]
    with pytest.raises(errors.InsufficientPrivilege), copy_in(confined, "plan", columns) as copy:
        copy.write(line.format(ben, "3"))
