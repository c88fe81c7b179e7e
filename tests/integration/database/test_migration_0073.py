"""The seventy-third migration, over new names that no book of an earlier coach followed."""

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
    " values (%s, %s, %s, 'k', '2026-03-02', %s, 'MATIC', -45)"
)


def test_conclusions_are_due_of_whoever_has_a_new_name_and_of_nobody_else(
    empty_database_url: str,
) -> None:
    migrate.upgrade(empty_database_url, "0072")
    with connect(empty_database_url) as connection:
        people = {}
        for name, kind in {"named": "Asset Migration", "plain": "split 10:1"}.items():
            user = users.add(connection, name, "UTC")
            assert user is not None
            people[name] = user.id
            place = connection.execute(RUN, {"user": user.id}).fetchone()
            assert place is not None
            connection.execute(ENTRY, [user.id, *place, kind])
        migrate.upgrade(empty_database_url, "0073")
        due = {name: conclusions.are_due(connection, own) for name, own in people.items()}
    assert due == {"named": True, "plain": False}
