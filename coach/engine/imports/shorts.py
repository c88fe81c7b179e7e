"""Whether an account can be short: as declared, as its broker has it, or as its fills look.

An account of generic statements is guessed at while nobody has declared it. The guess is made anew
from all of its fills with every import and every undo, so it depends on no order of imports.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from psycopg import Connection

from coach.brokers.base import SourceInfo
from coach.engine.conclusions import announcements
from coach.engine.history.inputs import AnalysisInputs
from coach.engine.imports.book_order import in_spot_order
from coach.engine.imports.derive import TouchedBooks, derive
from coach.engine.imports.match import IncrementalMatching
from coach.engine.ledger.renamed.continued import continued
from coach.engine.ledger.renamed.names import under_last_name
from coach.engine.ledger.renamed.renames import concerning, family_of
from coach.engine.ledger.short_evidence import ShortEvidence, looks_short, weigh
from coach.engine.store import accounts, fills, trades
from coach.engine.store.entries import balances
from coach.engine.store.entries.splits import splits
from coach.model.accounts import Account, User, UserId
from coach.model.entries.renames import Rename
from coach.model.entries.splits import Split
from coach.model.events import NewEvent
from coach.model.fills import BookFill, Symbol, base_of
from coach.model.notices import Notice

NAMED = 3
AS_SHORT = "coach reads it as a short, as the purchases after it suggest"
AS_SPOT = "coach reads it as spot, so the sale is in no profit until its purchase is known"


@dataclass(frozen=True, slots=True)
class ShortsGuess:
    """The account as it is read now, and the books to derive because of it.

    `sales` are the books that changed and sell from flat, with what each says.
    """

    account: Account
    symbols: tuple[Symbol, ...]
    sales: Mapping[Symbol, ShortEvidence]


def declare(
    connection: Connection[Any], user_id: UserId, account: Account, *, shorts: bool
) -> tuple[Account, list[Symbol]]:
    """Declare whether the account can be short; return it, and the books to read anew."""
    accounts.set_shorts(connection, user_id, account.id, allowed=shorts, declared=True)
    if account.shorts == shorts:
        return account, []
    return replace(account, shorts=shorts), fills.symbols_of(connection, user_id, account.id)


def declare_anew(
    connection: Connection[Any],
    user: User,
    account: Account,
    shorts: bool,
    analysis: AnalysisInputs,
) -> list[NewEvent]:
    """Declare whether the account can be short, and derive the books that this changes.

    The caller holds the import lock and a transaction, and writes the events that are returned.
    """
    changed, symbols = declare(connection, user.id, account, shorts=shorts)
    if not symbols:
        return []
    scored = derive(connection, user, TouchedBooks(changed, symbols), analysis=analysis)
    return announcements.of_scoring(scored)


def decide(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    declared: bool | None,
    source: SourceInfo,
) -> tuple[Account, list[Symbol]]:
    """Return the account, and the books to read anew when an import changes what it is.

    What was declared counts. Else one source that cannot be short makes the whole account so,
    whichever came first; without one, a broker that can be ends the guess. A new account of which
    nobody said it begins as spot.
    """
    if declared is not None:
        return declare(connection, user_id, account, shorts=declared)
    origin = accounts.shorts_origin(connection, user_id, account.id)
    if origin == "guessed" and source.shorts and source.broker != "generic":
        return _as_the_broker_has_it(connection, user_id, account)
    if origin == "declared" or not account.shorts:
        return account, []
    if not source.shorts:
        accounts.set_shorts(connection, user_id, account.id, allowed=False, declared=False)
        return replace(account, shorts=False), fills.symbols_of(connection, user_id, account.id)
    if origin == "guessed" and not fills.any_in(connection, user_id, account.id):
        accounts.set_shorts(connection, user_id, account.id, allowed=False, declared=False)
        return replace(account, shorts=False), []
    return account, []


def _as_the_broker_has_it(
    connection: Connection[Any], user_id: UserId, account: Account
) -> tuple[Account, list[Symbol]]:
    if account.shorts:
        return account, []
    accounts.set_shorts(connection, user_id, account.id, allowed=True, declared=False)
    return replace(account, shorts=True), fills.symbols_of(connection, user_id, account.id)


def counts_as_spot(account: Account) -> Notice:
    """Return what to tell of an account that counts as spot from now on."""
    what = f"account {account.name!r} now counts as spot: a sell without a known buy opens no"
    return Notice(f"{what} short", "account_counts_as_spot")


def guess(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    changed: Sequence[Symbol],
    while_reading: IncrementalMatching,
) -> ShortsGuess:
    """Guess from all fills whether an undeclared account can be short; `changed` are books.

    The fills are weighed in the order that they have in a spot account, whatever was guessed so
    far. A sale of coins that entries brought in opens no short. What was matched by another
    reading than the guess is forgotten, to be matched from the store.
    """
    selling = [one for one in changed if _sells_from_flat(connection, one, while_reading)]
    known = trades.sold_from_flat(connection, user_id, account.id)
    others = sorted(known - set(changed))
    found = _evidence(connection, user_id, account, (*selling, *others), while_reading.renames)
    sales = {symbol: found[symbol] for symbol in selling if symbol in found}
    shorts = looks_short(found.values())
    if shorts == account.shorts:
        return ShortsGuess(account, tuple(changed), sales)
    accounts.set_shorts(connection, user_id, account.id, allowed=shorts, declared=False)
    for symbol in selling:
        while_reading.give_up(symbol)
    while_reading.give_up_kept()
    every = fills.symbols_of(connection, user_id, account.id)
    return ShortsGuess(replace(account, shorts=shorts), tuple(every), sales)


def _evidence(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    symbols: Sequence[Symbol],
    every_rename: Sequence[Rename],
) -> dict[Symbol, ShortEvidence]:
    """Return what books say that sell from flat; a coin that entries brought in says nothing."""
    if not symbols:
        return {}
    bases = sorted({base_of(symbol) for symbol in symbols})
    held = balances.covered_by_entries(connection, user_id, account.id, bases)
    told = splits(connection, user_id, account.id)
    coins = {coin: own for (_, coin), own in told.items()}
    found = {}
    for symbol in symbols:
        if base_of(symbol) in held:
            continue
        own = coins.get(base_of(symbol), ())
        renames = concerning(every_rename, base_of(symbol))
        if renames:
            in_order = _with_other_names(connection, user_id, account, symbol, (coins, renames))
        else:
            in_order = in_spot_order(connection, user_id, account, symbol, own)
        if evidence := weigh(in_order, symbol, own):
            found[symbol] = evidence
    return found


def _with_other_names(
    connection: Connection[Any],
    user_id: UserId,
    account: Account,
    symbol: Symbol,
    restated: tuple[Mapping[str, Sequence[Split]], Sequence[Rename]],
) -> Iterator[BookFill]:
    """Yield a book's fills with those of trades that went on in it, as a spot account has them.

    `restated` are the splits by coin, and the renames of the book's coin.
    """
    coins, renames = restated
    spot = replace(account, shorts=False)
    fills_by_name = {
        name: [*in_spot_order(connection, user_id, account, name, coins.get(base_of(name), ()))]
        for name in family_of(renames, symbol)
    }
    book = continued(spot, fills_by_name, coins, renames)[symbol]
    own = coins.get(base_of(symbol), ())
    for fill in book.fills:
        named = book.earlier.get(fill.key)
        if named is None:
            yield fill
        else:
            then = tuple(split for split in named.splits if split not in own)
            yield under_last_name(fill, named._replace(splits=then), base_of(symbol))


def _sells_from_flat(
    connection: Connection[Any], symbol: Symbol, while_reading: IncrementalMatching
) -> bool:
    matching = while_reading.find(symbol)
    if matching is None:
        matching = while_reading.match(connection, while_reading.account, symbol)
        if matching is not None:
            while_reading.keep(symbol, matching)
    return matching is not None and matching.book.sold_from_flat


def describe(guessed: ShortsGuess) -> Notice:
    """Return a sentence about the sales from flat and how they are read."""
    account, sales = guessed.account, guessed.sales
    first = [symbol for symbol in sorted(sales) if sales[symbol].is_first_row]
    clauses = [_first_rows(first)] if first else []
    later = [symbol for symbol in sorted(sales) if symbol not in first]
    clauses += [
        f"{symbol} sells on {sales[symbol].at:%Y-%m-%d} more than was bought before"
        for symbol in later[:NAMED]
    ]
    if len(later) > NAMED:
        clauses.append(f"{len(later) - NAMED} more symbols sell more than was bought before")
    what = ", and ".join(clauses)
    if account.shorts:
        return Notice(f"{what}: {AS_SHORT}", "read_as_short", account=account.name)
    return Notice(f"{what}: {AS_SPOT}", "read_as_spot", account=account.name)


def _first_rows(symbols: Sequence[Symbol]) -> str:
    if len(symbols) == 1:
        return f"the first row of {symbols[0]} is a sale"
    named = ", ".join(symbols[:NAMED])
    more = f" and {len(symbols) - NAMED} more" if len(symbols) > NAMED else ""
    return f"the first rows of {named}{more} are sales"
