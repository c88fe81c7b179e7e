"""Closed trades of one currency as columns, before and after a replay. Floats from here on."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from coach.engine.ledger.exact import subtract
from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.engine.statistics.draws import seed_of
from coach.engine.what_if.course import Course
from coach.engine.what_if.replay import ReplayedTrade
from coach.model.times import DAY_US

MONDAY = 4  # 1970-01-05 was one
KEPT_OTHERWISE = frozenset({"delayed", "dropped", "stopped", "target", "infeasible"})


@dataclass(frozen=True, slots=True, eq=False)
class TradeSample:
    """One row per trade that has closed, oldest first; every column is (n,), money in `quote`.

    `returns` is gross over the money entered: of what was left out where anything was, else of the
    whole trade. `removed` is the money that was left out. `otherwise` says which trades were kept
    but traded otherwise; `kept` is the money entered in what was kept of each and `change` its
    gross in the replay less what it was.
    """

    quote: str
    entered_us: Integers
    returns: Floats
    removed: Floats
    otherwise: Flags
    kept: Floats
    change: Floats

    @property
    def weeks(self) -> Integers:
        """Return the number of each entry's week, Monday to Sunday UTC, (n,)."""
        return weeks_of(self.entered_us)

    def seed(self, formula: str) -> int:
        """Return the seed of all that is drawn for this sample by a formula.

        It follows from the trades and from what was done in them, never from what else was asked:
        the same trades under the same intervention are answered alike, with a split or without.
        """
        columns = (self.returns, self.removed, self.otherwise, self.kept, self.change)
        numbers = (np.asarray(column, "<f8").tobytes() for column in columns)
        entered = np.asarray(self.entered_us, "<i8").tobytes()
        return seed_of(formula.encode(), self.quote.encode(), entered, *numbers)


def weeks_of(moments_us: Integers) -> Integers:
    """Return numbers of weeks that begin on Mondays UTC, (n,)."""
    weeks: Integers = (moments_us // DAY_US - MONDAY) // 7
    return weeks


def sample_of(lines: Sequence[tuple[ReplayedTrade, Course]], quote: str) -> TradeSample:
    """Lay the closed trades of one currency out in columns."""
    closed = [
        one for one in lines if one[0].trip.closed_us is not None and one[0].totals.entered > 0
    ]
    figures = (figure for line, course in closed for figure in _row(line, course))
    columns = np.fromiter(figures, np.float64).reshape(len(closed), 5).T
    return TradeSample(
        quote=quote,
        entered_us=np.array([line.trip.opened_us for line, _ in closed], np.int64),
        returns=columns[0],
        removed=columns[1],
        otherwise=columns[2] > 0,
        kept=columns[3],
        change=columns[4],
    )


def _row(line: ReplayedTrade, course: Course) -> tuple[float, float, float, float, float]:
    """Return return, money left out, whether traded otherwise, money kept and change of it."""
    gross, entered = float(line.trip.gross), float(line.totals.entered)
    if not line.changed:
        return gross / entered, 0.0, 0.0, entered, 0.0
    share = float(course.share)
    if share and (course.untouched or line.totals.marks & KEPT_OTHERWISE):
        change = float(line.replay.gross) - share * gross
        return gross / entered, (1 - share) * entered, 1.0, share * entered, change
    removed = float(subtract(line.totals.entered, line.totals.entered_replayed))
    if removed <= 0:
        return gross / entered, 0.0, 0.0, entered, 0.0
    lost = float(subtract(line.trip.gross, line.replay.gross))
    return lost / removed, removed, 0.0, entered - removed, 0.0
