"""D11 Lottery preference: how much of the money went into cheap, wild, lopsided symbols. A fact.

Every week the symbols with candles are put in order three times, by what the sixty days before
it show: last price, spread and skew of the daily returns that the mean of the others does not
explain. A lottery ticket is in the lowest third by price and the highest third of both others.
Told is the share of the money of the entries that went into tickets, beside the share that
tickets had among the symbols. It is not tested: what a trader picks from is a choice of
instruments and no chance, so there is no null within the trader; shuffling symbols over entries
leaves the share as it is.
Source: Kumar (2009), J. Finance 64(4):1889, for stocks, there in halves of the market.
"""

from dataclasses import dataclass

import numpy as np

from coach.engine.biases.detector import Detector, Measurement, Window, no_rows
from coach.engine.biases.measures.held import last_closes
from coach.engine.features.context import Context
from coach.engine.features.history import History
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks, interval, resampled_ratios
from coach.model.insights import Fact

FORMULA = "lottery@1"
FEWEST_SYMBOLS = 6
FEWEST_ENTRIES = 20
DAY_US = 86_400_000_000
WEEK_DAYS = 7
MONDAY = 4  # 1970-01-05 was one
TRAILING_DAYS = 60
FEWEST_RETURNS = 20
THIRDS = 3


@dataclass(frozen=True, slots=True, eq=False)
class Tickets:
    """Per week (w,) from `first`: which symbols (w, s) are tickets, and which were ranked."""

    first: int
    symbols: tuple[str, ...]
    ranked: Flags
    ticket: Flags


def measure(context: Context, window: Window, seed: int) -> Measurement:
    """Measure the money of the window's entries in the currency with the most of them."""
    history = context.history
    universe = tuple(sorted(name for name, bars in history.market.bars.items() if len(bars)))
    rows = np.flatnonzero(window.holds(history.opened_us) & (history.notional > 0))
    told: dict[str, Fact] = {"symbols": len(universe), "fewest_symbols": FEWEST_SYMBOLS}
    if len(universe) < FEWEST_SYMBOLS:
        lacks = (f"candles of {FEWEST_SYMBOLS} symbols or more",)
        return Measurement(len(rows), 0, no_rows(), told, None, progress=told, lacks=lacks)
    if len(rows):
        quotes = history.quote[rows]
        rows = rows[quotes == np.argmax(np.bincount(quotes))]
    found = tickets(history, window, universe)
    known, chosen = _chosen(history, rows, found)
    needed = max(0, FEWEST_ENTRIES - int(known.sum()))
    sample: dict[str, Fact] = {**told, "n": int(known.sum()), "entries": len(rows)}
    if needed:
        return Measurement(int(known.sum()), needed, no_rows(), sample, None, progress=sample)
    rows, chosen = rows[known], chosen[known]
    money = history.notional[rows]
    draws = resampled_ratios(day_blocks(history.opened_us[rows]), money * chosen, money, seed)
    return Measurement(
        n=len(rows),
        needed=0,
        affected=rows[chosen],
        against=rows[~chosen],
        sample=sample,
        verdict=None,
        facts=_facts(history, rows, chosen, found),
        effect=float(money[chosen].sum() / money.sum()),
        interval=interval(draws),
    )


def _facts(history: History, rows: Integers, chosen: Flags, found: Tickets) -> dict[str, Fact]:
    symbols, counts = np.unique(history.symbol[rows[chosen]], return_counts=True)
    most = history.symbols[symbols[np.argmax(counts)]] if len(symbols) else None
    ranked = int(found.ranked.sum())
    return {
        "share_of_entries": words.significant(float(chosen.mean())),
        "share_of_symbols": words.significant(int(found.ticket.sum()) / max(ranked, 1)),
        "symbols": len(found.symbols),
        "most_bought_ticket": most,
    }


