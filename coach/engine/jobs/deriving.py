"""From fills to conclusions: books, tags, findings, breaches. Always from the fills alone."""

from __future__ import annotations

import gc
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any

from coach.engine.biases import catalogue
from coach.engine.features.history import history
from coach.engine.jobs.matching import Matching
from coach.engine.ledger.columns import EPOCH
from coach.engine.rules.evaluate import breaches as rule_breaches
from coach.engine.store import fills, insights, rules, trades

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.features.history import History
    from coach.engine.jobs.matching import WhileReading
    from coach.model.accounts import Account, User, UserId
    from coach.model.fills import Symbol
    from coach.model.insights import Finding, Tag
    from coach.model.rules import Breach

WINDOW_DAYS = 90


@dataclass(frozen=True, slots=True)
class Scored:
    """What scoring found, and what of it is new."""

    findings: list[Finding]
    new_tags: list[Tag]
    new_breaches: list[Breach]


@dataclass(frozen=True, slots=True)
class Touched:
    """Books whose fills changed."""

    account: Account
    symbols: Sequence[Symbol]


def derive(
    connection: Connection[Any],
    user: User,
    touched: Touched,
    while_reading: WhileReading | None = None,
) -> Scored:
    """Make the touched books' trades anew from their fills, then score the whole history.

    The trades are written by a second thread while the first one computes: writing waits for
    the server, computing does not need the connection.
    """
    account, symbols = touched.account, touched.symbols
    with no_collector(), ThreadPoolExecutor(max_workers=1) as writer:
        matchings = _matchings(connection, user.id, touched, while_reading)
        stored = list(trades.trips(connection, user.id, account.id, symbols))
        written = writer.submit(_keep_books, connection, user.id, touched, matchings)
        past = history(chain(*(matching.trips for matching in matchings), stored))
        concluded = conclude(past)
        written.result()
        return keep_conclusions(connection, user, past, concluded)


@contextmanager
def no_collector() -> Iterator[None]:
    """Keep the cycle collector out while millions of values without cycles are made."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _matchings(
    connection: Connection[Any],
    user_id: UserId,
    touched: Touched,
    while_reading: WhileReading | None,
) -> list[Matching]:
    found = []
    for symbol in touched.symbols:
        matching = while_reading.matched(symbol) if while_reading else None
        if matching is None:
            matching = _match_stored(connection, user_id, touched.account, symbol)
        if matching is not None:
            found.append(matching)
    return found


def _keep_books(
    connection: Connection[Any], user_id: UserId, touched: Touched, matchings: Sequence[Matching]
) -> None:
    account_id = touched.account.id
    trades.forget(connection, user_id, account_id, touched.symbols)
    for matching in matchings:
        book = matching.book
        trades.add(connection, matching.lines)
        positions = [book.position("fifo"), book.position("average")]
        trades.add_positions(connection, user_id, account_id, positions)
        trades.add_unknown(connection, user_id, account_id, book.unknown)


def _match_stored(
    connection: Connection[Any], user_id: UserId, account: Account, symbol: Symbol
) -> Matching | None:
    matching = None
    for fill in fills.in_book(connection, user_id, account.id, symbol):
        if matching is None:
            matching = Matching(user_id, account, symbol)
        matching.take(fill)
    if matching is not None:
        matching.finish()
    return matching


def known_history(connection: Connection[Any], user_id: UserId) -> History:
    """Return all round trips of the user as columns."""
    with no_collector():
        return history(trades.trips(connection, user_id))


@dataclass(frozen=True, slots=True)
class Concluded:
    """What the history says: claims as of a moment, and facts."""

    as_of: datetime
    findings: list[Finding]
    tags: list[Tag]


def conclude(past: History) -> Concluded:
    """Test habits over the window that ends with the data, and tag events of all time."""
    end = window_end(past)
    findings = catalogue.findings(past, end - WINDOW_DAYS * 86_400_000_000, end)
    return Concluded(as_moment(end), findings, catalogue.tags(past))


def keep_conclusions(
    connection: Connection[Any], user: User, past: History, concluded: Concluded
) -> Scored:
    """Keep what was concluded, hold the rules against the history, return what is new."""
    insights.replace_findings(connection, user.id, concluded.findings, concluded.as_of)
    new_tags = insights.replace_tags(connection, user.id, concluded.tags)
    return Scored(concluded.findings, new_tags, keep_promises(connection, user, past))


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
