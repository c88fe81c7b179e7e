"""Candles: what a market did in each stretch of time, and the weeks they are kept in.

A week is an ISO week in UTC and is named by its Monday.
"""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, NewType

from coach.model.fills import Symbol
from coach.model.times import DAY_US, WEEK_US
from coach.values import dataclass

Granularity = NewType("Granularity", int)
"""Length of a candle in seconds."""

MINUTE = Granularity(60)
FIVE_MINUTES = Granularity(300)
QUARTER = Granularity(900)
HALF_HOUR = Granularity(1_800)
HOUR = Granularity(3_600)
TWO_HOURS = Granularity(7_200)
FOUR_HOURS = Granularity(14_400)
SIX_HOURS = Granularity(21_600)
DAY = Granularity(86_400)

GRANULARITIES = {
    "1m": MINUTE,
    "5m": FIVE_MINUTES,
    "15m": QUARTER,
    "30m": HALF_HOUR,
    "1h": HOUR,
    "2h": TWO_HOURS,
    "4h": FOUR_HOURS,
    "6h": SIX_HOURS,
    "1d": DAY,
}
"""By the name that people use; each divides a day."""

BEHAVIOUR = (
    *(QUARTER, FIVE_MINUTES, MINUTE),
    *(HALF_HOUR, HOUR, TWO_HOURS, FOUR_HOURS, SIX_HOURS, DAY),
)
"""What behaviour is read from, the best first: finer than a quarter costs, coarser hides."""

EPOCH_DAY = date(1970, 1, 1).toordinal()
FIRST_MONDAY = date(1969, 12, 29).toordinal() - EPOCH_DAY
FIRST_MONDAY_US = FIRST_MONDAY * DAY_US


class Candle(NamedTuple):
    """One bar: the trades of [start, start + granularity).

    `start_us` is microseconds since 1970 UTC, a multiple of the granularity. Prices are in the
    quote currency, `volume` in the base coin. A stretch in which nobody traded has no candle.
    """

    start_us: int
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


class Series(NamedTuple):
    """Bars of one symbol, of one length, told by one source."""

    symbol: Symbol
    granularity: Granularity
    source: str


class CandleWindow(NamedTuple):
    """From the first moment until before the second, microseconds since 1970 UTC."""

    start_us: int
    end_us: int


@dataclass(frozen=True, slots=True)
class CandleWeek:
    """A stored week: where its bars came from, and the hash of their bytes.

    `first_at` and `last_at` are the starts of its first and last bar. `complete` says that the
    source was asked for the whole week after the week was over: missing bars are silence then.
    """

    series: Series
    week: date
    sha256: str
    bars: int
    first_at: datetime
    last_at: datetime
    stored_at: datetime
    complete: bool


def name_of(granularity: Granularity) -> str:
    """Return `15m` for 900, or `180s` for a length that has no name."""
    names = {seconds: name for name, seconds in GRANULARITIES.items()}
    return names.get(granularity, f"{granularity}s")


def preference(seconds: int) -> int:
    """Return the place of a length of bar among those that behaviour is read from, 0 the best.

    Lengths that have no place in that order come after all that do, the finer first.
    """
    known = [one for one in BEHAVIOUR if one == seconds]
    return BEHAVIOUR.index(known[0]) if known else len(BEHAVIOUR) + seconds


def week_number(at_us: int) -> int:
    """Return how many weeks after the one of 1970-01-01 the week is that holds this moment."""
    return (at_us - FIRST_MONDAY_US) // WEEK_US


def week_of(at_us: int) -> date:
    """Return the Monday of the week that holds this moment."""
    return date.fromordinal(EPOCH_DAY + FIRST_MONDAY + 7 * week_number(at_us))


def week_start_us(week: date) -> int:
    """Return the moment a week begins, Monday 00:00 UTC."""
    return (week.toordinal() - EPOCH_DAY) * DAY_US


def weeks_in(window: CandleWindow) -> list[date]:
    """Return the Mondays of the weeks that a window touches, oldest first."""
    if window.end_us <= window.start_us:
        return []
    first, last = week_of(window.start_us), week_of(window.end_us - 1)
    return [date.fromordinal(day) for day in range(first.toordinal(), last.toordinal() + 1, 7)]
