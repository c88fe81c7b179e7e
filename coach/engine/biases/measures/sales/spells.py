"""The time after each sale: until the same symbol is bought back, or thirty days are over."""

import numpy as np

from coach.engine.biases.detector import Window
from coach.engine.features.bars import Bars
from coach.engine.features.context import Context
from coach.engine.features.history import OPEN, History
from coach.engine.features.moves import prices_at
from coach.engine.features.orders import CLOSE
from coach.engine.features.series import covering
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks
from coach.engine.statistics.strata import consecutive
from coach.model.times import DAY_US, HOUR_US
from coach.values import dataclass

LONGEST_US = 30 * DAY_US
NONE = -1
AGES_US = np.array([1, 4, 12, 24, 72, 168], np.int64) * HOUR_US


@dataclass(frozen=True, slots=True, eq=False)
class Spells:
    """Sales that ended a trade in a gain or a loss, by symbol and direction, oldest first; (n,).

    `rows` are the trades that were sold, `back` the rows of the entries that bought back within
    thirty days (-1: none so far), `until_us` where the spell ends, `days` how long it lasted.
    Strata are at most twelve sales in a row of one symbol and direction and one month.
    """

    rows: Integers
    back: Integers
    sold_us: Integers
    until_us: Integers
    gain: Flags
    strata: Integers
    blocks: Integers
    planned: int

    @property
    def days(self) -> Floats:
        """How long each spell lasted, in days."""
        lasted = self.until_us - self.sold_us
        days: Floats = lasted.astype(np.float64) / DAY_US
        return days

    @property
    def bought(self) -> Floats:
        """1 where the symbol was bought back, else 0."""
        bought: Floats = np.where(self.back != NONE, 1.0, 0.0)
        return bought

    def pieces(self) -> "Pieces":
        """Cut every spell by its age: few sales that were never followed up say little so."""
        lasted = self.until_us - self.sold_us
        ages = len(AGES_US) + 1
        lower = np.concatenate([[0], AGES_US])
        inside = np.clip(lasted[:, None], lower, np.append(AGES_US, LONGEST_US)) - lower
        events = np.zeros((len(lasted), ages))
        events[np.arange(len(lasted)), np.searchsorted(AGES_US, lasted, side="left")] = self.bought
        spell = np.repeat(np.arange(len(lasted)), ages)
        return Pieces(
            spell=spell,
            strata=self.strata[spell] * ages + np.tile(np.arange(ages), len(lasted)),
            days=inside.astype(np.float64).ravel() / DAY_US,
            bought=events.ravel(),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Spells cut by age, (p,): the spell, its stratum and age as one, its days and repurchase."""

    spell: Integers
    strata: Integers
    days: Floats
    bought: Floats


def spells(context: Context, window: Window) -> Spells:
    """Follow every decided sale inside the window until the window ends."""
    history = context.history
    group = _groups(history)
    sold = (history.closed_us != OPEN) & (history.outcome != 0) & window.holds(history.closed_us)
    planned = _planned(history)
    rows = np.flatnonzero(sold & ~planned)
    rows = rows[np.lexsort((rows, history.closed_us[rows], group[rows]))]
    back = _bought_back(history, group, rows)
    sold_us = history.closed_us[rows]
    latest = np.minimum(sold_us + LONGEST_US, window.end_us)
    again = np.where(back == NONE, latest, history.opened_us[back])
    back = np.where(again <= latest, back, NONE)
    month = sold_us.astype("datetime64[us]").astype("datetime64[M]").astype(np.int64)
    return Spells(
        rows=rows,
        back=back,
        sold_us=sold_us,
        until_us=np.minimum(again, latest),
        gain=history.outcome[rows] > 0,
        strata=consecutive(group[rows] * 100_000 + month),
        blocks=day_blocks(sold_us),
        planned=int((sold & planned).sum()),
    )


@dataclass(frozen=True, slots=True)
class States:
    """Repurchases and hours below and above the price of the sale, by age of the spell (7,).

    Below means cheaper for who bought before, dearer for who had sold short.
    """

    below: Floats
    above: Floats
    hours_below: Floats
    hours_above: Floats


def states(context: Context, found: Spells) -> States | None:
    """Count where the price stood while a sale was followed, None where no candles say."""
    history = context.history
    group = _groups(history)[found.rows]
    sold = _sale_prices(history)
    parts = np.zeros((4, len(AGES_US) + 1))
    covered = False
    for start, end in _runs(group):
        series = history.market.series(history.symbols[group[start] // 2])
        asked = _SpellQuery(found, slice(start, end), sold)
        by = np.maximum(covering(series, asked.sold_us, asked.until_us), 0)
        for place, bars in enumerate(series):
            covered |= len(bars) > 0
            asked.by_this = by == place
            parts += _states_of(asked, bars, -1.0 if group[start] % 2 else 1.0)
    return States(parts[0], parts[1], parts[2], parts[3]) if covered else None


class _SpellQuery:
    """The sales of one symbol and direction, and the prices of their orders (nan: none).

    `by_this` (k,) are those that the series at hand covers best. A repurchase is decided by the
    last close before it; its own price leans below for who buys by a resting order.
    """

    def __init__(self, found: Spells, some: slice, sold: Floats) -> None:
        self.sold_us, self.until_us = found.sold_us[some], found.until_us[some]
        self.back = found.back[some]
        self.sold = sold[found.rows[some]]
        self.by_this = np.ones(len(self.sold_us), np.bool_)


def _states_of(asked: _SpellQuery, bars: Bars, turned: float) -> Floats:
    ended = bars.start_us + bars.step_us
    spell = np.searchsorted(asked.sold_us, ended, side="right") - 1
    held = (spell >= 0) & (ended <= asked.until_us[spell]) & asked.by_this[spell]
    spell, age = spell[held], ended[held] - asked.sold_us[spell[held]]
    sale = np.where(np.isnan(asked.sold), prices_at(bars, asked.sold_us), asked.sold)
    again = prices_at(bars, asked.until_us)
    side = np.sign(bars.close[held] - sale[spell]) * turned
    hours = bars.step_us / HOUR_US
    seen = np.bincount(spell, minlength=len(sale)) > 0
    moved = np.where(seen & (asked.back != NONE), np.sign(again - sale) * turned, 0.0)
    bought = asked.until_us - asked.sold_us
    return np.stack(
        [
            _by_age(bought, moved < 0),
            _by_age(bought, moved > 0),
            _by_age(age, side < 0) * hours,
            _by_age(age, side > 0) * hours,
        ]
    )


def _by_age(age_us: Integers, which: Flags) -> Floats:
    """Count by age since the sale, (7,)."""
    bins = np.searchsorted(AGES_US, age_us[which], side="left")
    return np.bincount(bins, minlength=len(AGES_US) + 1).astype(np.float64)


def _sale_prices(history: History) -> Floats:
    """Return the price of the order that closed each trade, nan where there is none, (n,)."""
    orders = history.orders
    prices = np.full(len(history), np.nan)
    closing = np.flatnonzero(orders.kind == CLOSE)
    prices[orders.trip[closing]] = orders.price[closing]
    return prices


def _bought_back(history: History, group: Integers, rows: Integers) -> Integers:
    """Return the next entry of the same symbol and direction at or after each close."""
    back = np.full(len(rows), NONE, np.int64)
    order = np.argsort(group, kind="stable")
    begins = np.searchsorted(group[order], group[rows], side="left")
    ends = np.searchsorted(group[order], group[rows], side="right")
    for start, end in _runs(group[rows]):
        entries = order[begins[start] : ends[start]]
        mine = rows[start:end]
        following = np.searchsorted(
            history.opened_us[entries], history.closed_us[mine], side="left"
        )
        # a trade of one instant is not its own successor
        following = np.maximum(following, np.searchsorted(entries, mine, side="right"))
        known = following < len(entries)
        back[start:end][known] = entries[following[known]]
    return back


def _runs(group: Integers) -> list[tuple[int, int]]:
    """Return where the sales of each symbol and direction begin and end; they stand together."""
    first = np.flatnonzero(np.diff(group, prepend=-1)).tolist()
    return list(zip(first, [*first[1:], len(group)], strict=True)) if first else []


def _groups(history: History) -> Integers:
    """Return a code of symbol and direction for every trade, (n,)."""
    every = np.arange(len(history))
    groups: Integers = history.symbol * 2 + _short(history, every)
    return groups


def _short(history: History, rows: Integers) -> Flags:
    short: Flags = np.array([history.trips[row].side == "short" for row in rows.tolist()], np.bool_)
    return short


def _planned(history: History) -> Flags:
    by_plan = np.array(
        [history.trader.plan("dca", symbol) is not None for symbol in history.symbols], np.bool_
    )
    return by_plan[history.symbol] if len(history) else np.zeros(0, np.bool_)
