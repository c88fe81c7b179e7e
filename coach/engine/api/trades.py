"""What happened: round trips, profit, open positions, and what could not be matched."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from coach.engine.api import excursions
from coach.engine.api.desk import Desk
from coach.engine.api.excursions import NOTHING_KNOWN, Reached
from coach.engine.ledger.exact import add
from coach.engine.store import accounts, insights, trades
from coach.engine.store.trades import BookPosition, TradeFilter
from coach.errors import NotFound, UsageError
from coach.model.insights import Bias
from coach.model.trades import Method, Outcome, Position, RoundTrip, UnknownBasis, outcome

__all__ = ["Profit", "ProfitRow", "Sum", "TradeFilter", "TradeView", "profit", "round_trips"]


@dataclass(frozen=True, slots=True)
class TradeView:
    """A closed round trip with its account, its tags and the one verdict on it."""

    trip: RoundTrip
    account: str
    outcome: Outcome
    tags: tuple[Bias, ...]
    reached: Reached = NOTHING_KNOWN


@dataclass(frozen=True, slots=True)
class Sum:
    """Realised money in one quote currency."""

    gross: Decimal
    fees: Decimal
    net: Decimal


@dataclass(frozen=True, slots=True)
class ProfitRow:
    """One book."""

    account: str
    position: Position


@dataclass(frozen=True, slots=True)
class Profit:
    """Realised profit and open positions by one method; totals per quote currency."""

    method: Method
    rows: tuple[ProfitRow, ...]
    totals: dict[str, Sum]
    unknown: tuple[UnknownBasis, ...]
    warnings: tuple[str, ...]


def round_trips(desk: Desk, wanted: TradeFilter | None = None) -> Iterator[TradeView]:
    """Yield the closed round trips, oldest first, and how far each went."""
    chosen = wanted or TradeFilter()
    if chosen.account is not None:
        _check_account(desk, chosen.account)
    names = {
        account.id: account.name for account in accounts.accounts(desk.connection, desk.user.id)
    }
    tags = insights.tagged(desk.connection, desk.user.id)
    found = list(trades.round_trips(desk.connection, desk.user.id, chosen))
    reached = excursions.of_trips(desk, found)
    for trip in found:
        verdict, known = outcome(trip.net, trip.fees), reached[trip.id]
        yield TradeView(trip, names[trip.account_id], verdict, tags.get(trip.id, ()), known)


def profit(
    desk: Desk, method: str = "fifo", symbol: str | None = None, account: str | None = None
) -> Profit:
    """Return what was earned, to the last digit, and what is still open."""
    if method not in {"fifo", "average"}:
        raise UsageError("use --method fifo or --method average", what=f"no method {method!r}")
    user_id = desk.user.id
    if account is not None:
        _check_account(desk, account)
    wanted = symbol.upper() if symbol else None
    books = [
        book
        for book in trades.positions(desk.connection, user_id, method)
        if account in {None, book.account} and wanted in {None, book.position.symbol}
    ]
    if wanted and not books:
        raise NotFound("coach pnl lists all", kind="symbol", name=wanted)
    unknown = tuple(
        line
        for line in trades.unknown_basis(desk.connection, user_id, account)
        if wanted in {None, line.symbol}
    )
    rows = tuple(ProfitRow(book.account, book.position) for book in books)
    chosen: Method = "average" if method == "average" else "fifo"
    return Profit(chosen, rows, _totals(books), unknown, _warnings(books, unknown))


def _check_account(desk: Desk, name: str) -> None:
    if accounts.account_named(desk.connection, desk.user.id, name) is None:
        raise NotFound("coach accounts lists them", kind="account", name=name)


def counted(number: int, thing: str) -> str:
    """Return the number with its noun."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def _totals(books: list[BookPosition]) -> dict[str, Sum]:
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for book in books:
        p = book.position
        sums[p.quote] = [
            add(total, part)
            for total, part in zip(sums[p.quote], (p.gross, p.fees, p.net), strict=True)
        ]
    return {quote: Sum(*sums[quote]) for quote in sorted(sums)}


def _warnings(books: list[BookPosition], unknown: tuple[UnknownBasis, ...]) -> tuple[str, ...]:
    warnings = []
    if unknown:
        symbols = ", ".join(sorted({line.symbol for line in unknown}))
        warnings.append(
            f"no known buy for {counted(len(unknown), 'sale')} ({symbols}): listed apart,"
            " in no profit; import the older statements"
        )
    coins = sorted({coin for book in books for coin in book.position.other_fees})
    if coins:
        warnings.append(f"fees paid in {', '.join(coins)} are listed apart and not in net")
    return tuple(warnings)
