"""Which books an import or an undo changes beyond those whose fills changed."""

from collections.abc import Iterable
from typing import Any

from psycopg import Connection

from coach.engine.history.renamed_books import renamed_otherwise, with_families
from coach.engine.history.split_books import split_otherwise
from coach.engine.imports.match import IncrementalMatching
from coach.engine.store.entries.renames import account_renames
from coach.engine.store.entries.splits import splits
from coach.model.accounts import Account, UserId
from coach.model.fills import Symbol


def with_restated(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    changed: Iterable[Symbol],
    while_reading: IncrementalMatching,
) -> list[Symbol]:
    """Return books that changed, with those that splits and renames concern.

    These were not known at their matching, or a book that shares a coin with them by a rename
    changed. The matching notes which books go on by themselves.
    """
    now = splits(connection, user_id, account.id)
    renamed = while_reading.renames = account_renames(connection, user_id, account.id)
    names = {name for one in renamed for name in (one.old, one.new)}
    while_reading.give_up_coins({coin for _, coin in now} | names)
    found = {*changed, *split_otherwise(connection, user_id, account.id, now)}
    found |= renamed_otherwise(connection, user_id, account.id, renamed)
    every, alone = with_families(found, renamed, while_reading.first_new)
    while_reading.first_new = alone
    return sorted(every)
