"""The floors of prop-firm accounts: how far below its start or its best an account may fall.

A static floor lies below the starting balance. The others follow the best so far and never fall:
the best balance at the end of a day, the best after any close, or the best equity with open profit.
A floor may stop rising at a level. Balances are the running sums of net results.
"""

from collections.abc import Iterator
from typing import assert_never

import numpy as np

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.loss_facts import LossFacts, ShareFacts
from coach.engine.rules.money_limits import Lock, Stretch, currencies, reached, starting_balance
from coach.engine.rules.params import Params, number
from coach.engine.rules.programmes.days import ProgrammeDays, programme_days
from coach.engine.rules.programmes.open_profit import below_highest_equity
from coach.engine.rules.programmes.params import Floor
from coach.engine.rules.realised_sums import RealisedSums
from coach.engine.statistics.arrays import Integers
from coach.engine.statistics.highest import highest


def below_the_floor(
    params: Params, floor: Floor, ground: Ground
) -> Iterator[Hit[LossFacts | ShareFacts]]:
    """Yield each entry made at the floor or below it, with how far the account had fallen."""
    days, opened_us = programme_days(params, ground.zone), ground.history.opened_us
    money = starting_balance(params, ground)
    for quote, every in currencies(params, ground):
        sums, rows = ground.nets(quote), days.entries(every, ground)
        if not len(rows):
            continue
        base = days.base(sums)
        lock = Lock(base, number(params, "locks_at")) if "locks_at" in params else None
        end = np.maximum(sums.known(opened_us[rows]), base)
        if floor == "intraday":
            stretch = Stretch(ground.history.quotes[quote], rows, sums, end, end, lock)
            yield from below_highest_equity(params, ground, stretch, days.since_us, money)
            continue
        start = _best(floor, days, sums, base, days.of(opened_us[rows]), end)
        stretch = Stretch(ground.history.quotes[quote], rows, sums, start, end, lock)
        equity = None if money is None else np.full(len(rows), money)
        yield from reached(params, ground, stretch, equity)


def _best(
    floor: Floor,
    days: ProgrammeDays,
    sums: RealisedSums,
    base: int,
    entry_days: Integers,
    end: Integers,
) -> Integers:
    """Return the place of the sum that the floor lies below, for each entry, (n,)."""
    match floor:
        case "static":
            return np.full(len(end), base)
        case "closed":
            return highest(sums.floats, np.full(len(end), base), end)
        case "end_of_day":
            return _best_end_of_day(days.of(sums.at_us), sums, base, entry_days)
        case "intraday":
            raise AssertionError("open profit is no running sum")
        case _:
            assert_never(floor)


def _best_end_of_day(
    close_days: Integers, sums: RealisedSums, base: int, entry_days: Integers
) -> Integers:
    """Return the place of the best balance at the end of a day before each entry's, (n,).

    The account begins with the balance at `base`. A day without closes ends as it began.
    """
    known = close_days[base:]
    last_of_day = np.flatnonzero(np.diff(known, append=known[-1] + 1 if len(known) else 0))
    ends = np.concatenate([[base], base + last_of_day + 1]).astype(np.int64)
    values = sums.floats[ends]
    places = np.arange(len(ends))
    rising = values == np.maximum.accumulate(values)
    best = ends[np.maximum.accumulate(np.where(rising, places, 0))]
    found: Integers = best[np.searchsorted(known[last_of_day], entry_days, side="left")]
    return found
