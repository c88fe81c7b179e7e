"""Which books are to be matched anew because of renames.

A rename that is imported late, written by hand or taken back concerns books that got no fill. And
what changes before a rename under one name changes what goes on under the other.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from coach.engine.ledger.renamed.renames import concerning, family_of, words_of_rename
from coach.engine.store.entries.renames import states_about_renames
from coach.model.fills import base_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.model.accounts import AccountId, UserId
    from coach.model.entries.renames import Rename
    from coach.model.fills import Symbol


def renamed_otherwise(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, now: Sequence[Rename]
) -> set[Symbol]:
    """Return the books of an account that were matched with other renames than `now`."""
    coins = {name for one in now for name in (one.old, one.new)}
    found: set[Symbol] = set()
    for symbol, state in states_about_renames(connection, user_id, account_id, sorted(coins)):
        wanted = [words_of_rename(one) for one in concerning(now, base_of(symbol))]
        before = None if state is None else json.loads(state).get("renames", [])
        if before != wanted:
            found.add(symbol)
    return found


def with_families(
    symbols: Iterable[Symbol], now: Sequence[Rename], first_new: Mapping[Symbol, datetime]
) -> tuple[set[Symbol], dict[Symbol, datetime]]:
    """Return the books to match with those that share a coin with them by renames.

    `first_new` are the books that only got fills, each with the time of the first of them; those
    are returned that go on by themselves, since no rename comes after that.
    """
    found, alone = set(symbols), dict(first_new)
    for symbol in sorted(found) if now else ():
        family = family_of(now, symbol)
        if not family or alone_since(symbol, now, first_new):
            continue
        found.update(family)
        for name in family:
            alone.pop(name, None)
    return found, alone


def alone_since(
    symbol: Symbol, now: Sequence[Rename], first_new: Mapping[Symbol, datetime]
) -> bool:
    """Return whether a book only got fills, and those after the last rename of its coin."""
    first = first_new.get(symbol)
    return first is not None and concerning(now, base_of(symbol))[-1].at <= first
