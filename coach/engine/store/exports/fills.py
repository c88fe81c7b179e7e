"""The fills of one user as they stand, each with its account and its value of a third-coin fee."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection

from coach.model.accounts import UserId
from coach.model.fills import FillKey, Margin, Side, Symbol

ROWS_A_FETCH = 2000
FILLS = """
select f.key, a.name, f.symbol, f.side, f.quantity, f.price, f.fee, f.fee_currency, v.value, f.at,
       f.nanos, f.order_id, f.native_id, f.margin
  from fill f join account a on a.user_id = f.user_id and a.id = f.account_id
  left join fee_value v on v.user_id = f.user_id and v.account_id = f.account_id and v.key = f.key
 where f.user_id = %s order by f.at, f.nanos, a.name, f.symbol, f.turn, f.key
"""


class ListedFill(NamedTuple):
    """A fill of an account. `fee_value` is a fee in a third coin in the quote, None where unknown.

    `nanos` (0-999) is what a nine-digit fraction adds to `at`.
    """

    key: FillKey
    account: str
    symbol: Symbol
    side: Side
    quantity: Decimal
    price: Decimal
    fee: Decimal
    fee_currency: str
    fee_value: Decimal | None
    at: datetime
    nanos: int
    order_id: str
    native_id: str
    margin: Margin


def every(connection: Connection[Any], user_id: UserId) -> Iterator[ListedFill]:
    """Yield the fills of all accounts by time; streams, within a transaction."""
    with connection.cursor(name="every_fill") as cursor:
        cursor.itersize = ROWS_A_FETCH
        cursor.execute(FILLS, [user_id])
        yield from map(ListedFill._make, cursor)
