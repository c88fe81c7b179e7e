"""The ninth migration, over candles of a coach that kept no account of its conclusions."""

from coach.engine.store import conclusions, migrate
from coach.engine.store.connect import connect
from coach.model.accounts import UserId

WEEK = (
    "insert into candle_week (user_id, symbol, granularity_s, source, week, sha256, bars,"
    " first_at, last_at, stored_at, complete) values ('u', 'BTC-USD', 900, 'file', '2026-03-02',"
    " 'x', 1, '2026-03-02', '2026-03-02', '2026-03-02', true)"
)


def test_whoever_has_candles_is_taken_to_be_behind(empty_database_url: str) -> None:
    migrate.upgrade(empty_database_url, "0005")
    with connect(empty_database_url) as connection:
        connection.execute(WEEK)
        migrate.upgrade(empty_database_url, "0009")
        assert conclusions.are_behind(connection, UserId("u"))
        assert not conclusions.are_behind(connection, UserId("v"))
