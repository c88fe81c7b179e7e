"""The seventy-fifth migration, over entries of an earlier coach: none stands aside yet."""

from coach.engine.store import conclusions, migrate, users
from coach.engine.store.connect import connect

RUN = (
    "with account as (insert into account (user_id, name, broker, shorts)"
    " values (%(user)s, 'a', 'b', false) returning id)"
    " insert into run (user_id, id, account_id, source, family, rank, label, state, started_at)"
    " select %(user)s, 'r', id, 'entries', 'entries', 1, '', 'done', now() from account"
    " returning account_id, n"
)
ENTRY = (
    "insert into movement (user_id, account_id, run_n, key, at, kind, coin, quantity)"
    " values (%s, %s, %s, 'k', '2026-03-02', %s, 'NVDA', 45)"
)


def test_entries_count_as_before_and_conclusions_are_due_where_one_may_be_told_twice(
    empty_database_url: str,
) -> None:
    migrate.upgrade(empty_database_url, "0073")
    with connect(empty_database_url) as connection:
        people = {}
        for name in ("split 10:1", "rename", "deposit"):
            user = users.add(connection, name, "UTC")
            assert user is not None
            people[name] = user.id
            place = connection.execute(RUN, {"user": user.id}).fetchone()
            assert place is not None
            connection.execute(ENTRY, [user.id, *place, name])
        migrate.upgrade(empty_database_url, "0075")
        due = [name for name, own in people.items() if conclusions.are_due(connection, own)]
        aside = connection.execute("select count(*) from movement where aside").fetchone()
    assert due == ["split 10:1", "rename"]
    assert aside == (0,)
