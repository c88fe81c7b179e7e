"""The eighty-first migration, over connections whose entries no coach could read before."""

from coach.engine.store import migrate, users
from coach.engine.store.connect import connect

CONNECTED = (
    "with account as (insert into account (user_id, name, broker, shorts)"
    " values (%(user)s, %(broker)s, %(broker)s, false) returning id)"
    " insert into connection (user_id, account_id, broker, base_url, key_name, key_file,"
    " permissions) select %(user)s, id, %(broker)s, '', '', '', '{}' from account"
)


def test_entries_of_coinbase_alone_are_unread_until_the_next_sync(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0075")
    with connect(empty_database_url) as connection:
        user = users.add(connection, "somebody", "UTC")
        assert user is not None
        for broker in ("coinbase", "kraken"):
            connection.execute(CONNECTED, {"user": user.id, "broker": broker})
        migrate.upgrade(empty_database_url, "0081")
        found = connection.execute(
            "select broker, entry_marks, entries_unread <> '' from connection order by 1"
        ).fetchall()
    assert found == [("coinbase", {}, True), ("kraken", {}, False)]
