"""Which books were matched with other splits than the entries tell now.

A split that is imported late, written by hand or taken back concerns books that got no fill; and
where the ratio follows from a balance, a fill under another quote may change it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coach.engine.ledger.splits import words_of_split
from coach.engine.store.entries.splits import states_about_splits
from coach.model.fills import base_of

if TYPE_CHECKING:
    from psycopg import Connection

    from coach.engine.store.entries.splits import Splits
    from coach.model.accounts import AccountId, UserId
    from coach.model.fills import Symbol


def split_otherwise(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, now: Splits
) -> set[Symbol]:
    """Return the books of an account that are to be matched anew because of its splits.

    `now` are the splits that its entries tell.
    """
    coins = [coin for _, coin in now]
    found: set[Symbol] = set()
    for symbol, state in states_about_splits(connection, user_id, account_id, coins):
        wanted = [words_of_split(one) for one in now.get((account_id, base_of(symbol)), ())]
        before = None if state is None else json.loads(state).get("splits")
        if before != wanted:
            found.add(symbol)
    return found
