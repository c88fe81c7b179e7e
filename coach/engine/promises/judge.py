"""Evaluating rules against the whole history, and storing the breaches.

Rules do not depend on each other: who changed one has that one judged, with what it alone needs.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from coach.engine.conclusions.breaches import keep_breaches
from coach.engine.features.bars import NO_MARKET
from coach.engine.features.orders import NO_ORDERS, Rows, orders
from coach.engine.history.departed import departed
from coach.engine.history.inputs import CandleReach
from coach.engine.history.known import WARM_UP_DAYS, known_history, trader, window_end
from coach.engine.history.order_books import books_since
from coach.engine.jobs.collector import no_collector
from coach.engine.rules.evaluate import breaches, unjudged
from coach.engine.rules.kinds.catalogue import OPEN_PROFIT, needs
from coach.engine.store import conclusions
from coach.engine.store.promises import rules
from coach.errors import CoachError
from coach.model.times import DAY_US

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from psycopg import Connection

    from coach.engine.features.bars import Market
    from coach.engine.features.history import History
    from coach.engine.features.orders import Orders
    from coach.engine.history.inputs import MarketReader
    from coach.model.accounts import User
    from coach.model.rules import Breach, Rule, RuleId
    from coach.model.trades import Trip


def hold(
    connection: Connection[Any],
    user: User,
    read_market: MarketReader,
    rule_ids: Collection[RuleId] | None = None,
) -> list[Breach]:
    """Evaluate active rules over the whole history; store and return the new breaches.

    These rules are evaluated, or all (None). Where candles cannot be read, what was found with them
    stays, and it is noted that they are still to be concluded from.
    """
    active = [
        rule
        for rule in rules.rules(connection, user.id)
        if rule.active and (rule_ids is None or rule.id in rule_ids)
    ]
    if not active:
        return []
    with no_collector():  # the history is gone when the collector comes back, which would search it
        return _judge(connection, user, active, noting(connection, user, read_market))


def _judge(
    connection: Connection[Any], user: User, active: Sequence[Rule], read_market: MarketReader
) -> list[Breach]:
    past = whole(connection, user, active, read_market)
    blind = unjudged(active, past, user.zone)
    found = breaches(active, past, user.zone)
    return keep_breaches(connection, user, active, found, blind)


def hold_by_candles(
    connection: Connection[Any], user: User, read_market: MarketReader
) -> list[Breach]:
    """Evaluate again the rules that need candles: scoring reads only the last months."""
    by_candles = {
        rule.id
        for rule in rules.rules(connection, user.id)
        if rule.active and "candles" in needs(rule.kind, rule.params)
    }
    return hold(connection, user, read_market, by_candles) if by_candles else []


def hold_by_open_profit(
    connection: Connection[Any],
    user: User,
    read_market: MarketReader,
    promised: Sequence[Rule],
) -> list[Breach]:
    """Evaluate the rules that count open profit again: a best may lie before what was scored."""
    counting = {
        rule.id for rule in promised if rule.active and needs(rule.kind, rule.params) >= OPEN_PROFIT
    }
    return hold(connection, user, read_market, counting) if counting else []


def whole(
    connection: Connection[Any], user: User, promised: Sequence[Rule], read_market: MarketReader
) -> History:
    """Return all round trips, and beside them all that these rules ask for, from the first day."""
    return beside(connection, user, known_history(connection, user.id), promised, read_market)


def beside(
    connection: Connection[Any],
    user: User,
    past: History,
    promised: Sequence[Rule],
    read_market: MarketReader,
) -> History:
    """Return these round trips and beside them all that these rules ask for.

    Where candles cannot be read there are none, as if nobody had any.
    """
    wanted = frozenset().union(*(needs(rule.kind, rule.params) for rule in promised))
    if not wanted - {"price", "zone"} or not len(past):
        left = departed(connection, user.id)
        return past.beside(past.orders, past.market, replace(past.trader, departed=left))
    market = NO_MARKET
    if "candles" in wanted:
        start_us = int(past.opened_us[0]) - WARM_UP_DAYS * DAY_US
        with suppress(CoachError):
            market = read_market(CandleReach(past.symbols, start_us, window_end(past.trips)))
    laid_out = NO_ORDERS
    if "orders" in wanted:
        laid_out = orders_beside(connection, user, past, past.trips)
    return past.beside(laid_out, market, trader(connection, user))


def noting(connection: Connection[Any], user: User, read_market: MarketReader) -> MarketReader:
    """Return the same reader, which notes what is to be concluded from where it fails."""

    def read(reach: CandleReach) -> Market:
        try:
            return read_market(reach)
        except CoachError:
            conclusions.note_change(connection, user.id)
            raise

    return read


def orders_beside(
    connection: Connection[Any], user: User, past: History, wanted: Iterable[Trip]
) -> Orders:
    """Return the orders of these trips of the history, oldest first; others may be among them."""
    starts: dict[str, int] = {}
    for trip in wanted:
        starts.setdefault(trip.symbol, trip.opened_us)
    books = books_since(connection, user.id, starts, window_end(past.trips))
    return orders(Rows(past.ids, past.exit_fills, past.entry_fills), books)
