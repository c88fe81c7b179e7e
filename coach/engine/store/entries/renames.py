"""The renames that the entries of an account tell: which coin became which, and when."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from itertools import groupby
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.ledger.exact import ZERO, add, subtract
from coach.engine.ledger.renamed.renames import RenameLeg, RenamePair, pairs_of
from coach.engine.store.entries.splits import balance_before
from coach.engine.store.movements import ENTRIES
from coach.model.accounts import AccountId, UserId
from coach.model.entries.kinds import entry_kind
from coach.model.entries.renames import Rename
from coach.model.fills import Symbol, base_of

WORDS = "kind ~* 'rename|asset migration|token swap|redenominat'"
"""Of the words for a rename (`entry_kind`) those that take all there is: a wrap takes a part."""
ANY = f"""
with told as materialized (select distinct kind from movement where user_id = %(user)s)
select exists (select from told where {WORDS})
"""  # noqa: S608 - constant text
TOLD = f"""
with {ENTRIES}
select account_id, at, run_n, kind, coin, quantity from entry
 where {WORDS} and quantity is not null
   and (%(account)s::bigint is null or account_id = %(account)s)
 order by account_id, at, run_n, coin, key
"""  # noqa: S608 - constant text
STATES = """
select symbol, state from book_hash
 where user_id = %(user)s and account_id = %(account)s
   and (left(symbol, -length(substring(symbol from '[^-]*$')) - 1) = any(%(coins)s)
        or state like '{"splits": [], "renames": [[%%' or state like '{"splits": [[%%')
"""
"""The state of a book begins with its splits and renames, so that no other one is read whole."""


LATE = """
select symbol, count(*) from fill
 where user_id = %(user)s and account_id = %(account)s and symbol like %(names)s
   and left_out is null and at >= %(at)s and (%(back)s::timestamptz is null or at < %(back)s)
 group by symbol order by symbol
"""


class ToldRename(NamedTuple):
    """A rename as the entries of an account tell it."""

    account_id: AccountId
    pair: RenamePair


def told_renames(
    connection: Connection[Any], user_id: UserId, account_id: AccountId | None = None
) -> Iterator[ToldRename]:
    """Yield what entries tell as a rename, also of a part of what was held, by account and time."""
    facts = {"user": user_id, "account": account_id}
    row = connection.execute(ANY, facts).fetchone()
    if row is None or not row[0]:
        return
    rows = connection.execute(TOLD, facts).fetchall()
    kept = [row for row in rows if entry_kind(row[3], row[5]) == "rename"]
    for (account, at), moment in groupby(kept, lambda row: row[:2]):
        found = [*moment]
        place = user_id, account, at
        held = {coin: _held(connection, place, coin, found) for *_, coin, _ in found}
        for _, group in groupby(found, lambda row: row[2]):
            own = [*group]
            legs = [RenameLeg(coin, change, held[coin]) for coin, change in _changes(own).items()]
            for pair in pairs_of(at, own[0][3], legs):
                yield ToldRename(account, pair)


def held_before(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, coin: str, at: datetime
) -> Decimal:
    """Return what the books hold of a coin in an account when a rename of a moment takes effect."""
    rows = connection.execute(TOLD, {"user": user_id, "account": account_id}).fetchall()
    same = [row for row in rows if row[1] == at and entry_kind(row[3], row[5]) == "rename"]
    return _held(connection, (user_id, account_id, at), coin, same)


def _held(
    connection: Connection[Any],
    place: tuple[UserId, AccountId, datetime],
    coin: str,
    moment: Iterable[tuple[Any, ...]],
) -> Decimal:
    """Return what was held of a coin before the renames of a moment, after its other entries."""
    user_id, account_id, at = place
    renamed = _changes(moment).get(coin, ZERO)
    return subtract(balance_before(connection, user_id, account_id, coin, at), renamed)


def _changes(rows: Iterable[tuple[Any, ...]]) -> dict[str, Decimal]:
    changes: dict[str, Decimal] = {}
    for *_, coin, quantity in rows:
        changes[coin] = add(changes.get(coin, ZERO), quantity)
    return changes


def renames_of(told: Iterable[ToldRename]) -> dict[AccountId, tuple[Rename, ...]]:
    """Return the renames that books follow, by account, oldest first."""
    found: dict[AccountId, tuple[Rename, ...]] = {}
    for one in told:
        if one.pair.is_whole:
            found[one.account_id] = (*found.get(one.account_id, ()), one.pair.rename())
    return {name: tuple(sorted(own, key=_by_time)) for name, own in found.items()}


def _by_time(rename: Rename) -> tuple[datetime, str, str]:
    return rename.at, rename.old, rename.new


def renames(connection: Connection[Any], user_id: UserId) -> dict[AccountId, tuple[Rename, ...]]:
    """Return the renames of all accounts of a user that have one, oldest first."""
    return renames_of(told_renames(connection, user_id))


def renames_by_account_name(
    connection: Connection[Any], user_id: UserId, until: datetime | None = None
) -> dict[str, tuple[Rename, ...]]:
    """Return the renames of a user's accounts by their names, oldest first.

    Those that come after `until` change names, and no units yet.
    """
    told = renames(connection, user_id)
    if not told:
        return {}
    rows = connection.execute("select id, name from account where user_id = %s", [user_id])
    return {
        name: tuple(_units_then(one, until) for one in told[account_id])
        for account_id, name in rows
        if account_id in told
    }


def _units_then(rename: Rename, until: datetime | None) -> Rename:
    if until is None or rename.at < until:
        return rename
    return rename._replace(split=rename.split._replace(after=1, before=1))


def coins_redenominated(connection: Connection[Any], user_id: UserId) -> set[str]:
    """Return the new names of coins of which the old name counted other units."""
    told = renames(connection, user_id).values()
    return {one.new for own in told for one in own if one.split.after != one.split.before}


def account_renames(
    connection: Connection[Any], user_id: UserId, account_id: AccountId
) -> tuple[Rename, ...]:
    """Return the renames of an account, oldest first."""
    return renames_of(told_renames(connection, user_id, account_id)).get(account_id, ())


def late_fills(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    own: Iterable[Rename],
) -> Iterator[tuple[Symbol, Rename, int]]:
    """Yield the symbols with fills under an old name at or after it was renamed, and how many.

    A name that another coin was renamed to since, or that has come back, is in use again.
    """
    every = tuple(own)
    for rename in every:
        back = min(
            (one.at for one in every if one.new == rename.old and one.at > rename.at), default=None
        )
        facts = {"user": user_id, "account": account_id, "at": rename.at, "back": back}
        rows = connection.execute(LATE, facts | {"names": f"{rename.old}-%"}).fetchall()
        for symbol, count in rows:
            if base_of(symbol) == rename.old:
                yield symbol, rename, count


def states_about_renames(
    connection: Connection[Any], user_id: UserId, account_id: AccountId, coins: Collection[str]
) -> Iterator[tuple[Symbol, str | None]]:
    """Yield the books of these coins, and those that were matched with renames, with their state.

    Books that were matched with splits are among them.
    """
    facts = {"user": user_id, "account": account_id, "coins": list(coins)}
    yield from connection.execute(STATES, facts)
