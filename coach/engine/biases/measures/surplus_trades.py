"""The trades of a day beyond the number that its pattern explains."""

import math

import numpy as np

from coach.engine.biases.detector import Verdict, Window
from coach.engine.biases.expectancy import Gap, gap, net_returns, priced
from coach.engine.biases.measures.activity import Activity, turnover
from coach.engine.features.context import Context
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.day_counts import TAIL
from coach.engine.statistics.draws import uniforms
from coach.engine.statistics.exact import binomial_at_least
from coach.engine.statistics.floors import SLOWEST
from coach.engine.statistics.proportions import together, wilson
from coach.engine.statistics.shrinkage import Posterior
from coach.engine.statistics.sign_flips import sign_flip_p
from coach.model.insights import Fact
from coach.values import dataclass

FEWEST_DAYS = 21
FEWEST_ENTRIES = 20
PSEUDO_DAYS = 8.0
PLACE_STREAM = 996


@dataclass(frozen=True, slots=True, eq=False)
class BusyDayTrades:
    """The closed `rows` (n,) of no plan, which of them lie beyond the number of a busy day.

    `days` (n,) is each one's day, `place` (n,) its number within it. `worse` says of `rows`
    whether their day's surplus earned less than the others, `hits` counts such days.
    """

    rows: Integers
    days: Integers
    place: Floats
    surplus: Flags
    worse: Flags
    hits: int


def overtraded_days(context: Context, window: Window, active: Activity) -> BusyDayTrades:
    """Return the closed trades of the window, and which lie beyond the number of a busy day."""
    rows = priced(context, window)
    rows = rows[active.place_of[rows] > 0]
    days, place = active.day_of[rows], active.place_of[rows]
    tested = active.expected(days)
    surplus = place > np.ceil(tested)
    returns = net_returns(context, rows)
    usual = float(returns[~surplus].mean()) if (~surplus).any() else 0.0
    _, group = np.unique(days, return_inverse=True)
    count = np.bincount(group, weights=surplus)
    total = np.bincount(group, weights=np.where(surplus, returns, 0.0))
    below = (count > 0) & (total < usual * count)
    worse = surplus & below[group]
    return BusyDayTrades(rows, days, place, surplus, worse, len(np.unique(days[worse])))


def judge(
    context: Context, window: Window, active: Activity, found: BusyDayTrades, seed: int
) -> Verdict:
    """Return the share of overtraded days with its test, and the facts beside it."""
    days, hits = len(active.asked), found.hits
    surplus = gap(context, found.rows, found.surplus, seed)
    slope, p_slope = _slope(context, found, seed)
    low, high = wilson(hits, days)
    return Verdict(
        p=together((_busy_p(active, seed), p_slope)),
        posterior=_belief(hits, days),
        effect=hits / days,
        interval=(low, high),
        facts={
            "expected_share": TAIL,
            "p_days": words.significant(binomial_at_least(hits, days, TAIL)),
            "return_per_further_trade": words.significant(slope),
            "p_further_trades": words.significant(p_slope),
            **_surplus(found, surplus),
            **turnover(context, window),
        },
        holds=surplus.costs,
    )


def _busy_p(active: Activity, seed: int) -> float:
    """Return the one-sided p that busy days are more frequent than 2.5 %.

    Counts are whole, so a day's place in its prediction is drawn within its own count, and a tie
    of the binomial likewise: uniform where the prediction holds.
    Source: Smith (1985), J. Forecasting 4:283, for the place of a count in its prediction.
    """
    least, more = active.means.tail(active.counts), active.means.tail(active.counts + 1)
    luck = uniforms(seed, (len(active.counts) + 1,), PLACE_STREAM)
    hits = int((more + luck[:-1] * (least - more) <= TAIL).sum())
    days = len(active.counts)
    beyond = binomial_at_least(hits + 1, days, TAIL) if hits < days else 0.0
    return beyond + float(luck[-1]) * (binomial_at_least(hits, days, TAIL) - beyond)


def _surplus(found: BusyDayTrades, surplus: Gap) -> dict[str, Fact]:
    return {
        "surplus_entries": int(found.surplus.sum()),
        "surplus_gap": words.significant(surplus.compared.difference()),
        "probability_of_cost": words.significant(surplus.posterior.above(0.0)),
    }


def _belief(hits: int, days: int) -> Posterior:
    """Believe in the share above chance: Beta with eight days of 2.5 % added."""
    rate = (hits + PSEUDO_DAYS * TAIL) / (days + PSEUDO_DAYS)
    return Posterior(rate - TAIL, math.sqrt(rate * (1 - rate) / (days + PSEUDO_DAYS + 1)))


def _slope(context: Context, found: BusyDayTrades, seed: int) -> tuple[float, float]:
    """Return the change of net return with each further trade of a day, and its one-sided p."""
    _, group = np.unique(found.days, return_inverse=True)
    size = np.maximum(np.bincount(group), 1)
    place = found.place - (np.bincount(group, weights=found.place) / size)[group]
    products = place * net_returns(context, found.rows)
    spread = float((place**2).sum())
    by_day = np.asarray(np.bincount(group, weights=products), np.float64)
    return float(by_day.sum()) / spread if spread else 0.0, sign_flip_p(-by_day, seed)


def trades_needed(active: Activity) -> int:
    """Return how many more trades it takes: days that are missing, at the trader's pace."""
    missing = FEWEST_ENTRIES - active.entries
    days = FEWEST_DAYS - len(active.asked)
    if missing <= 0 and days <= 0:
        return 0
    pace = active.entries / max(active.days, 1)
    return max(1, missing, min(math.ceil(days * pace), days * SLOWEST))
