"""The close of the candle that contains a moment: the finest stored one, exact.

A value belongs to its moment: which candle it is read from depends on nothing else that is asked.
"""

from collections import defaultdict
from collections.abc import Collection
from typing import TYPE_CHECKING

from coach.engine.market import canonical
from coach.engine.market.book import CandleShelf, texts_of
from coach.engine.store import candles as stored
from coach.model.candles import CandleWeek, week_of
from coach.model.fees import CandleClose
from coach.model.fills import Symbol
from coach.model.times import SECOND_US, instant

if TYPE_CHECKING:
    from datetime import date


def closes_at(
    shelf: CandleShelf, symbol: Symbol, moments_us: Collection[int]
) -> dict[int, CandleClose]:
    """Return the close of the finest candle that contains each moment, of those that have one.

    Of candles of one length the first source by name is taken. Raises what reading candles raises.
    """
    missing: dict[date, set[int]] = defaultdict(set)
    for at_us in moments_us:
        missing[week_of(at_us)].add(at_us)
    found: dict[int, CandleClose] = {}
    with stored.objects_kept(shelf.connection):
        weeks = stored.weeks(shelf.connection, shelf.user_id, symbol)
        for week in sorted(weeks, key=lambda one: (one.series.granularity, one.series.source)):
            if missing[week.week]:
                closes = _in_week(shelf, week, missing[week.week])
                missing[week.week] -= closes.keys()
                found |= closes
    return found


def _in_week(
    shelf: CandleShelf, week: CandleWeek, moments_us: Collection[int]
) -> dict[int, CandleClose]:
    symbol, granularity, source = week.series
    step_us = granularity * SECOND_US
    starts = {at: at - at % step_us for at in moments_us}
    [text] = texts_of(shelf, [week.sha256])
    closes = canonical.closes(text, set(starts.values()))
    return {
        at: CandleClose(symbol, granularity, source, instant(start), closes[start])
        for at, start in starts.items()
        if start in closes
    }
