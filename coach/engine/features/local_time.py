"""The trader's own clock: a declared zone with its daylight saving, or a fixed offset."""

import numpy as np

from coach.engine.features.days import local_seconds
from coach.engine.features.trader import Trader
from coach.engine.statistics.arrays import Integers
from coach.errors import UsageError
from coach.model.times import DAY_S, HOUR_S, MINUTE_S, SECOND_US


def trader_seconds(trader: Trader, moments_us: Integers) -> Integers | None:
    """Return what the trader's clock reads, as seconds since 1970-01-01 00:00 there, (n,).

    None when the zone is a name that nobody knows.
    """
    if trader.offset_minutes is not None:
        seconds: Integers = moments_us // SECOND_US + trader.offset_minutes * MINUTE_S
        return seconds
    try:
        return local_seconds(moments_us, trader.zone)
    except UsageError:
        return None


def hours(local_s: Integers) -> Integers:
    """Return the hour of the day, 0 to 23, (n,)."""
    return local_s % DAY_S // HOUR_S


def trader_days(trader: Trader, moments_us: Integers) -> Integers:
    """Return the trader's local dates as days since 1970-01-01, (n,); UTC without a known zone."""
    local_s = trader_seconds(trader, moments_us)
    return (moments_us // SECOND_US if local_s is None else local_s) // DAY_S


def places_in_day(days: Integers) -> Integers:
    """Return which one of its day each moment is, from 1; moments in order of time, (n,)."""
    order = np.argsort(days, kind="stable")
    grouped = days[order]
    places = np.empty(len(days), np.int64)
    places[order] = np.arange(1, len(days) + 1) - np.searchsorted(grouped, grouped, side="left")
    return places
