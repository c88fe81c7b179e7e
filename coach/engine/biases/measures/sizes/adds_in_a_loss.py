"""Adds to a position in a loss, beside the hours in which it stood so."""

import math

import numpy as np

from coach.engine.biases.detector import Verdict, Window
from coach.engine.biases.measures.decision_prices import decided_return
from coach.engine.biases.measures.sizes.adds import adds, by_the_clock, decisions
from coach.engine.biases.measures.sizes.held import Candles
from coach.engine.biases.reasons.clock import clock_adds
from coach.engine.biases.words import LARGEST_RATIO
from coach.engine.features.context import Context
from coach.engine.features.history import History
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.exposure import ExposedEvents
from coach.model.insights import Fact


def unplanned_adds(
    context: Context, window: Window, found: Candles
) -> tuple[Integers, dict[str, Fact]]:
    """Return the adds in the window that price could have prompted, and what is told of all."""
    history = context.history
    every = adds(history)
    every = every[window.holds(history.orders.at_us[every])]
    planned = with_saving_plan(history)[symbols_of(history, every)]
    regular = by_the_clock(history) | clock_adds(context, window)
    clock = regular[every] & ~planned
    free = every[~planned & ~clock & found.covered[every]]
    moved = decided_return(context, found, free)
    free, moved = free[np.isfinite(moved)], moved[np.isfinite(moved)]
    return free, {
        "n": len(decisions(history, free)),
        "adds": len(every),
        "adds_in_loss": int((moved < 0).sum()),
        "planned_adds": int(planned.sum()),
        "clock_adds": int(clock.sum()),
        **found.described(window.holds(history.orders.at_us)),
    }


def with_saving_plan(history: History) -> Flags:
    """Say which symbols, by code, a declared saving plan covers."""
    covered = [history.trader.plan("dca", symbol) is not None for symbol in history.symbols]
    return np.array(covered, np.bool_)


def symbols_of(history: History, rows: Integers) -> Integers:
    """Return the code of the symbol of each order."""
    return history.symbol[history.orders.trip[rows]]


def judge(context: Context, counted: Integers, seen: ExposedEvents, seed: int) -> Verdict:
    """Return the ratio of the rates with its test, and the facts beside it."""
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
