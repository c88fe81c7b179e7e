"""MAE, MFE and R of round trips, as far as stored candles and declared plans allow.

Each value belongs to its trade: it is read from the candles that touch this trade, whatever else
was asked for or imported.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain
from typing import TYPE_CHECKING

from coach.engine.api import own_fills, sight
from coach.engine.ledger.renamed.renames import concerning
from coach.engine.store import candles
from coach.engine.store.entries.renames import renames
from coach.engine.store.entries.splits import splits
from coach.engine.store.promises import plans
from coach.errors import CoachError, SnapshotLost
from coach.model.candles import CandleWindow, Granularity, name_of, preference, weeks_in
from coach.model.fills import base_of
from coach.model.times import SECOND_US, microseconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from coach.engine.api.session import Session
    from coach.engine.features.bars import Bars
    from coach.engine.features.excursions import ClosedHolding, Excursion, ExcursionSearch
    from coach.engine.market.book import CandleShelf
    from coach.model.fills import Symbol
    from coach.model.plans import Plan
    from coach.model.trades import RoundTrip, TradeId

MILLIONTHS = 6
NO_CANDLES = "no candles of the symbol"
NO_STOP = "no stop declared"
NOT_CLOSED = "the trade is still open"
SPLIT = "it was split since: candles and prices may be in other units"


@dataclass(frozen=True, slots=True)
class TradeExcursion:
    """MAE and MFE as fractions of the entry price and the result in R; each None with a reason.

    `source` and `step_s` name the candles that MAE and MFE were read from and their length in
    seconds: empty and None where they are not known.
    """

    mae: Decimal | None = None
    mfe: Decimal | None = None
    mae_reason: str = ""
    source: str = ""
    step_s: int | None = None
    r: Decimal | None = None
    r_reason: str = ""

    @property
    def granularity(self) -> str | None:
        """Return the length of those candles as people name it: 15m, 1h, 1d."""
        return None if self.step_s is None else name_of(Granularity(self.step_s))


NOTHING_KNOWN = TradeExcursion()


def of_trips(session: Session, trips: Sequence[RoundTrip]) -> dict[TradeId, TradeExcursion]:
    """Return the excursions of each trip."""
    found = _excursions(session, [trip for trip in trips if trip.closed_at is not None])
    stops = [
        plan for plan in plans.plans(session.connection, session.user.id) if plan.kind == "stop"
    ]
    reached = {}
    for trip in trips:
        r, r_reason = in_r(trip, stops)
        reach = NOT_CLOSED if trip.closed_at is None else found.get(trip.id, NO_CANDLES)
        if isinstance(reach, str):
            reached[trip.id] = TradeExcursion(mae_reason=reach, r=r, r_reason=r_reason)
        else:
            reached[trip.id] = TradeExcursion(
                mae=_millionths(reach.mae),
                mfe=_millionths(reach.mfe),
                source=reach.source,
                step_s=reach.step_us // SECOND_US,
                r=r,
                r_reason=r_reason,
            )
    return reached


def _excursions(session: Session, closed: Sequence[RoundTrip]) -> dict[TradeId, Excursion | str]:
    """Return the excursions of closed trades; those of symbols without candles are left out.

    Nothing heavy is imported where no candle is kept at all.
    """
    if not closed or session.objects is None or not sight.any_candles(session):
        return {}
    by_symbol: dict[Symbol, list[RoundTrip]] = defaultdict(list)
    split = {trip.id for trip in splits_since(session, closed)}
    found: dict[TradeId, Excursion | str] = dict.fromkeys(split, SPLIT)
    for trip in closed:
        if trip.id not in split:
            by_symbol[trip.symbol].append(trip)
    unread = ""
    for symbol, trips in by_symbol.items():
        lengths = _lengths(session, symbol)
        if not lengths:
            continue
        try:
            found |= _unread(trips, unread) if unread else _of_symbol(session, trips, lengths)
        except CoachError as trouble:  # a place that does not answer is not asked again
            unread = f"candles could not be read ({trouble})"
            found |= _unread(trips, unread)
    return found


def splits_since(session: Session, trips: Iterable[RoundTrip]) -> Iterator[RoundTrip]:
    """Yield the trades whose coin or share was split in their account after they were opened.

    Candles from somewhere else may be restated or not, and do not say so. A new name of which one
    unit is not one of the old name is such a split.
    """
    connection, user_id = session.connection, session.user.id
    told, renamed = splits(connection, user_id), renames(connection, user_id)
    for trip in trips if told or renamed else ():
        coin = base_of(trip.symbol)
        own = [*told.get((trip.account_id, coin), ())]
        for one in concerning(renamed.get(trip.account_id, ()), coin):
            own += [*told.get((trip.account_id, one.old), ())]
            own += [one.split] if one.split.after != one.split.before else []
        if any(split.at > trip.opened_at for split in own):
            yield trip


def _unread(trips: Sequence[RoundTrip], reason: str) -> dict[TradeId, Excursion | str]:
    return {trip.id: reason for trip in trips}


def _lengths(session: Session, symbol: Symbol) -> list[Granularity]:
    """Return the lengths of bar that are kept of a symbol, the preferred first."""
    return sorted(candles.lengths(session.connection, session.user.id, symbol), key=preference)


def _of_symbol(
    session: Session, trips: Sequence[RoundTrip], lengths: Sequence[Granularity]
) -> Mapping[TradeId, Excursion | str]:
    from coach.engine.features.excursions import ExcursionSearch

    prices = own_fills.prices(session, trips)
    search = ExcursionSearch({trip.id: _held(trip, prices.get(trip.id, [])) for trip in trips})
    try:
        for length in lengths:
            _search_candles(sight.shelf(session), trips[0].symbol, length, search)
    except SnapshotLost as trouble:
        if len(trips) == 1:
            return _unread(trips, f"candles could not be read ({trouble})")
        each = (
            _of_symbol(session, [trip], lengths) for trip in trips
        )  # others do not need that week
        return dict(chain.from_iterable(one.items() for one in each))
    return search.found()


def _search_candles(
    shelf: CandleShelf, symbol: Symbol, length: Granularity, search: ExcursionSearch
) -> None:
    """Look at the candles of one length, of the weeks that undecided trades lie in."""
    from coach.engine.features.series import in_order
    from coach.engine.market.book import load_weeks

    weeks = _weeks(search.unsettled.values())
    if weeks:
        search.look(in_order([one.bars() for one in load_weeks(shelf, symbol, length, weeks)]))


def _weeks(held: Iterable[ClosedHolding]) -> set[date]:
    return {week for one in held for week in weeks_in(one.window)}


def _held(trip: RoundTrip, prices: Sequence[float]) -> ClosedHolding:
    from coach.engine.features.excursions import ClosedHolding

    assert trip.closed_at is not None
    opened, closed = microseconds(trip.opened_at), microseconds(trip.closed_at)
    entry = float(trip.entry)
    return ClosedHolding(trip.side == "long", entry, opened, closed, prices or [entry])


def candles_beside(
    session: Session, trip: RoundTrip, reached: TradeExcursion, before_us: int
) -> Bars | None:
    """Return the candles from so long before a trade's entry to its exit, None where none are.

    They are those that its excursion was read from, where it has one from a single source.
    """
    if any(splits_since(session, [trip])):
        return None
    end_us = microseconds(trip.closed_at or session.clock())
    window = CandleWindow(microseconds(trip.opened_at) - before_us, end_us)
    try:
        every = _touching(session, trip.symbol, window)
    except CoachError:
        return None
    series = (reached.source, (reached.step_s or 0) * SECOND_US)
    same = [one for one in every if (one.source, one.step_us) == series]
    return _covering(same or every, window)


def _touching(session: Session, symbol: Symbol, window: CandleWindow) -> list[Bars]:
    lengths, weeks = _lengths(session, symbol), weeks_in(window)
    if not lengths or session.objects is None:
        return []
    from coach.engine.market.book import load_weeks

    shelf = sight.shelf(session)
    loaded = [one for length in lengths for one in load_weeks(shelf, symbol, length, weeks)]
    return [one.bars().touching(*window) for one in loaded]


def _covering(every: Sequence[Bars], window: CandleWindow) -> Bars | None:
    if not every:
        return None
    import numpy as np

    from coach.engine.features.series import NONE, covering, in_order

    series = in_order(every)
    place = int(covering(series, np.array([window.start_us]), np.array([window.end_us]))[0])
    return None if place == NONE else series[place]


def _millionths(value: float) -> Decimal:
    return Decimal(f"{value:.{MILLIONTHS}f}")


def in_r(trip: RoundTrip, stops: Sequence[Plan]) -> tuple[Decimal | None, str]:
    """Return the result as a multiple of what the declared stop risks, or why not."""
    stop = next((plan for plan in stops if plan.covers(trip.symbol)), None)
    if stop is None:
        return None, NO_STOP
    if trip.closed_at is None:
        return None, NOT_CLOSED
    from coach.engine.features.excursions import r_multiple

    percent = Decimal(str(stop.params["percent"]))
    return round(r_multiple(trip.net, trip.entry_notional, percent), MILLIONTHS), ""
