"""Adds in a loss and in a gain, week by week: the evidence of a year for averaging down.

Where profit did not matter, the adds of a week fell on losses with the share of the hours in which
positions stood in one. Adds to one trade within four hours are one decision, and adds by the
clock drop out.
"""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.decision_prices import decided_return
from coach.engine.biases.measures.occasions import opens_an_occasion
from coach.engine.biases.measures.sizes.adds import adds, by_the_clock
from coach.engine.biases.measures.sizes.adds_in_a_loss import symbols_of, with_saving_plan
from coach.engine.biases.measures.sizes.held import (
    Candles,
    Stretches,
    candles_by_order,
    directions,
    stretches,
)
from coach.engine.biases.reasons.clock import clock_adds
from coach.engine.biases.year.e_values import binomial
from coach.engine.biases.year.span import LOOKED_BACK_US, TradingYear
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.series import covering
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.times import HOUR_US, WEEK_US

ODDS = (2.0, 3.0, 6.0)
ONE_DECISION_US = 4 * HOUR_US


def evidence(context: Context, year: TradingYear) -> Floats:
    """Return the logarithm of the e-value of each ended week, (weeks, 3).

    A week in which positions stood on one side alone compares nothing.
    """
    found = candles_by_order(context)
    rows = _decisions(context, year, found)
    moved = decided_return(context, found, rows)
    week = year.week(context.history.orders.at_us[rows])
    losing = np.bincount(week[moved < 0], minlength=year.weeks)
    winning = np.bincount(week[moved > 0], minlength=year.weeks)
    hours = _hours(context, year, found)
    total = hours.sum(axis=1)
    share = np.divide(hours[:, 0], total, out=np.zeros(year.weeks), where=total > 0)
    logs = binomial(losing + winning, losing, share, ODDS)
    comparable = (share > 0) & (share < 1)
    weeks: Floats = np.where(comparable[:, None], logs, 0.0)
    return weeks


def _decisions(context: Context, year: TradingYear, found: Candles) -> Integers:
    """Return the first add of each trade and four hours that price could have prompted."""
    history = context.history
    rows = adds(history)
    rows = rows[year.counts(history.orders.at_us[rows]) & found.covered[rows]]
    rows = rows[~with_saving_plan(history)[symbols_of(history, rows)]]
    trip, at_us = history.orders.trip[rows], history.orders.at_us[rows]
    order = np.lexsort((at_us, trip))
    trade = np.flatnonzero(np.diff(trip[order], prepend=-1))
    kept = np.zeros(len(rows), np.bool_)
    for start, end in zip(trade.tolist(), [*trade[1:].tolist(), len(rows)], strict=False):
        own = order[start:end]
        kept[own[opens_an_occasion(at_us[own], ONE_DECISION_US)]] = True
    rows = rows[kept]
    return rows[~by_the_clock(history)[rows] & ~_at_one_time(context, year, rows)]


def _at_one_time(context: Context, year: TradingYear, rows: Integers) -> Flags:
    """Say which adds came at one time of day, by the ninety days up to the end of their week.

    The first weeks of a year show no time of day yet, so the first ninety days speak for them.
    """
    start_us, first_us = year.start_us, year.start_us + LOOKED_BACK_US
    week = year.week(context.history.orders.at_us[rows])
    clock = np.zeros(len(rows), np.bool_)
    for one in np.unique(week).tolist():
        own, end_us = week == one, max(year.end_of(one), first_us)
        seen = Window(max(end_us - LOOKED_BACK_US, start_us), min(end_us, year.until_us))
        clock[own] = clock_adds(context, seen)[rows[own]]
    return clock


def _hours(context: Context, year: TradingYear, found: Candles) -> Floats:
    """Return the hours of each ended week in which positions closed a bar in a loss and a gain.

    (weeks, 2). Each week of a stretch is read from the series that covers it best.
    """
    held = stretches(context.history.orders)
    stretch, from_us, to_us = _weekly(held, year)
    symbol = context.history.symbol[held.trip[stretch]]
    left_out = with_saving_plan(context.history)
    hours = np.zeros((year.weeks, 2))
    for code, series in found.series.items():
        own = np.flatnonzero(symbol == code)
        if left_out[code] or not len(own):
            continue
        by = covering(series, from_us[own], to_us[own])
        for place, bars in enumerate(series):
            rows = own[by == place]
            spans = _Spans(stretch[rows], from_us[rows], to_us[rows])
            hours += _hours_of(bars, context, held, spans, year)
    return hours


class _Spans:
    """Parts of stretches, (k,): the row of the stretch, and from when to when."""

    def __init__(self, stretch: Integers, from_us: Integers, to_us: Integers) -> None:
        self.stretch, self.from_us, self.to_us = stretch, from_us, to_us


def _weekly(held: Stretches, year: TradingYear) -> tuple[Integers, Integers, Integers]:
    """Cut stretches at the ends of weeks: the row of the stretch, from when, to when, (k,)."""
    last_us = year.end_of(year.weeks - 1)
    from_us = np.maximum(held.from_us, year.start_us)
    to_us = np.minimum(held.to_us, last_us)
    rows = np.flatnonzero(from_us < to_us)
    first, last = year.week(from_us[rows]), year.week(to_us[rows] - 1)
    count = last - first + 1
    stretch = np.repeat(rows, count)
    week = np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(stretch))
    begins = year.start_us + week * WEEK_US
    ends = np.where(week == year.weeks - 1, last_us, begins + WEEK_US)
    return stretch, np.maximum(from_us[stretch], begins), np.minimum(to_us[stretch], ends)


def _hours_of(
    bars: Bars, context: Context, held: Stretches, spans: _Spans, year: TradingYear
) -> Floats:
    ended = bars.start_us + bars.step_us
    first = np.searchsorted(ended, spans.from_us, "right")
    last = np.searchsorted(ended, spans.to_us, "right")
    count = np.maximum(last - first, 0)
    stretch = np.repeat(spans.stretch, count)
    week = np.repeat(year.week(spans.to_us - 1), count)
    bar = np.repeat(first - np.cumsum(count) + count, count) + np.arange(len(stretch))
    side = directions(context.history)[held.trip[stretch]]
    apart = side * (bars.close[bar] - held.average[stretch])
    columns = [np.bincount(week[one], minlength=year.weeks) for one in (apart < 0, apart > 0)]
    hours: Floats = np.stack(columns, axis=1).astype(np.float64) * (bars.step_us / HOUR_US)
    return hours
