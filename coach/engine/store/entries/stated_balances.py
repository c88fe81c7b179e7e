"""What brokers and owners say a balance was: each run keeps all of its own, so that undo works."""

from collections.abc import Iterable
from typing import Any

from psycopg import Connection

from coach.engine.store.copying import copy_in
from coach.engine.store.fills import RunTarget
from coach.model.accounts import AccountId, UserId
from coach.model.movements import EVERY_WALLET, StatedBalance

COLUMNS = "user_id, account_id, run_n, coin, wallet, at, balance"

OF_RUN = """
select coin, wallet, at, balance from stated_balance
 where user_id = %s and account_id = %s and run_n = %s
"""


def add(connection: Connection[Any], shelf: RunTarget, stated: Iterable[StatedBalance]) -> None:
    """Keep the balances that a run told, equal ones once, whenever it told them."""
    whose = (shelf.user_id, shelf.account_id, shelf.run_n)
    told = dict.fromkeys((one.coin, one.wallet, one.at, one.balance) for one in stated)
    if told:
        for known in connection.execute(OF_RUN, whose):
            told.pop(known, None)
    if told:
        with copy_in(connection, "stated_balance", COLUMNS) as copy:
            for one in told:
                copy.write_row((*whose, *one))


KNOWN = """
select coin from movement where user_id = %(user)s and account_id = %(account)s
 union select left(symbol, -length(quote) - 1) from book
        where user_id = %(user)s and account_id = %(account)s and not margin
 union select quote from book where user_id = %(user)s and account_id = %(account)s and not margin
 union select coin from stated_balance where user_id = %(user)s and account_id = %(account)s
"""
NEWEST = """
select distinct on (coin) coin, balance from stated_balance
 where user_id = %(user)s and account_id = %(account)s and wallet = %(every)s
 order by coin, at desc, run_n desc
"""


def coins_not_at_zero(
    connection: Connection[Any], user_id: UserId, account_id: AccountId
) -> frozenset[str]:
    """Return the coins that an account ever had, without those that were last stated to be zero."""
    whose = {"user": user_id, "account": account_id, "every": EVERY_WALLET}
    newest = dict(connection.execute(NEWEST, whose).fetchall())
    known = (coin for (coin,) in connection.execute(KNOWN, whose))
    return frozenset(coin for coin in known if newest.get(coin) != 0)
