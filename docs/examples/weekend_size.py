"""Is this trader larger on Saturdays and Sundays (UTC)? A whole detector of one's own."""

import math

import numpy as np

from coach.engine.biases.cost_of_size import cost_of_size
from coach.engine.biases.detector import Detector, Measurement, Verdict
from coach.engine.biases.words import PERCENT, Words
from coach.engine.statistics.bootstrap import day_blocks, interval, resampled_ratios
from coach.engine.statistics.permutation import stratified_test
from coach.engine.statistics.shrinkage import LOG_RATIO_SPREAD, shrunk
from coach.engine.statistics.strata import consecutive, contrast
from coach.model.times import DAY_US

def entries(context, window):
    at = context.history.opened_us
    rows = np.flatnonzero(window.holds(at) & ~np.isnan(context.log_size))
    return rows, (at[rows] // DAY_US + 3) % 7 >= 5

def measure(context, window, seed):
    rows, weekend = entries(context, window)
    needed = max(0, 20 - len(rows), 8 - int(weekend.sum()), 8 - int((~weekend).sum()))
    if needed:
        return Measurement(len(rows), needed, rows[weekend], {"n": len(rows)}, None)
    size, strata = context.log_size[rows], consecutive(np.zeros(len(rows), np.int64))
    found, days = contrast(weekend, size, strata), day_blocks(context.history.opened_us[rows])
    low, high = interval(resampled_ratios(days, found.numerators, found.denominators, seed))
    p = stratified_test(weekend, size[:, None], strata, seed).p
    belief = shrunk(found.difference(), found.error(), LOG_RATIO_SPREAD)
    told = (math.expm1(low), math.expm1(high))
    verdict = Verdict(p, belief, effect=math.expm1(found.difference()), interval=told)
    return Measurement(len(rows), 0, rows[weekend], {"n": len(rows)}, verdict)

def cost(context, window, seed):
    rows, weekend = entries(context, window)
    return cost_of_size(context, window, rows[weekend], seed)

WORDS = Words(
    name="larger entries on weekends",
    unit=PERCENT,
    above="weekend entries were {effect} larger",
    below="weekend entries were {effect} smaller",
    claim="Weekend entries were {effect} larger, likely between {interval}, over {n}: {level}.",
    counted=("entry", "entries"),
    supporting="entries on weekends",
    opposing="",
    also=(),
    tag=None,
)
UNIT = "relative difference in size"
DETECTOR = Detector("weekend_size", "weekend_size@1", UNIT, 0.10, measure, cost, words=WORDS)
