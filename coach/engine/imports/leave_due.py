"""An import into a large history: trades and breaches now, other conclusions with the next look.

Breaches are judged as far as the change reaches, and over all trades by rules that look back on
everything, were never judged, or were judged when other trades were over by their coins. The first
trades are judged by all rules as they were matched, and are not read again.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from coach.engine.conclusions.breaches import keep_breaches
from coach.engine.conclusions.scoring_result import ScoringResult
from coach.engine.features.history import history
from coach.engine.history.departed import departed
from coach.engine.imports.trade_changes import NO_CHANGE, find_change
from coach.engine.promises import judge
from coach.engine.promises.judge_since import ActiveRules, active_rules, has_reach, hold_since
from coach.engine.rules.evaluate import breaches, unjudged
from coach.engine.store import conclusions, trades

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from psycopg import Connection

    from coach.engine.history.inputs import MarketReader
    from coach.engine.imports.trade_changes import MatchedBooks
    from coach.engine.jobs.second_thread import SecondThread
    from coach.engine.promises.judge_since import TradeChange
    from coach.model.accounts import User
    from coach.model.rules import Breach, Rule
    from coach.model.trades import Trip


class BooksToKeep(NamedTuple):
    """Books that were matched: what changed, the other trades as they are stored, how to write."""

    matched: MatchedBooks
    other_trips: Callable[[], Iterable[Trip]]
    write: Callable[[], None]


def leave_due(
    connection: Connection[Any],
    user: User,
    books: BooksToKeep,
    read_market: MarketReader,
    writer: SecondThread,
) -> ScoringResult:
    """Write the trades, keep the breaches, and note that all other conclusions are due."""
    active = active_rules(connection, user)
    if not trades.any_of(connection, user.id):
        active = ActiveRules([], [*active.judged, *active.unjudged])
    change = find_change(connection, user.id, books.matched) if active.judged else NO_CHANGE
    touched = active.judged if change.since is not None else []
    whole = [*active.unjudged, *(rule for rule in touched if not has_reach(rule, change))]
    found = _judge_whole(connection, user, books, whole, read_market, writer)
    otherwise = {rule.id for rule in active.judged_with_others_over(connection, user)}
    since = [rule for rule in touched if has_reach(rule, change) and rule.id not in otherwise]
    late = _judge_since(connection, user, since, read_market, change)
    again = judge.hold(connection, user, read_market, otherwise) if otherwise else []
    conclusions.note_due(connection, user.id)
    return ScoringResult(new_breaches=(*found, *late, *again), due=True)


def _judge_whole(
    connection: Connection[Any],
    user: User,
    books: BooksToKeep,
    asked: Sequence[Rule],
    read_market: MarketReader,
    writer: SecondThread,
) -> list[Breach]:
    """Write the books while these rules are judged over all trades; return the new breaches."""
    if not asked:
        books.write()
        return []
    trips = chain(*(matching.trips for matching in books.matched.matchings), books.other_trips())
    reader = judge.noting(connection, user, read_market)
    past = judge.beside(connection, user, history(trips), asked, reader)
    writer.begin(books.write)
    found, blind = breaches(asked, past, user.zone), unjudged(asked, past, user.zone)
    writer.wait()
    left = departed(connection, user.id)
    if left != past.trader.departed:
        past = past.beside(past.orders, past.market, replace(past.trader, departed=left))
        found, blind = breaches(asked, past, user.zone), unjudged(asked, past, user.zone)
    return keep_breaches(connection, user, asked, found, blind)


def _judge_since(
    connection: Connection[Any],
    user: User,
    asked: Sequence[Rule],
    read_market: MarketReader,
    change: TradeChange,
) -> list[Breach]:
    if not asked or change.since is None:
        return []
    found, left = hold_since(connection, user, asked, read_market, change.since)
    if not left:
        return found
    again = judge.hold(connection, user, read_market, {rule.id for rule in left})
    return [*found, *again]
