"""Doubts: positions that may be closed already, and sales without a known purchase."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from coach.engine.api.entries.renamed import renames_in_doubt
from coach.engine.api.session import Session
from coach.engine.features.zones import zone_named
from coach.engine.history.departed import followed, in_units_of_today
from coach.engine.history.split_books import split_otherwise
from coach.engine.ledger.doubts import (
    NOWHERE,
    CoinOrigin,
    OpenPosition,
    describe,
    is_sale,
    origins,
    without_inner_transfers,
)
from coach.engine.ledger.exact import ZERO
from coach.engine.store import accounts, movements, trades
from coach.engine.store.entries.splits import ToldSplit, splits_of, told_splits
from coach.model.fills import FillKey, Symbol, base_of
from coach.model.notices import Notice
from coach.model.trades import UnknownBasis
from coach.wording.numbers import counted

CAUSES = (
    "an older statement is missing; a row was skipped; the coins came from elsewhere (a deposit,"
    " reward, convert or airdrop) or were bought under another quote; or the account can be short"
    " and is not declared so"
)


@dataclass(frozen=True, slots=True)
class PositionDoubt:
    """Why a position may be over; `held` is what is left of it by following its coin."""

    position: OpenPosition
    clauses: tuple[str, ...]
    held: Decimal

    def sentence(self) -> str:
        """Return the doubt as a sentence."""
        account, symbol, quantity, _ = self.position
        held = "probably not all held" if self.held > ZERO else "probably no longer held"
        return (
            f"{symbol} in {account}: {quantity:f} {base_of(symbol)} are open in the books and"
            f" {held}: {'; '.join(self.clauses)}"
        )


@dataclass(frozen=True, slots=True)
class Doubts:
    """Why positions that are open in the books may be over, and where sold coins may come from.

    `positions` are by account and symbol, `origins` by account and fill. `splits` are an account, a
    coin, and what is wrong with an entry that tells a split; `renames` the same of new names.
    """

    positions: dict[tuple[str, Symbol], PositionDoubt]
    origins: dict[tuple[str, FillKey], CoinOrigin]
    splits: tuple[tuple[str, str, str], ...] = ()
    renames: tuple[tuple[str, str, str], ...] = ()

    def origin(self, line: UnknownBasis) -> CoinOrigin:
        """Return where the coins of a sale may come from."""
        return self.origins.get((line.account, line.key), NOWHERE)


def doubts(session: Session) -> Doubts:
    """Return all doubts about the user's books."""
    connection, user = session.connection, session.user
    unknown = [line for line in trades.unknown_basis(connection, user.id) if is_sale(line)]
    told = movements.movements(connection, user.id)
    unknown, told = in_units_of_today(connection, user.id, unknown, told)
    moved = without_inner_transfers(told)
    zone = zone_named(user.zone)
    every = followed(connection, user.id)
    found = {
        (one.trade.position.account, one.trade.position.symbol): PositionDoubt(
            one.trade.position,
            tuple(describe(each, zone) for each in one.ways),
            one.held.left,
        )
        for one in every
        if one.is_doubtful
    }
    likely = origins([one.trade.position for one in every], unknown, moved)
    splits, renames = _splits_in_doubt(session), renames_in_doubt(session)
    return Doubts(found, likely, tuple(splits), tuple(renames))


def about_splits(found: Doubts, books: Iterable[tuple[str, Symbol]]) -> list[str]:
    """Return a sentence for each split or new name of these books that is not applied whole.

    Books are named by account and symbol.
    """
    names = set(books)
    return [
        f"{symbol} in {account}: {sentence}"
        for account, coin, sentence in (*found.splits, *found.renames)
        for book, symbol in sorted(names)
        if book == account and base_of(symbol) == coin
    ]


def _splits_in_doubt(session: Session) -> Iterator[tuple[str, str, str]]:
    """Yield account, coin and sentence of splits that books do not follow, or not to the letter."""
    connection, user_id = session.connection, session.user.id
    told = list(told_splits(connection, user_id))
    for account in accounts.accounts(connection, user_id) if told else ():
        own = [one for one in told if one.account_id == account.id]
        for one in own:
            if sentence := _doubt_about(one):
                yield account.name, one.coin, sentence
        now = splits_of(own)
        for symbol in sorted(split_otherwise(connection, user_id, account.id, now)):
            late = "an earlier coach made its trades, and they are made anew at the next look"
            yield account.name, base_of(symbol), late


def _doubt_about(one: ToldSplit) -> str:
    day = f"{one.coin} was split on {one.at:%Y-%m-%d}"
    if one.split is None:
        return f"{day}, the entry ({one.word}) does not say how: fills before it are not restated"
    if one.change is None or one.split.held or not one.held:
        return ""
    ratio = f"{one.split.after}:{one.split.before}"
    return (
        f"{day}, the entry ({one.word}) changes {one.held:f} by {one.change:f}, which {ratio} does"
        " not give: trades follow the ratio, the balance follows the entry; write it anew"
    )


def about_sales(found: Doubts, unknown: Iterable[UnknownBasis]) -> list[str]:
    """Return sentences about sales without a purchase, with all causes or the known ones."""
    sales = [line for line in unknown if is_sale(line)]
    unexplained = [line for line in sales if not found.origin(line).enough]
    explained: dict[tuple[Symbol, str], int] = {}
    for line in sales:
        origin = found.origin(line)
        if origin.enough:
            named = line.symbol, origin_of(origin)
            explained[named] = explained.get(named, 0) + 1
    sentences = list[str]()
    if unexplained:
        symbols = ", ".join(sorted({line.symbol for line in unexplained}))
        what = f"no known buy for {counted(len(unexplained), 'sale')} ({symbols}): listed apart"
        sentence = f"{what}, in no profit; possible causes: {CAUSES}"
        sentences.append(Notice(sentence, "sales_without_purchase"))
    for (symbol, phrase), count in sorted(explained.items()):
        sentences.append(
            f"{counted(count, 'sale')} of {symbol} without a purchase of its own, listed apart and"
            f" in no profit: the coins are probably those {phrase}"
        )
    return sentences


def origin_of(origin: CoinOrigin) -> str:
    """Return where coins may come from, all or in part, as a phrase; empty where nobody knows."""
    phrases = []
    if origin.held:
        phrases.append(f"bought under {' and '.join(origin.held)}")
    if origin.kinds:
        phrases.append(f"brought in by {', '.join(origin.kinds)}")
    where = " or ".join(phrases)
    return f"{where}, in part" if where and not origin.enough else where
