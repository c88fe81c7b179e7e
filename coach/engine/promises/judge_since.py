"""Judging what late changes of trades may have changed; what was judged before stays.

Whether a rule is broken at a moment depends on that trade, and on what its kind looks back on from
there. So the breaches before the earliest change stand, and from there on the trades within reach
of the look-back are read and judged by the same function as the whole history. A group judges each
trade by several kinds at once: it begins where the oldest trade was opened that the change touches.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from coach.engine.conclusions.breaches import (
    circumstances,
    departed_sha256,
    keep_breaches_since,
)
from coach.engine.features.bars import NO_MARKET
from coach.engine.features.history import CODES, OPEN, history
from coach.engine.features.orders import NO_ORDERS
from coach.engine.history.inputs import CandleReach
from coach.engine.history.known import WARM_UP_DAYS, trader, window_end
from coach.engine.promises.judge import noting, orders_beside
from coach.engine.rules.evaluate import breaches, unjudged
from coach.engine.rules.kinds.catalogue import kind_of, needs
from coach.engine.rules.kinds.groups import farthest
from coach.engine.store.promises import judged, rules
from coach.engine.store.promises.judged import JudgedSpan
from coach.errors import CoachError
from coach.model.times import DAY_US, microseconds

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.engine.features.history import History
    from coach.engine.history.inputs import MarketReader
    from coach.engine.rules.kinds.kind import LookBack
    from coach.model.accounts import User
    from coach.model.rules import Breach, Rule

GROUPS = frozenset({"all", "any"})


class TradeChange(NamedTuple):
    """What an import, an undo or a declaration did to the trades.

    Whatever happened before `since` is as it was; None where nothing changed. `appended` says that
    books only got fills after all that they had.
    """

    since: datetime | None
    appended: bool = True


class ActiveRules(NamedTuple):
    """The active rules: those whose breaches were found as things are now, and the others."""

    judged: list[Rule]
    unjudged: list[Rule]

    def judged_with_others_over(self, connection: Connection[Any], user: User) -> list[Rule]:
        """Return those judged when other trades were over by their coins, by books as they are."""
        known, over = judged.judged_as(connection, user.id), departed_sha256(connection, user.id)
        return [rule for rule in self.judged if known[rule.id].partition(" ")[2] != over]


def active_rules(connection: Connection[Any], user: User) -> ActiveRules:
    """Return the active rules; what a rule, the zone or the money was changed to counts."""
    active = [rule for rule in rules.rules(connection, user.id) if rule.active]
    known, now = judged.judged_as(connection, user.id), circumstances(connection, user, active)
    found = ActiveRules([], [])
    for rule in active:
        same = known[rule.id].partition(" ")[0] == now[rule.id]
        (found.judged if same else found.unjudged).append(rule)
    return found


def has_reach(rule: Rule, change: TradeChange) -> bool:
    """Say whether a rule can be judged from a change on.

    It cannot where its look-back has no end, or where orders count and a book was matched anew.
    """
    if not change.appended and "orders" in needs(rule.kind, rule.params):
        return False
    return _look_back([rule]).days is not None


def _look_back(asked: Sequence[Rule]) -> LookBack:
    return farthest(kind_of(rule.kind).looks_back(rule.params) for rule in asked)


def hold_since(
    connection: Connection[Any],
    user: User,
    asked: Sequence[Rule],
    read_market: MarketReader,
    moment: datetime,
) -> tuple[list[Breach], list[Rule]]:
    """Judge these rules from a moment on, store, and return the new breaches.

    The trades are in the store. Also returned are the rules that cannot be judged so, since a run
    of losses that they count began before all that was read.
    """
    found: list[Breach] = []
    left: list[Rule] = []
    for begin, inside in _by_beginning(connection, user, asked, moment).items():
        broken, out_of_reach = _hold(connection, user, inside, read_market, begin)
        found, left = [*found, *broken], [*left, *out_of_reach]
    return found, left


def _by_beginning(
    connection: Connection[Any], user: User, asked: Sequence[Rule], moment: datetime
) -> dict[datetime, list[Rule]]:
    """Return the rules by the moment from which a change can tell in them.

    Orders are known up to the last entry or close, so those after it come with the next one.
    """
    found: dict[datetime, list[Rule]] = {}
    for rule in asked:
        begin = moment
        if "orders" in needs(rule.kind, rule.params):
            begin = judged.last_event_before(connection, user.id, moment) or moment
        if rule.kind in GROUPS:
            first = judged.first_open_at(connection, user.id, begin)
            begin = begin if first is None else min(first, begin)
        found.setdefault(begin, []).append(rule)
    return found


def _hold(
    connection: Connection[Any],
    user: User,
    asked: Sequence[Rule],
    read_market: MarketReader,
    moment: datetime,
) -> tuple[list[Breach], list[Rule]]:
    if not asked:
        return [], []
    back = _look_back(asked)
    assert back.days is not None
    span = JudgedSpan(moment, moment - timedelta(days=back.days), back.trades)
    past = history(judged.trips_of_span(connection, user.id, span))
    left = [] if _knows_runs(past, span) else [one for one in asked if _look_back([one]).losses]
    inside = [rule for rule in asked if rule not in left]
    past = _beside(connection, user, inside, past, read_market, moment)
    found = breaches(inside, past, user.zone)
    blind = unjudged(inside, past, user.zone)
    return keep_breaches_since(connection, user, inside, found, blind, moment), left


def _knows_runs(past: History, span: JudgedSpan) -> bool:
    """Say whether any run of losses that goes on at the moment began within what was read."""
    least = judged.newest_read(span)
    closed, moment_us = past.closed_us, microseconds(span.moment)
    earlier = np.flatnonzero((closed != OPEN) & (closed < moment_us))
    if not least or len(earlier) < least:
        return True  # no run is counted, or there are no more closes than these
    oldest_read = int(np.sort(closed[earlier])[-least])
    complete = min(oldest_read, microseconds(span.since) - 1)
    inside = earlier[closed[earlier] > complete]
    return bool((past.outcome[inside] != CODES["loss"]).any())


def _beside(
    connection: Connection[Any],
    user: User,
    asked: Sequence[Rule],
    past: History,
    read_market: MarketReader,
    moment: datetime,
) -> History:
    """Return the trades with what these rules ask for, as far as they can look from the moment."""
    wanted = frozenset().union(*(needs(rule.kind, rule.params) for rule in asked))
    moment_us, market, laid_out = microseconds(moment), NO_MARKET, NO_ORDERS
    late = [trip for trip in past.trips if trip.opened_us >= moment_us]
    if "candles" in wanted and late:
        symbols = tuple(sorted({trip.symbol for trip in late}))
        start_us = moment_us - WARM_UP_DAYS * DAY_US
        reach = CandleReach(symbols, start_us, window_end(past.trips))
        with suppress(CoachError):
            market = noting(connection, user, read_market)(reach)
    if "orders" in wanted:
        touched = [one for one in past.trips if (one.closed_us or moment_us) >= moment_us]
        laid_out = orders_beside(connection, user, past, touched)
    return past.beside(laid_out, market, trader(connection, user))
