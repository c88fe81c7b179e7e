"""Trades: round trips, profit, open positions, and fills that could not be matched."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from operator import attrgetter

from coach.engine.api import doubts, excursions
from coach.engine.api.conclusions.due import conclude_due
from coach.engine.api.doubts import Doubts, PositionDoubt
from coach.engine.api.excursions import NOTHING_KNOWN, TradeExcursion
from coach.engine.api.pages import WHOLE_LIST, ListPage, part_of
from coach.engine.api.session import Session
from coach.engine.ledger.exact import add
from coach.engine.ledger.realised import open_quantity
from coach.engine.store import accounts, fills, insights, notes, trades
from coach.engine.store.trades import BookPosition, TradeFilter
from coach.errors import Invalid, NotFound, ObjectTrouble
from coach.model.accounts import AccountId
from coach.model.bookkeeping.base_currency import BaseProfit, HeldPosition
from coach.model.fills import FillKey, Symbol
from coach.model.insights import Bias
from coach.model.notices import Notice
from coach.model.trades import Method, Outcome, Position, RoundTrip, UnknownBasis, outcome

__all__ = ["Profit", "ProfitRow", "Sum", "TradeFilter", "TradeView", "profit", "round_trips"]


@dataclass(frozen=True, slots=True)
class TradeView:
    """A round trip with its account, its tags and the one verdict on it: None while it is open.

    `notes` is how many the trader wrote on it, `held` how much of an open trade is left by
    following its coin, None where that is all.
    """

    trip: RoundTrip
    account: str
    outcome: Outcome | None
    tags: tuple[Bias, ...]
    reached: TradeExcursion = NOTHING_KNOWN
    notes: int = 0
    held: Decimal | None = None

    @property
    def open_quantity(self) -> Decimal:
        """Return what is open of an open trade, below zero for a short."""
        return open_quantity(self.trip)


@dataclass(frozen=True, slots=True)
class Sum:
    """Realised money in one quote currency."""

    gross: Decimal
    fees: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class ProfitRow:
    """One book; `doubt` says why its open position may be over, None where nothing does."""

    account: str
    position: Position
    doubt: PositionDoubt | None = None

    def held(self) -> HeldPosition:
        """Return how much of the position is held."""
        quantity = self.doubt.held if self.doubt else self.position.open_quantity
        return HeldPosition(self.account, self.position.symbol, quantity)


@dataclass(frozen=True, slots=True)
class Profit:
    """Realised profit and open positions by one method; totals per quote currency.

    `origins` says in a phrase where the coins of unknown sales may come from, by account and fill.
    `base` is the same in the user's base currency, None where there is none.
    """

    method: Method
    rows: tuple[ProfitRow, ...]
    totals: dict[str, Sum]
    unknown: tuple[UnknownBasis, ...]
    warnings: tuple[str, ...]
    origins: dict[tuple[str, FillKey], str] = field(default_factory=dict)
    base: BaseProfit | None = None


def round_trips(
    session: Session, wanted: TradeFilter | None = None, page: ListPage = WHOLE_LIST
) -> Iterator[TradeView]:
    """Yield the closed round trips, oldest first, and how far each went; those of a page alone.

    NotFound where none is the one that the page comes after.
    """
    chosen = wanted or TradeFilter()
    if chosen.account is not None:
        _check_account(session, chosen.account)
    names = {
        account.id: account.name
        for account in accounts.accounts(session.connection, session.user.id)
    }
    conclude_due(session)
    tags = insights.tagged(session.connection, session.user.id)
    chosen_trips = list(trades.round_trips(session.connection, session.user.id, chosen))
    found = part_of(chosen_trips, page, attrgetter("id"))
    reached = excursions.of_trips(session, found)
    noted = notes.counts(session.connection, session.user.id)
    for trip in found:
        yield TradeView(
            trip=trip,
            account=names[trip.account_id],
            outcome=outcome(trip.net, trip.fees, trip.other_fees),
            tags=tags.get(trip.id, ()),
            reached=reached[trip.id],
            notes=noted.get(trip.id, 0),
        )


def open_round_trips(
    session: Session, symbol: str | None = None, account: str | None = None
) -> Iterator[TradeView]:
    """Yield the round trips that are open, by when they were opened, and what was realised.

    One of which nothing is held any more is over: its book alone does not know.
    """
    if account is not None:
        _check_account(session, account)
    names = {one.id: one.name for one in accounts.accounts(session.connection, session.user.id)}
    conclude_due(session)
    tags = insights.tagged(session.connection, session.user.id)
    found = list(trades.open_trips(session.connection, session.user.id, symbol, account))
    over = doubts.doubts(session).positions if found else {}
    found = [one for one in found if _held(one, _doubt(one, names, over)) != 0]
    reached = excursions.of_trips(session, found)
    noted = notes.counts(session.connection, session.user.id)
    for trip in found:
        yield TradeView(
            trip=trip,
            account=names[trip.account_id],
            outcome=None,
            tags=tags.get(trip.id, ()),
            reached=reached[trip.id],
            notes=noted.get(trip.id, 0),
            held=_held(trip, _doubt(trip, names, over)),
        )


def _doubt(
    trip: RoundTrip,
    names: dict[AccountId, str],
    found: dict[tuple[str, Symbol], PositionDoubt],
) -> PositionDoubt | None:
    return found.get((names[trip.account_id], trip.symbol))


def _held(trip: RoundTrip, doubt: PositionDoubt | None) -> Decimal | None:
    """Return what is held of an open trade, None for all; a doubt is about owned coins alone."""
    is_about_it = doubt is not None and doubt.position.since == trip.opened_at
    return doubt.held if doubt is not None and is_about_it and trip.side == "long" else None


def doubtful_positions(session: Session, wanted: TradeFilter) -> list[str]:
    """Return a sentence for each position that is open in the books and may be over."""
    return [
        doubt.sentence()
        for (account, symbol), doubt in sorted(doubts.doubts(session).positions.items())
        if wanted.account in {None, account} and wanted.symbol in {None, symbol}
    ]


def profit(
    session: Session, method: str = "fifo", symbol: str | None = None, account: str | None = None
) -> Profit:
    """Return what was earned, to the last digit, and what is still open."""
    if method not in {"fifo", "average"}:
        raise Invalid("method", f"not {method!r}", "fifo or average", example="fifo")
    with session.connection.transaction():  # alone, each statement would take three journeys
        found = _profit(session, method, symbol, account)
    return _in_base(session, found, symbol, account) if session.user.base_currency else found


def _in_base(session: Session, found: Profit, symbol: str | None, account: str | None) -> Profit:
    """Return profit with what it is in the base currency, or with why that is not known."""
    from coach.engine.api.money.realised import base_profit

    if found.method != "fifo":
        why = "closes are converted as FIFO matches them"
    else:
        held = [one.held() for one in found.rows]
        wanted = symbol_named(session, symbol) if symbol else None
        try:
            base = base_profit(session, [one for one in held if one.quantity], wanted, account)
        except ObjectTrouble as trouble:
            why = str(trouble)
        else:
            return replace(found, base=base)
    warning = f"nothing is told in {session.user.base_currency}: {why}"
    return replace(found, warnings=(*found.warnings, warning))


def _profit(session: Session, method: str, symbol: str | None, account: str | None) -> Profit:
    user_id = session.user.id
    if account is not None:
        _check_account(session, account)
    wanted = symbol_named(session, symbol) if symbol else None
    books = [
        book
        for book in trades.positions(session.connection, user_id, method)
        if account in {None, book.account} and wanted in {None, book.position.symbol}
    ]
    if wanted and not books:
        raise NotFound(kind="symbol", name=wanted)
    unknown = tuple(
        line
        for line in trades.unknown_basis(session.connection, user_id, account)
        if wanted in {None, line.symbol}
    )
    found = doubts.doubts(session)
    rows = tuple(_row(book, found) for book in books)
    warnings = (
        *doubts.about_sales(found, unknown),
        *(row.doubt.sentence() for row in rows if row.doubt),
        *doubts.about_splits(found, [(book.account, book.position.symbol) for book in books]),
        *_other_fees(books),
    )
    chosen: Method = "average" if method == "average" else "fifo"
    likely = {book: doubts.origin_of(origin) for book, origin in found.origins.items()}
    return Profit(chosen, rows, _totals(books), unknown, warnings, likely)


def symbol_named(session: Session, text: str) -> str:
    """Return the symbol that a person names: `AAPL` is AAPL-USD where that alone was traded.

    A text that names none, or one of several, is returned in upper case.
    """
    name = text.upper()
    if "-" in name:
        return name
    connection, user_id = session.connection, session.user.id
    found = {
        symbol
        for account in accounts.accounts(connection, user_id)
        for symbol in fills.symbols_of(connection, user_id, account.id)
        if symbol.rpartition("-")[0] == name
    }
    return found.pop() if len(found) == 1 else name


def require_symbol(session: Session, symbol: str) -> None:
    """Raise NotFound for a symbol that was never traded, and name those that were."""
    books = trades.positions(session.connection, session.user.id, "fifo")
    known = sorted({book.position.symbol for book in books})
    if symbol not in known:
        raise NotFound(f"there is {', '.join(known) or 'none yet'}", kind="symbol", name=symbol)


def _row(book: BookPosition, found: Doubts) -> ProfitRow:
    doubt = found.positions.get((book.account, book.position.symbol))
    return ProfitRow(book.account, book.position, None if book.position.margin else doubt)


def _check_account(session: Session, name: str) -> None:
    if accounts.account_named(session.connection, session.user.id, name) is None:
        raise NotFound(kind="account", name=name)


def _totals(books: list[BookPosition]) -> dict[str, Sum]:
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for book in books:
        p = book.position
        sums[p.quote] = [
            add(total, part)
            for total, part in zip(sums[p.quote], (p.gross, p.fees, p.net), strict=True)
        ]
    return {quote: Sum(*sums[quote]) for quote in sorted(sums)}


def _other_fees(books: list[BookPosition]) -> Iterator[str]:
    coins = sorted({coin for book in books for coin in book.position.other_fees})
    if coins:
        what = f"fees paid in {', '.join(coins)} are listed apart and not in net"
        yield Notice(f"{what}: no stored candle values them", "fees_without_value")
