"""The tenth migration, over fills of a coach that knew no order within an instant."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from coach.engine.store import migrate
from coach.engine.store.connect import connect

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
FILL = (
    "insert into fill (user_id, account_id, key, run_n, symbol, side, quantity, price, fee,"
    " fee_currency, at, nanos, order_id, native_id, line, rank)"
    " values ('u', 1, %s, %s, 'BTC-USD', %s, 1, 100, 0, 'USD', %s, 0, '', '', %s, 10)"
)


def store(connection: psycopg.Connection, run_n: int, *lines: str) -> None:
    """Store rows `minute side` as one run read them."""
    for number, line in enumerate(lines, 1):
        minute, side = line.split()
        key = f"{run_n}-{number}".encode()
        at = NINE + timedelta(minutes=int(minute))
        connection.execute(FILL, [key, run_n, side, at, number])


@pytest.mark.parametrize(
    ("lines", "places"),
    [
        (("0 buy", "1 sell", "1 buy", "2 sell"), [(2, "sell"), (3, "buy")]),
        (("2 sell", "1 buy", "1 sell", "0 buy"), [(-3, "sell"), (-2, "buy")]),
        (("1 buy", "1 sell"), []),
        (("0 buy", "0 buy", "1 sell"), []),
    ],
)
def test_the_order_in_which_a_run_read_its_rows_is_known(
    empty_database_url: str, lines: tuple[str, ...], places: list[tuple[int, str]]
) -> None:
    migrate.upgrade(empty_database_url, "0009")
    with connect(empty_database_url) as connection:
        store(connection, 7, *lines)
        store(connection, 8, "3 buy", "4 sell")
        migrate.upgrade(empty_database_url, "0010")
        found = connection.execute("select place, side from row_order order by place").fetchall()
        turns = connection.execute("select distinct turn from fill").fetchall()
    assert found == places
    assert turns == [(0,)]
