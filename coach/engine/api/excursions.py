"""How far round trips went each way, as far as the stored candles and the plans can tell."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from coach.engine.api import sight
from coach.engine.ledger.columns import microseconds
from coach.engine.store import fills, plans
from coach.errors import CoachError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from coach.engine.api.desk import Desk
    from coach.engine.features.bars import Market
    from coach.model.accounts import AccountId
    from coach.model.plans import Plan
    from coach.model.trades import RoundTrip, TradeId

Prices = tuple[list[int], list[float]]
MILLIONTHS = 6
NO_CANDLES = "no candles of the symbol"
NO_STOP = "no stop declared"
NOT_CLOSED = "the trade is still open"


@dataclass(frozen=True, slots=True)
class Reached:
    """MAE and MFE as fractions of the entry price and the result in R; each None with a reason."""

    mae: Decimal | None = None
    mfe: Decimal | None = None
    mae_reason: str = ""
    r: Decimal | None = None
    r_reason: str = ""


NOTHING_KNOWN = Reached()


def of_trips(desk: Desk, trips: Sequence[RoundTrip]) -> dict[TradeId, Reached]:
    """Return what is known of each trip."""
    market, blind = see(desk, trips)
    seen = [trip for trip in trips if market is not None and market.of(trip.symbol) is not None]
    told = _prices(desk, [trip for trip in seen if trip.closed_at is not None])
    stops = [plan for plan in plans.plans(desk.connection, desk.user.id) if plan.kind == "stop"]
    found = {}
    for trip in trips:
        r, r_reason = in_r(trip, stops)
        excursion = _excursion(trip, market, told, blind)
        found[trip.id] = Reached(*excursion, r, r_reason)
    return found


def see(desk: Desk, trips: Sequence[RoundTrip], before_us: int = 0) -> tuple[Market | None, str]:
    """Return the candles of the time in which these were held, or why they cannot be read.

    None where no candle is kept at all: then nothing heavy is imported either.

    `before_us` asks for so much time before the first entry too.
    """
    if not trips or not sight.any_candles(desk):
        return None, ""
    from coach.engine.jobs.knowing import Reach

    reach = Reach(
        tuple(sorted({trip.symbol for trip in trips})),
        min(microseconds(trip.opened_at) for trip in trips) - before_us,
        max(microseconds(trip.closed_at or desk.clock()) for trip in trips),
    )
    try:
        return sight.reader(desk)(reach), ""
    except CoachError as trouble:
        return None, f"candles could not be read ({trouble})"


def _prices(desk: Desk, trips: Sequence[RoundTrip]) -> Mapping[tuple[AccountId, str], Prices]:
    """Return the fills of the books as times and prices, in order of time."""
    if not trips:
        return {}
    starts: dict[str, int] = {}
    for trip in trips:
        opened = microseconds(trip.opened_at)
        starts[trip.symbol] = min(opened, starts.get(trip.symbol, opened))
    last = max(microseconds(trip.closed_at) for trip in trips if trip.closed_at is not None)
    books: dict[tuple[AccountId, str], Prices] = defaultdict(lambda: ([], []))
    with desk.connection.transaction():
        for account, symbol, fill in fills.reaching(
            desk.connection, desk.user.id, starts, last + 1
        ):
            times, prices = books[account, symbol]
            times.append(microseconds(fill.at))
            prices.append(float(fill.price))
    return books


def _excursion(
    trip: RoundTrip,
    market: Market | None,
    told: Mapping[tuple[AccountId, str], Prices],
    blind: str,
) -> tuple[Decimal | None, Decimal | None, str]:
    if trip.closed_at is None or blind:
        return None, None, blind or NOT_CLOSED
    if market is None:
        return None, None, NO_CANDLES
    from coach.engine.features.excursions import Held, excursion

    opened, closed = microseconds(trip.opened_at), microseconds(trip.closed_at)
    times, prices = told.get((trip.account_id, trip.symbol), ([], []))
    own = prices[bisect_left(times, opened) : bisect_right(times, closed)]
    held = Held(trip.side == "long", float(trip.entry), opened, closed, own or [float(trip.entry)])
    found = excursion(held, market.of(trip.symbol))
    if isinstance(found, str):
        return None, None, found
    return _millionths(found.mae), _millionths(found.mfe), ""


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
