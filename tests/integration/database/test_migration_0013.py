"""The thirteenth migration, over books whose fills nobody hashed."""

from coach.engine.store import migrate
from coach.engine.store.connect import connect

BOOK = (
    "insert into book (user_id, account_id, symbol, method, quote, gross, fees, net,"
    " open_quantity, open_cost, other_fees) values"
    " ('u', 1, 'BTC-USD', 'fifo', 'USD', 0, 0, 0, 1, 1, '{}')"
)


def test_books_without_a_hash_are_to_be_matched_anew(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0012")
    with connect(empty_database_url) as connection:
        connection.execute(BOOK)
        migrate.upgrade(empty_database_url, "0013")
        assert connection.execute("select stale from book").fetchall() == [(True,)]
