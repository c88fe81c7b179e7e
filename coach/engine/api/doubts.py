"""Doubts: positions that may be closed already, and sales without a known purchase."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from coach.engine.api.session import Session
from coach.engine.features.zones import zone_named
from coach.engine.history.departed import followed
from coach.engine.ledger.doubts import (
    NOWHERE,
    CoinOrigin,
    OpenPosition,
    base_of,
    describe,
    is_sale,
    origins,
    without_inner_transfers,
)
from coach.engine.ledger.exact import ZERO
from coach.engine.store import movements, trades
from coach.model.entries.kinds import entry_kind
from coach.model.fills import FillKey, Symbol
from coach.model.movements import AccountMovement
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

    `positions` are by account and symbol, `origins` by account and fill. `splits` are those of
    coins that were held: fills before one count other units than those after it.
    """

    positions: dict[tuple[str, Symbol], PositionDoubt]
    origins: dict[tuple[str, FillKey], CoinOrigin]
    splits: tuple[AccountMovement, ...] = ()

    def origin(self, line: UnknownBasis) -> CoinOrigin:
        """Return where the coins of a sale may come from."""
        return self.origins.get((line.account, line.key), NOWHERE)


def doubts(session: Session) -> Doubts:
    """Return all doubts about the user's books."""
    connection, user = session.connection, session.user
    unknown = [line for line in trades.unknown_basis(connection, user.id) if is_sale(line)]
    moved = without_inner_transfers(movements.movements(connection, user.id))
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
    splits = tuple(one for one in moved if entry_kind(one.kind, one.quantity) == "split")
    likely = origins([one.trade.position for one in every], unknown, moved)
    return Doubts(found, likely, splits)


def about_splits(found: Doubts, books: Iterable[tuple[str, Symbol]]) -> list[str]:
    """Return a sentence for each book, by account and symbol, with fills around a split."""
    names = set(books)
    return [
        f"{symbol} in {account}: {base_of(symbol)} was split on {one.at:%Y-%m-%d}, and fills before"
        " it are not restated: a profit across it is not right"
        for one in found.splits
        for account, symbol in sorted(names)
        if account == one.account and base_of(symbol) == one.coin
    ]


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
