"""From fills to conclusions: books, tags, findings, breaches. Always from the fills alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from coach.engine.biases import catalogue
from coach.engine.features.history import history
from coach.engine.ledger.book import Book
from coach.engine.rules.evaluate import breaches as rule_breaches
from coach.engine.store import fills, insights, rules, trades
from coach.engine.store.trades import TradeLines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg import Connection

    from coach.engine.features.history import History
    from coach.model.accounts import Account, User, UserId
    from coach.model.fills import Symbol
    from coach.model.insights import Finding, Tag
    from coach.model.rules import Breach

WINDOW_DAYS = 90
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scored:
    """What scoring found, and what of it is new."""

    findings: list[Finding]
    new_tags: list[Tag]
    new_breaches: list[Breach]


def derive_books(
    connection: Connection[Any], user_id: UserId, account: Account, symbols: Sequence[Symbol]
) -> None:
    """Make the trades and positions of these books anew from their fills."""
    trades.forget(connection, user_id, account.id, symbols)
    for symbol in symbols:
        _derive_book(connection, user_id, account, symbol)


def _derive_book(
    connection: Connection[Any], user_id: UserId, account: Account, symbol: Symbol
) -> None:
    book = Book(account.id, symbol, shorts=account.shorts)
    lines = TradeLines(user_id)
    count = 0
    for fill in fills.in_book(connection, user_id, account.id, symbol):
        count += 1
        trip = book.add(fill)
        if trip is not None:
            lines.write(trip)
    if not count:
        return
    still_open = book.open_trip()
    if still_open is not None:
        lines.write(still_open)
    trades.add(connection, lines)
    positions = [book.position("fifo"), book.position("average")]
    trades.add_positions(connection, user_id, account.id, positions)
    trades.add_unknown(connection, user_id, account.id, book.unknown)


def known_history(connection: Connection[Any], user_id: UserId) -> History:
    """Return all round trips of the user as columns."""
    return history(trades.trips(connection, user_id))


def score(connection: Connection[Any], user: User) -> Scored:
    """Tag events, test habits and evaluate rules over the user's whole history."""
    past = known_history(connection, user.id)
    end = window_end(past)
    findings = catalogue.findings(past, end - WINDOW_DAYS * 86_400_000_000, end)
    insights.replace_findings(connection, user.id, findings, as_moment(end))
    new_tags = insights.replace_tags(connection, user.id, catalogue.tags(past))
    return Scored(findings, new_tags, keep_promises(connection, user, past))


def keep_promises(connection: Connection[Any], user: User, past: History) -> list[Breach]:
    """Evaluate the active rules and return the breaches that are new."""
    active = [rule for rule in rules.rules(connection, user.id) if rule.active]
    found = rule_breaches(active, past, user.zone)
    return rules.replace_breaches(connection, user.id, found)


def window_end(past: History) -> int:
    """Return the microsecond after the last thing that happened: windows end with the data."""
    if len(past.opened_us) == 0:
        return 0
    return int(max(past.opened_us.max(), past.closed_us.max())) + 1


def as_moment(microseconds: int) -> datetime:
    """Return the UTC time of so many microseconds since 1970."""
    return EPOCH + timedelta(microseconds=microseconds)
