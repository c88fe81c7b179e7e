"""The splits that the entries of an account tell, coin by coin, and the books that they concern."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.ledger.exact import ZERO, add
from coach.engine.ledger.splits import split_of
from coach.engine.store.entries.balances import LEGS
from coach.engine.store.movements import ENTRIES
from coach.model.accounts import AccountId, UserId
from coach.model.entries.kinds import entry_kind
from coach.model.entries.splits import Split
from coach.model.fills import Symbol

Splits = Mapping[tuple[AccountId, str], tuple[Split, ...]]
"""The splits of each account and coin, oldest first."""
ANY = "select exists (select from movement where user_id = %(user)s and kind ilike '%%split%%')"
TOLD = f"""
with {ENTRIES}
select account_id, coin, kind, quantity, at from entry
 where kind ilike '%%split%%' and (%(account)s::bigint is null or account_id = %(account)s)
   and (%(coin)s::text is null or coin = %(coin)s)
 order by account_id, coin, at, key
"""  # noqa: S608 - constant text
BEFORE = f"""
with {LEGS}
select coalesce(sum(change), 0) - (
        select coalesce(sum(quantity), 0) from entry where account_id = %(account)s
           and coin = %(coin)s and at = %(at)s and kind ilike '%%split%%')
  from leg where account_id = %(account)s and coin = %(coin)s
   and (at < %(at)s or (at = %(at)s and part = 'entry'))
"""  # noqa: S608 - constant text
STATES = """
select symbol, state from book_hash
 where user_id = %(user)s and account_id = %(account)s
   and (left(symbol, -length(substring(symbol from '[^-]*$')) - 1) = any(%(coins)s)
        or state like '{"splits": [[%%')
"""
"""The state of a book begins with its splits, so that no other state is read whole."""


class ToldSplit(NamedTuple):
    """An entry that tells a split: whose, its word, what changed; `split` where that says one."""

    account_id: AccountId
    coin: str
    word: str
    change: Decimal | None
    at: datetime
    held: Decimal
    split: Split | None


def told_splits(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId | None = None,
    coin: str | None = None,
) -> Iterator[ToldSplit]:
    """Yield each entry that tells a split, by account, coin and time; what the books held before.

    Of several at one moment each begins where the one before it ended.
    """
    facts: dict[str, object] = {"user": user_id, "account": account_id, "coin": coin}
    row = connection.execute(ANY, facts).fetchone()
    if row is None or not row[0]:
        return
    place: tuple[object, ...] = ()
    held = ZERO
    for account, what, word, change, at in connection.execute(TOLD, facts).fetchall():
        if entry_kind(word, change) != "split":
            continue
        if place != (account, what, at):
            place = account, what, at
            held = balance_before(connection, user_id, account, what, at)
        yield ToldSplit(account, what, word, change, at, held, split_of(at, word, change, held))
        held = add(held, change or ZERO)


def splits(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId | None = None,
    coin: str | None = None,
) -> Splits:
    """Return the splits of a user's accounts and coins, or of one of them."""
    return splits_of(told_splits(connection, user_id, account_id, coin))


def splits_of(told: Iterable[ToldSplit]) -> Splits:
    """Return the splits that entries tell."""
    found: dict[tuple[AccountId, str], tuple[Split, ...]] = {}
    for one in told:
        if one.split is not None:
            name = one.account_id, one.coin
            found[name] = (*found.get(name, ()), one.split)
    return found


def by_account_name(
    connection: Connection[Any], user_id: UserId
) -> dict[tuple[str, str], tuple[Split, ...]]:
    """Return the splits of a user by the name of the account and the coin."""
    told = splits(connection, user_id)
    if not told:
        return {}
    rows = connection.execute("select id, name from account where user_id = %s", [user_id])
    names: dict[AccountId, str] = dict(rows.fetchall())
    return {(names[account_id], coin): own for (account_id, coin), own in told.items()}


def coins_split(connection: Connection[Any], user_id: UserId) -> set[str]:
    """Return the coins of which any account tells a split."""
    return {coin for _, coin in splits(connection, user_id)}


def balance_before(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, coin: str, at: datetime
) -> Decimal:
    """Return what the books hold of a coin in an account when a split of a moment takes effect.

    It comes after the entries of its moment, and before the fills.
    """
    facts = {"user": user_id, "account": account_id, "coin": coin, "at": at}
    row = connection.execute(BEFORE, facts).fetchone()
    return ZERO if row is None else row[0]


def states_about_splits(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, coins: Collection[str]
) -> Iterator[tuple[Symbol, str | None]]:
    """Yield the books of these coins, and those that were matched with splits, with their state."""
    facts = {"user": user_id, "account": account_id, "coins": list(coins)}
    yield from connection.execute(STATES, facts)
