"""Doubts about new names of coins: entries that books do not follow, and what came after them."""

from collections.abc import Iterator

from coach.engine.api.session import Session
from coach.engine.history.renamed_books import renamed_otherwise
from coach.engine.ledger.renamed.renames import RenamePair
from coach.engine.store import accounts
from coach.engine.store.entries.renames import late_fills, renames_of, told_renames
from coach.model.entries.renames import Rename
from coach.model.fills import Symbol, base_of
from coach.wording.numbers import counted


def renames_in_doubt(session: Session) -> Iterator[tuple[str, str, str]]:
    """Yield account, coin and sentence of new names that books do not follow, or not for all."""
    connection, user_id = session.connection, session.user.id
    told = list(told_renames(connection, user_id))
    now = renames_of(told)
    for account in accounts.accounts(connection, user_id) if told else ():
        for pair in (one.pair for one in told if one.account_id == account.id):
            if not pair.is_whole:
                yield account.name, pair.old.coin, _of_a_part(pair)
        own = now.get(account.id, ())
        for symbol, rename, count in late_fills(connection, user_id, account.id, own):
            yield account.name, rename.old, _of_late_fills(symbol, rename, count)
        for symbol in sorted(renamed_otherwise(connection, user_id, account.id, own)):
            late = "an earlier coach made its trades, and they are made anew at the next look"
            yield account.name, base_of(symbol), late


def _of_a_part(pair: RenamePair) -> str:
    old, new = pair.old, pair.new
    return (
        f"the entry ({pair.word}) of {pair.at:%Y-%m-%d} makes {old.change.copy_abs():f} of"
        f" {old.held.copy_abs():f} {old.coin} into {new.coin}: trades keep their name, as a new"
        " name takes all; write it anew where it should"
    )


def _of_late_fills(symbol: Symbol, rename: Rename, count: int) -> str:
    day = f"{rename.at:%Y-%m-%d}"
    return (
        f"{counted(count, 'fill')} of {symbol} came after {rename.old} became {rename.new} on"
        f" {day}: what came late stays under the old name"
    )
