"""Records: the highest value so far of each of many runs that lie one after another."""

import numpy as np

from coach.engine.statistics.arrays import Floats, Integers
from coach.values import dataclass


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """The records of runs of rows. `run` (k,) rises, `highest` (k,) includes the row itself.

    `floor` (r,) is the value with which each run begins, before its first row.
    """

    run: Integers
    floor: Floats
    highest: Floats

    @property
    def before(self) -> Floats:
        """Return the highest value before each row, (k,)."""
        earlier = np.roll(self.highest, 1)
        begins = np.ones(len(self.run), np.bool_)
        begins[1:] = self.run[1:] != self.run[:-1]
        return np.where(begins, self.floor[self.run], earlier)

    def after(self, row: Integers, run: Integers) -> Floats:
        """Return the highest value of a run up to a row, that row included, (e,).

        Where the row belongs to an earlier run, the run has no row yet: its floor.
        """
        return np.where(self.run[row] == run, self.highest[row], self.floor[run])


def records(values: Floats, run: Integers, floor: Floats) -> Records:
    """Return the records of `values` (k,) in the runs `run` (k,), which rise from 0."""
    raised = np.maximum(values, floor[run])
    lowest = float(raised.min(initial=0.0))
    height = float(raised.max(initial=0.0)) - lowest + 1.0
    lifted = run * height  # each run lies above all earlier ones
    return Records(run, floor, np.maximum.accumulate(raised + lifted) - lifted)
