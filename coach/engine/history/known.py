"""What is known beside the round trips: their orders, the market, the trader.

Orders and candles reach back to the start of the oldest trading year whose evidence counts, and at
least as far as the windows of the habits do; orders reach back less where there are very many
trades. Both are read before anything is written.
"""

from __future__ import annotations

from heapq import nlargest
from typing import TYPE_CHECKING, Any

from coach.engine.biases.year.span import WARM_UP_US, counted_from
from coach.engine.features.bars import NO_MARKET
from coach.engine.features.history import history
from coach.engine.features.orders import Rows, orders
from coach.engine.features.trader import Trader
from coach.engine.history.departed import departed
from coach.engine.history.inputs import CandleReach, no_market
from coach.engine.history.order_books import books_since
from coach.engine.jobs.collector import no_collector
from coach.engine.store import trades
from coach.engine.store.promises import plans, questions
from coach.errors import CoachError
from coach.model.times import DAY_US
from coach.values import dataclass

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from psycopg import Connection

    from coach.engine.features.bars import Market
    from coach.engine.features.history import History
    from coach.engine.features.orders import AnyFill, BookFills
    from coach.engine.history.inputs import MarketReader
    from coach.model.accounts import User, UserId
    from coach.model.trades import Trip

WINDOW_DAYS = 90
EARLIER_RUNS_DAYS = 21
WARM_UP_DAYS = 60
"""What a habit may look back on before the first entry of a window, such as usual moves."""

ORDER_DAYS = 400
MOST_TRIPS = 60_000
"""Round trips whose orders are laid out: those of a year of 100,000 fills."""


@dataclass(frozen=True, slots=True)
class SupportingData:
    """What was read; `trouble` is why candles could not be, None when they could."""

    books: Sequence[BookFills[AnyFill]]
    market: Market
    trader: Trader
    trouble: CoachError | None = None

    def of(self, trips: Iterable[Trip]) -> History:
        """Return the history with all that stands beside it."""
        past = history(trips)
        laid_out = orders(Rows(past.ids, past.exit_fills, past.entry_fills), self.books)
        return past.beside(laid_out, self.market, self.trader)


def known_history(connection: Connection[Any], user_id: UserId) -> History:
    """Return all round trips of the user as columns, with nothing beside them."""
    with no_collector():
        return history(trades.trips(connection, user_id))


def known(
    connection: Connection[Any],
    user: User,
    read_market: MarketReader = no_market,
    end_us: int | None = None,
    window_days: int = WINDOW_DAYS,
) -> tuple[History, CoachError | None]:
    """Return all that is known up to `end_us`, and why candles could not be read (None: could).

    Of what stands beside the trips the newest part up to `end_us` is loaded; the trips are all.
    """
    with no_collector():
        trips = list(trades.trips(connection, user.id))
        beside = gather(connection, user, trips, read_market, end_us, window_days)
        return beside.of(trips), beside.trouble


def gather(
    connection: Connection[Any],
    user: User,
    trips: Sequence[Trip],
    read_market: MarketReader,
    end_us: int | None = None,
    window_days: int = WINDOW_DAYS,
) -> SupportingData:
    """Read what stands beside these trips, up to `end_us` (None: the end of the data)."""
    end = window_end(trips) if end_us is None else end_us
    market, trouble = NO_MARKET, None
    try:
        market = read_market(market_reach(trips, end, window_days))
    except CoachError as error:
        trouble = error
    return SupportingData(
        _books(connection, user, trips, end), market, trader(connection, user), trouble
    )


def trader(connection: Connection[Any], user: User) -> Trader:
    """Return what the trader declared; promises and where they were broken come later."""
    money = plans.equity(connection, user.id)
    return Trader(
        zone=user.zone,
        plans=tuple(plans.plans(connection, user.id)),
        equity=None if money is None else float(money),
        answers=questions.answers(connection, user.id),
        departed=departed(connection, user.id),
    )


def window_end(trips: Sequence[Trip]) -> int:
    """Return the microsecond after the last thing that happened: windows end with the data."""
    if not trips:
        return 0
    return max(max(trip.opened_us, trip.closed_us or 0) for trip in trips) + 1


def market_reach(trips: Sequence[Trip], end_us: int, window_days: int = WINDOW_DAYS) -> CandleReach:
    """Return which candles the habits may ask for: of what was held inside the windows and years.

    One series of a symbol stands for whole windows: the one that covers the windows best.
    """
    windows_us = end_us - (window_days + EARLIER_RUNS_DAYS) * DAY_US
    start_us = min(windows_us, _counted_from(trips, end_us))
    symbols = {trip.symbol for trip in _reaching(trips, start_us, end_us)}
    judged_us = windows_us - WARM_UP_DAYS * DAY_US
    reach_us = min(judged_us, start_us - WARM_UP_US)
    return CandleReach(tuple(sorted(symbols)), reach_us, end_us, judged_us)


def _counted_from(trips: Sequence[Trip], end_us: int) -> int:
    """Return the start of the oldest trading year that counts at this moment."""
    first_us = min((trip.opened_us for trip in trips), default=end_us)
    return counted_from(first_us, end_us)


def _reaching(trips: Sequence[Trip], start_us: int, end_us: int) -> list[Trip]:
    return [
        trip
        for trip in trips
        if (trip.closed_us is None or trip.closed_us >= start_us) and trip.opened_us < end_us
    ]


def _books(
    connection: Connection[Any], user: User, trips: Sequence[Trip], end_us: int
) -> list[BookFills[AnyFill]]:
    starts: dict[str, int] = {}
    for trip in _reaching(trips, _horizon(trips, end_us), end_us):
        starts[trip.symbol] = min(trip.opened_us, starts.get(trip.symbol, trip.opened_us))
    return books_since(connection, user.id, starts, end_us)


def _horizon(trips: Sequence[Trip], end_us: int) -> int:
    """Return how far back orders are laid out."""
    horizon = min(end_us - ORDER_DAYS * DAY_US, _counted_from(trips, end_us))
    opened = [trip.opened_us for trip in trips if horizon <= trip.opened_us < end_us]
    return horizon if len(opened) <= MOST_TRIPS else nlargest(MOST_TRIPS, opened)[-1]
