"""How much a trader trades: entries per day beside what the days before predict, and turnover."""

from collections.abc import Sequence

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN, History
from coach.engine.features.local_time import places_in_day, trader_days
from coach.engine.features.series import first_known
from coach.engine.statistics import words
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.day_counts import CountPrediction, predicted
from coach.model.insights import Fact
from coach.model.times import DAY_US
from coach.values import dataclass

FEWEST_BEFORE = 21
WEEKDAYS = 7
FEWEST_BARS = 12  # of a day, to say how volatile it was
YEAR_DAYS = 365
ANCHOR_TURNOVER, ANCHOR_COST = 6.0, 0.20


@dataclass(frozen=True, slots=True, eq=False)
class Activity:
    """Counts of entries by the trader's own days, and what was to be expected of the asked ones.

    `day_of` and `place_of` (n,) are each entry's day (0: the first of all) and number within it,
    from 1; a planned entry has none, which is below 0.
    `asked` (d,) are the whole days of the window with three weeks before them, `counts` (d,) the
    entries on them; `busy` (d,) lie above their 97.5 % quantile. `covered` counts asked days with
    candles, `planned` the entries that a declared plan made, which are not counted; `days` the
    window's days so far.
    """

    day_of: Integers
    place_of: Floats
    asked: Integers
    counts: Integers
    busy: Flags
    means: CountPrediction
    entries: int
    days: int
    covered: int
    planned: int

    def expected(self, days: Integers) -> Floats:
        """Return how many trades were to be expected on busy days, infinitely many on others."""
        known = np.full(int(max(days.max(initial=0), self.asked.max(initial=0))) + 1, np.inf)
        known[self.asked[self.busy]] = self.means.mean[self.busy]
        return known[days]


def activity(context: Context, window: Window) -> Activity:
    """Count entries by day and predict every whole day of the window."""
    history = context.history
    every = trader_days(history.trader, np.append(history.opened_us, window.end_us))
    first = int(every.min(initial=every[-1]))
    planned = _planned(history)
    day_of, last = every[:-1] - first, int(every[-1]) - first
    counts = np.bincount(day_of[~planned], minlength=last)[:last].astype(np.int64)
    begin = int(trader_days(history.trader, np.array([window.start_us]))[0]) - first
    asked = np.arange(max(begin, FEWEST_BEFORE), last, dtype=np.int64)
    volatility, known = _volatility(context, first, last)
    features = np.concatenate([volatility[:, None], _weekdays(first, last)], axis=1)
    means = predicted(counts, features, asked)
    inside = window.holds(history.opened_us) & ~planned
    place = np.full(len(history), -np.inf)
    place[~planned] = places_in_day(day_of[~planned])
    return Activity(
        day_of=day_of,
        place_of=place,
        asked=asked,
        counts=counts[asked],
        busy=means.beyond(counts[asked]),
        means=means,
        entries=int(inside.sum()),
        days=last - max(begin, 0),
        covered=int(known[asked].sum()),
        planned=int((window.holds(history.opened_us) & planned).sum()),
    )


def _planned(history: History) -> Flags:
    by_plan = np.array(
        [history.trader.plan("dca", symbol) is not None for symbol in history.symbols], np.bool_
    )
    return by_plan[history.symbol] if len(history) else np.zeros(0, np.bool_)


def _weekdays(first: int, days: int) -> Floats:
    weekdays: Floats = np.eye(WEEKDAYS)[(np.arange(days) + first) % WEEKDAYS]
    return weekdays - 1 / WEEKDAYS


def _volatility(context: Context, first: int, days: int) -> tuple[Floats, Flags]:
    """Return log realised volatility per day less its usual level, and where it is known.

    The mean over the symbols that were traded; 0 where no candles cover a day.
    """
    history = context.history
    total, known = np.zeros(days), np.zeros(days)
    for symbol in history.symbols:
        logs = _log_volatilities(history, history.market.series(symbol), first, days)
        seen = ~np.isnan(logs)
        if seen.any():
            total += np.where(seen, logs - logs[seen].mean(), 0.0)
            known += seen
    return total / np.maximum(known, 1), known > 0


def _log_volatilities(history: History, series: Sequence[Bars], first: int, days: int) -> Floats:
    """Return the log volatility of each day by the first series that knows it, in one unit."""

    def read(bars: Bars, rows: Integers) -> Floats:
        in_unit = 0.5 * np.log(series[0].step_us / bars.step_us)
        logs: Floats = _log_volatility(history, bars, first, days)[rows] + in_unit
        return logs

    return first_known(series, days, read)


def _log_volatility(history: History, bars: Bars, first: int, days: int) -> Floats:
    day = trader_days(history.trader, bars.start_us) - first
    inside = (day >= 0) & (day < days) & ~np.isnan(bars.change)
    squares = np.bincount(day[inside], weights=bars.change[inside] ** 2, minlength=days)
    count = np.bincount(day[inside], minlength=days)
    usable = (count >= min(FEWEST_BARS, DAY_US // bars.step_us)) & (squares > 0)
    mean = np.where(usable, squares, 1.0) / np.maximum(count, 1)
    return np.where(usable, 0.5 * np.log(mean), np.nan)


def turnover(context: Context, window: Window) -> dict[str, Fact]:
    """Return turnover and cost as multiples of the mean equity per year, where it is known.

    Turnover = min(bought, sold) / mean equity x 365 / days; cost = fees of the same. Counted in
    the currency traded most, in which the equity is taken to be.
    """
    history = context.history
    rows = np.flatnonzero(window.holds(history.opened_us))
    start = history.trader.equity
    if start is None or len(rows) == 0:
        return {}
    main = int(np.argmax(np.bincount(history.quote[rows])))
    rows = rows[history.quote[rows] == main]
    closed = rows[history.closed_us[rows] != OPEN]
    equity = start + np.cumsum(history.net[closed])
    mean = float(equity.mean()) if len(equity) else start
    if mean <= 0:
        return {}
    days = (window.end_us - max(window.start_us, int(history.opened_us[rows[0]]))) / DAY_US
    a_year = YEAR_DAYS / max(days, 1.0)
    entered = float(history.notional[rows].sum())
    left = float((history.notional[closed] + history.gross[closed]).sum())
    return {
        "turnover_per_year": words.significant(min(entered, left) / mean * a_year),
        "cost_to_equity_per_year": words.significant(
            float(history.fees[closed].sum()) / mean * a_year
        ),
        "anchor_turnover": ANCHOR_TURNOVER,
        "anchor_cost_to_equity": ANCHOR_COST,
        "anchor": "FINRA 18-13",
    }
