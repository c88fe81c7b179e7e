"""What brokers and owners say a balance was: each run keeps all of its own, so that undo works."""

from collections.abc import Iterable
from typing import Any

from psycopg import Connection

from coach.engine.store.copying import copy_in
from coach.engine.store.fills import RunTarget
from coach.model.movements import StatedBalance

COLUMNS = "user_id, account_id, run_n, coin, wallet, at, balance"


def add(connection: Connection[Any], shelf: RunTarget, stated: Iterable[StatedBalance]) -> None:
    """Keep the balances that a run told, equal ones once."""
    whose = (shelf.user_id, shelf.account_id, shelf.run_n)
    told = dict.fromkeys((one.coin, one.wallet, one.at, one.balance) for one in stated)
    if told:
        with copy_in(connection, "stated_balance", COLUMNS) as copy:
            for one in told:
                copy.write_row((*whose, *one))
