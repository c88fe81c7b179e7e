"""The eleventh migration, over trades whose partial closes nobody kept."""

from coach.engine.store import conclusions, migrate, trades
from coach.engine.store.connect import connect
from coach.model.accounts import UserId

TRADE = (
    "insert into trade (user_id, account_id, id, symbol, side, opened_at, closed_at, quantity,"
    " entry, exit, gross, fees, net, fills, entry_quantity, entry_notional, entry_fills,"
    " exit_fills, other_fees) values ('u', 1, 't', 'BTC-USD', 'long', '2026-03-02', null, 2, 1, 1,"
    " 0, 0, 0, 2, 2, 2, 'abc', '', '{}')"
)
BOOK = (
    "insert into book (user_id, account_id, symbol, method, quote, gross, fees, net,"
    " open_quantity, open_cost, other_fees) values"
    " ('u', 1, 'BTC-USD', 'fifo', 'USD', 0, 0, 0, 1, 1, '{}')"
)


def test_books_of_an_earlier_coach_are_matched_with_the_next_conclusions(
    empty_database_url: str,
) -> None:
    migrate.upgrade(empty_database_url, "0010")
    with connect(empty_database_url) as connection:
        connection.execute(TRADE)
        connection.execute(BOOK)
        migrate.upgrade(empty_database_url, "0011")
        assert trades.stale_books(connection, UserId("u")) == {1: ["BTC-USD"]}
        assert conclusions.are_behind(connection, UserId("u"))
        assert not conclusions.are_behind(connection, UserId("v"))