def tickets(history: History, window: Window, universe: tuple[str, ...]) -> Tickets:
    """Rank the universe for every week of the window, from the days before each week."""
    first = _week(window.start_us)
    weeks = np.arange(first, _week(max(window.end_us - 1, window.start_us)) + 1)
    begin_day = first * WEEK_DAYS + MONDAY - TRAILING_DAYS
    days = np.arange(begin_day, int(weeks[-1]) * WEEK_DAYS + MONDAY + 1)
    moments = days * DAY_US
    columns = [last_closes(history.market.series(name), moments) for name in universe]
    price = np.stack(columns, axis=1)
    shape = (len(weeks), len(universe))
    ranked, ticket = np.zeros(shape, np.bool_), np.zeros(shape, np.bool_)
    for place in range(len(weeks)):
        last = place * WEEK_DAYS + TRAILING_DAYS
        ranked[place], ticket[place] = _ranked(price[last - TRAILING_DAYS : last + 1])
    return Tickets(first, universe, ranked, ticket)


def _ranked(price: Floats) -> tuple[Flags, Flags]:
    """Return which symbols (s,) have enough days, and which of them are tickets."""
    returns = np.diff(np.log(price), axis=0)
    known = ~np.isnan(returns)
    usable = (known.sum(axis=0) >= FEWEST_RETURNS) & ~np.isnan(price[-1])
    if usable.sum() < FEWEST_SYMBOLS:
        return np.zeros(len(usable), np.bool_), np.zeros(len(usable), np.bool_)
    rest = _unexplained(np.where(known, returns, 0.0)[:, usable], known[:, usable])
    days = known[:, usable].sum(axis=0)
    spread = np.sqrt((rest**2).sum(axis=0) / days)
    skew = (rest**3).sum(axis=0) / days / np.where(spread > 0, spread, 1.0) ** 3
    third = len(spread) / THIRDS
    cheap = _rank(price[-1][usable]) < third
    wild = _rank(-spread) < third
    lopsided = _rank(-skew) < third
    ticket = np.zeros(len(usable), np.bool_)
    ticket[usable] = cheap & wild & lopsided
    return usable, ticket


def _unexplained(returns: Floats, known: Flags) -> Floats:
    """Return what the mean of all other symbols does not explain of each one's returns, (d, s)."""
    others = known.sum(axis=1, keepdims=True) - known
    market = (returns.sum(axis=1, keepdims=True) - returns) / np.maximum(others, 1)
    days = known.sum(axis=0)
    own = returns - np.where(known, returns.sum(axis=0) / days, 0.0)
    common = np.where(known, market, 0.0)
    common = common - np.where(known, common.sum(axis=0) / days, 0.0)
    squares = (common**2).sum(axis=0)
    beta = (own * common).sum(axis=0) / np.where(squares > 0, squares, 1.0)
    rest: Floats = own - beta * common
    return rest


def _rank(values: Floats) -> Integers:
    ranks = np.empty(len(values), np.int64)
    ranks[np.argsort(values, kind="stable")] = np.arange(len(values))
    return ranks


def _chosen(history: History, rows: Integers, found: Tickets) -> tuple[Flags, Flags]:
    """Return which entries were into a ranked symbol, and which into a ticket."""
    place = {name: number for number, name in enumerate(found.symbols)}
    column = np.array([place.get(name, -1) for name in history.symbols], np.int64)
    symbol = column[history.symbol[rows]] if len(rows) else np.zeros(0, np.int64)
    week = (history.opened_us[rows] // DAY_US - MONDAY) // WEEK_DAYS - found.first
    known = (symbol >= 0) & found.ranked[week, symbol]
    return known, known & found.ticket[week, symbol]


def _week(us: int) -> int:
    return (us // DAY_US - MONDAY) // WEEK_DAYS


DETECTOR = Detector(
    bias="lottery",
    formula=FORMULA,
    unit="share of notional",
    minimum=0.0,
    measure=measure,
    kind="fact",
    needs_candles=True,
)
