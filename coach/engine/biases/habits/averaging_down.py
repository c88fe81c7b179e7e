"""D7 Averaging down: more is bought of what is losing than of what is winning.

An add comes to a position that stands in a loss or in a gain. If profit did not matter, adds
would fall on either as the hours did that positions stood so: exact binomial, ratio of the two
rates, at least 1.5 to matter. Buys by a clock come whatever the price and drop out.
Sources: Strahilevitz, Odean & Barber (2011), J. Marketing Research 48:S102: investors are more
likely to buy again what has lost; Ben-David & Hirshleifer (2012), RFS 25:2485, for additional
purchases V-shaped in profit. The minimum and the depth of a tag are ours.
"""

import math

import numpy as np

from coach.engine.biases.cost_of_adds import cost_of_adds
from coach.engine.biases.detector import Detector, Measurement, Verdict, Window, no_rows
from coach.engine.biases.event import moment
from coach.engine.biases.measures.adds import (
    adds,
    by_the_clock,
    decisions,
    depth,
    hours,
    log_return,
)
from coach.engine.biases.measures.held import Candles, candles, candles_by_order
from coach.engine.features.context import Context
from coach.engine.features.history import History
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.exposure import Exposed
from coach.engine.statistics.floors import more_trades
from coach.model.insights import Cost, Fact, Tag

FORMULA = "averaging_down@1"
SMALLEST_LOG_RATIO = math.log(1.5)
FEWEST_ADDS = 8
DEEP = -0.5  # usual moves of four hours below the average
LARGEST_RATIO = 1000.0


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Compare adds per hour in a loss with adds per hour in a gain."""
    history = context.history
    found = candles(context, window.holds(history.orders.at_us))
    free, sample = _free(context, window, found)
    counted = decisions(history, free)
    moved = log_return(history, counted)
    open_ = hours(context, window, found, _planned(history))
    seen = Exposed(int((moved < 0).sum()), open_.loss, int((moved > 0).sum()), open_.gain)
    comparable = min(open_.loss, open_.gain) > 0
    enough = seen.trials >= FEWEST_ADDS and comparable
    entries = int(window.holds(history.opened_us).sum())
    missing = 0 if enough else max(1, FEWEST_ADDS - seen.trials)
    return Measurement(
        n=seen.trials,
        needed=more_trades(missing, seen.trials, entries),
        affected=no_rows(),
        sample=sample,
        verdict=_verdict(context, counted, seen, seed) if enough else None,
        progress={"adds": seen.trials, "fewest_adds": FEWEST_ADDS},
        orders=counted[moved < 0],
        orders_against=counted[moved > 0],
        lacks=() if enough else found.lacks,
        belief=seen.posterior() if seen.trials and comparable and not enough else None,
    )


def cost(context: Context, window: Window, seed: int) -> tuple[Cost, ...]:
    """Price the adds in a loss against all other entries and adds."""
    found = candles(context, window.holds(context.history.orders.at_us))
    free, _ = _free(context, window, found)
    return cost_of_adds(context, window, free[log_return(context.history, free) < 0], seed)


def tags(context: Context) -> list[Tag]:
    """Tag adds off the clock, at least half a usual four-hour move below."""
    history = context.history
    rows = adds(history)
    rows = rows[~by_the_clock(history)[rows] & ~_planned(history)[_symbols(history, rows)]]
    found = candles_by_order(context)
    rows = rows[found.covered[rows]]
    z = depth(context, found, rows)
    deep = np.flatnonzero(z <= DEEP)
    moved = log_return(history, rows)
    return [_tag(history, int(rows[place]), float(z[place]), float(moved[place])) for place in deep]


def _free(context: Context, window: Window, found: Candles) -> tuple[Integers, dict[str, Fact]]:
    """Return the adds in the window that price could have prompted, and what is told of all."""
    history = context.history
    every = adds(history)
    every = every[window.holds(history.orders.at_us[every])]
    planned = _planned(history)[_symbols(history, every)]
    clock = by_the_clock(history)[every] & ~planned
    free = every[~planned & ~clock & found.covered[every]]
    moved = log_return(history, free)
    return free, {
        "n": len(decisions(history, free)),
        "adds": len(every),
        "adds_in_loss": int((moved < 0).sum()),
        "planned_adds": int(planned.sum()),
        "clock_adds": int(clock.sum()),
        **found.described(window.holds(history.orders.at_us)),
    }


def _planned(history: History) -> Flags:
    """Say which symbols, by code, a declared saving plan covers."""
    covered = [history.trader.plan("dca", symbol) is not None for symbol in history.symbols]
    return np.array(covered, np.bool_)


def _symbols(history: History, rows: Integers) -> Integers:
    return history.symbol[history.orders.trip[rows]]


def _verdict(context: Context, counted: Integers, seen: Exposed, seed: int) -> Verdict:
    low, high = seen.interval()
    return Verdict(
        p=seen.p(seed),
        posterior=seen.posterior(),
        effect=min(seen.ratio(), LARGEST_RATIO),
        interval=(low, min(high, LARGEST_RATIO)),
        facts={
            "adds_in_loss": seen.events,
            "adds_in_gain": seen.other_events,
            "hours_in_loss": words.significant(seen.exposure),
            "hours_in_gain": words.significant(seen.other_exposure),
            "effect_size": words.effect_size(
                words.arcsine_difference(seen.events / seen.trials, seen.share)
            ),
            "size_per_further_add": _slope(context.history, counted),
        },
    )


def _slope(history: History, counted: Integers) -> Fact:
    """Return the relative change of size from one add of a trade to its next, None: no next."""
    trip = history.orders.trip[counted]
    size = np.log(history.orders.quantity[counted] * history.orders.price[counted])
    _, place = np.unique(trip, return_inverse=True)
    order = np.argsort(place, kind="stable")
    first = np.flatnonzero(np.diff(place[order], prepend=-1))
    number = np.empty(len(trip))
    count = np.diff(first, append=len(trip))
    number[order] = np.arange(len(trip)) - np.repeat(first, count)
    middle = number - _means(number, place)
    spread = float((middle**2).sum())
    if spread == 0:
        return None
    return words.significant(math.expm1(float((middle * size).sum()) / spread))


def _means(values: Floats, group: Integers) -> Floats:
    means: Floats = (np.bincount(group, weights=values) / np.bincount(group))[group]
    return means


def _tag(history: History, order: int, z: float, moved: float) -> Tag:
    orders = history.orders
    bought, held = orders.quantity[order], orders.before[order]
    return Tag(
        bias="averaging_down",
        trade_id=history.ids[orders.trip[order]],
        at=moment(int(orders.at_us[order])),
        fill_keys=orders.keys[order],
        facts={
            "below_average": words.significant(-math.expm1(moved)),
            "z_4h": words.significant(z),
            "share_of_position": words.significant(float(bought / held)),
            "price": words.significant(float(orders.price[order])),
            "average": words.significant(float(orders.average[order])),
        },
        formula=FORMULA,
        event_keys=orders.keys[order],
    )


HARD = 5.0  # most traders add rarely: few events to read it from

DETECTOR = Detector(
    bias="averaging_down",
    formula=FORMULA,
    unit="ratio of rates",
    minimum=SMALLEST_LOG_RATIO,
    measure=measure,
    cost=cost,
    tags=tags,
    needs_candles=True,
    weight=HARD,
)
