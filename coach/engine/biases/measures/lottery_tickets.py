"""Which symbols are cheap, wild and lopsided in a week, and which entries went into them."""

from dataclasses import dataclass

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.biases.measures.sizes.held import last_closes
from coach.engine.features.history import History
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.model.insights import Fact
from coach.model.times import DAY_US

FEWEST_SYMBOLS = 6
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


def describe(history: History, rows: Integers, chosen: Flags, found: Tickets) -> dict[str, Fact]:
    """Return the facts of the entries that went into tickets."""
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


def chosen_entries(history: History, rows: Integers, found: Tickets) -> tuple[Flags, Flags]:
    """Return which entries were into a ranked symbol, and which into a ticket."""
    place = {name: number for number, name in enumerate(found.symbols)}
    column = np.array([place.get(name, -1) for name in history.symbols], np.int64)
    symbol = column[history.symbol[rows]] if len(rows) else np.zeros(0, np.int64)
    week = (history.opened_us[rows] // DAY_US - MONDAY) // WEEK_DAYS - found.first
    known = (symbol >= 0) & found.ranked[week, symbol]
    return known, known & found.ticket[week, symbol]


def _week(us: int) -> int:
    return (us // DAY_US - MONDAY) // WEEK_DAYS
