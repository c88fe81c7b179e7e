"""Splits and new names as each import of an account tells them, and which of them stand aside."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection

from coach.model.accounts import AccountId, RunId, UserId
from coach.model.entries.kinds import EntryKind, entry_kind

BY_HAND = "by hand"
"""The label of a run that somebody typed."""
KINDS: tuple[EntryKind, ...] = ("split", "rename")
WORDS = """
select distinct kind from movement where user_id = %(user)s and account_id = %(account)s
"""
ROWS = """
select m.key, r.n, r.id, r.source, r.label, r.source = 'entries' and r.label = %(by_hand)s,
       r.rank, m.kind, m.coin, m.quantity, m.at, m.reference, m.aside
  from movement m join run r on r.user_id = m.user_id and r.n = m.run_n
 where m.user_id = %(user)s and m.account_id = %(account)s and m.kind = any(%(words)s)
 order by r.n, m.key
"""
SET_ASIDE = """
update movement set aside = key = any(%(keys)s)
 where user_id = %(user)s and account_id = %(account)s and aside <> (key = any(%(keys)s))
"""


class ToldEntry(NamedTuple):
    """A row of an import that tells a split or a side of a new name, and the import."""

    key: bytes
    run_n: int
    run_id: RunId
    source: str
    label: str
    by_hand: bool
    rank: int
    word: str
    coin: str
    quantity: Decimal | None
    at: datetime
    reference: str = ""
    aside: bool = False

    @property
    def kind(self) -> EntryKind:
        """Return what the row's word means."""
        return entry_kind(self.word, self.quantity)


def told_entries(
    connection: Connection[Any], user_id: UserId, account_id: AccountId
) -> list[ToldEntry]:
    """Return the rows of all imports of an account that tell splits and new names."""
    facts: dict[str, object] = {"user": user_id, "account": account_id, "by_hand": BY_HAND}
    words = [
        word for (word,) in connection.execute(WORDS, facts) if entry_kind(word, None) in KINDS
    ]
    if not words:
        return []
    rows = connection.execute(ROWS, {**facts, "words": words}, binary=True)
    return [ToldEntry(*row) for row in rows]


def set_aside(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, keys: Collection[bytes]
) -> None:
    """Let these entries of an account stand aside, and no others."""
    facts = {"user": user_id, "account": account_id, "keys": list(keys)}
    connection.execute(SET_ASIDE, facts)
