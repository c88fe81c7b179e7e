"""Sales of winners and of losers, week by week: the evidence of a year for the disposition effect.

A block is a week and a stratum of like age and like move. Of its looks some stood in a gain, and
some ended in a sale; where profit did not matter, the sales fell on gains as draws do. The step
of a week's looks is that of the sales of the ninety days before it, so that no later trade
changes a block that has ended.
"""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.occasions import opens_an_occasion
from coach.engine.biases.measures.sales.looks import STEPS_PER_HOLD, PositionLooks, looks
from coach.engine.biases.measures.sales.winners_and_losers import planned_looks
from coach.engine.biases.measures.sizes.held import Candles, candles_by_order
from coach.engine.biases.year.e_values import Draws, hypergeometric
from coach.engine.biases.year.span import LOOKED_BACK_US, TradingYear
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN, History
from coach.engine.features.orders import ENTRY
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.times import DAY_US, HOUR_US, WEEK_US

ODDS = (1.5, 2.0, 3.0)
STRATA = 16


def evidence(context: Context, year: TradingYear) -> Floats:
    """Return the logarithm of the e-value of each ended week, (weeks, 3)."""
    found = candles_by_order(context)
    if not year.weeks or not any(len(bars) for bars in found.bars.values()):
        return np.zeros((year.weeks, len(ODDS)))
    steps = _steps(context.history, year, found)
    week, seen = _looks(context, year, found, steps)
    block = week * STRATA + seen.strata
    count = year.weeks * STRATA
    sold, gain = seen.sold, seen.gain
    blocks = Draws(
        *(
            np.bincount(block[rows], minlength=count)
            for rows in (np.ones(len(block), np.bool_), gain, sold, sold & gain)
        )
    )
    logs = hypergeometric(blocks, ODDS)
    weeks: Floats = logs.reshape(year.weeks, STRATA, len(ODDS)).sum(axis=1)
    return weeks


def _looks(
    context: Context, year: TradingYear, found: Candles, steps: Integers
) -> tuple[Integers, PositionLooks]:
    """Return the looks of the ended weeks that can be compared, and the week of each."""
    window = Window(year.start_us, min(year.end_us, year.until_us))
    parts = [looks(context, window, found, step) for step in np.unique(steps).tolist()]
    parts = [
        part.only(_of_these_weeks(part, year, steps == step))
        for part, step in zip(parts, np.unique(steps).tolist(), strict=True)
    ]
    seen = PositionLooks(
        *(
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("at_us", "order", "trip", "age", "log_return", "z")
        )
    )
    seen = seen.only(_trusted(context.history, found)[seen.trip] & ~planned_looks(context, seen))
    seen = seen.only(_decisions(seen))
    return year.week(seen.at_us), seen


def _of_these_weeks(seen: PositionLooks, year: TradingYear, wanted: Flags) -> Flags:
    """Say which looks lie in an ended week that is wanted; `wanted` is (weeks,)."""
    ended = year.counts(seen.at_us)
    ended[ended] = wanted[year.week(seen.at_us[ended])]
    return ended


def _decisions(seen: PositionLooks) -> Flags:
    """Say which looks count: every one without a sale, and the first sale of a cluster."""
    kept = ~seen.sold
    sales = np.flatnonzero(seen.sold)
    sales = sales[np.argsort(seen.at_us[sales], kind="stable")]
    kept[sales[opens_an_occasion(seen.at_us[sales])]] = True
    return kept


def _trusted(history: History, found: Candles) -> Flags:
    """Say of which trades the candles agree with the price that was paid, (n,)."""
    trusted = np.zeros(len(history), np.bool_)
    rows = (history.orders.kind == ENTRY) & found.covered
    trusted[history.orders.trip[rows]] = True
    return trusted


def _steps(history: History, year: TradingYear, found: Candles) -> Integers:
    """Return the step of each ended week in microseconds, (weeks,): a bar, an hour or a day."""
    bar = max(one.step_us for one in found.bars.values())
    rows = np.flatnonzero(history.closed_us != OPEN)
    rows = rows[np.argsort(history.closed_us[rows], kind="stable")]
    closed_us, held = history.closed_us[rows], (history.closed_us - history.opened_us)[rows]
    starts = year.start_us + np.arange(year.weeks) * WEEK_US
    first = np.searchsorted(closed_us, starts - LOOKED_BACK_US)
    past = np.searchsorted(closed_us, starts)
    steps = np.full(year.weeks, bar)
    for week, (low, high) in enumerate(zip(first.tolist(), past.tolist(), strict=True)):
        typical = float(np.median(held[low:high])) if high > low else 0.0
        fitting = [step for step in (HOUR_US, DAY_US) if step * STEPS_PER_HOLD <= typical]
        steps[week] = max([bar, *fitting])
    return steps
