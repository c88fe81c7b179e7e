"""What luck alone would have given, five hundred times, week by week.

Left-out money: of each week as many other entries are left out instead, for the same sums and in
the same rhythm: the flagged ones moved on by a random number of entries, at most so far that the
last of them lies within seven days. They are only moved forward. A rule that waits after losses has
its losses behind it, so whoever draws from the whole week draws those losses too and sees a pattern
where none is (Miller & Sanjurjo 2018, Econometrica 86:2019).

Trades that were kept but traded otherwise: what changed on a day had as well gone the other way
(random signs of days). Where a rule looks at nothing that matters, its true gain is one more such
draw, so its percentile is uniform. Gains are before fees.
"""

from typing import NamedTuple

import numpy as np

from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.draws import uniforms
from coach.engine.what_if.sample import TradeSample
from coach.model.times import DAY_US, WEEK_US

DRAWS = 500
TIE = 1e-9
RANK_STREAM, SIGN_STREAM, WEEK_STREAM = 2_001, 2_002, 3_000
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)


class Luck(NamedTuple):
    """Gains by week: the true ones (w,) and those of 500 draws (500, w); weeks by number (w,)."""

    weeks: Integers
    gains: Floats
    drawn: Floats

    @property
    def varies(self) -> bool:
        """Say whether luck could have given anything else."""
        return bool(len(self.weeks)) and float(np.ptp(self.drawn.sum(axis=1))) > TIE

    def percentile(self, seed: int) -> float | None:
        """Return where the true gain stands among the draws, 0 to 100; ties by a draw of the seed.

        None where luck could have given nothing else.
        """
        if not self.varies:
            return None
        total, drawn = float(self.gains.sum()), self.drawn.sum(axis=1)
        near = TIE * max(1.0, float(np.abs(drawn).max()))
        below = int(np.count_nonzero(drawn < total - near))
        equal = int(np.count_nonzero(np.abs(drawn - total) <= near))
        share = float(uniforms(seed, (1,), RANK_STREAM)[0])
        return 100.0 * (below + share * (equal + 1)) / (DRAWS + 1)

    def fan(self) -> tuple[Floats, Floats]:
        """Return the running gain (w,) and the band of the running draws (5, w)."""
        band: Floats = np.quantile(np.cumsum(self.drawn, axis=1), BAND, axis=0)
        return np.cumsum(self.gains), band


def luck(sample: TradeSample, seed: int) -> Luck:
    """Draw what luck would have given to a sample."""
    numbers = sample.weeks
    if len(numbers) == 0:
        return Luck(np.zeros(0, np.int64), np.zeros(0), np.zeros((DRAWS, 0)))
    weeks = np.arange(numbers.min(), numbers.max() + 1, dtype=np.int64)
    place = numbers - weeks[0]
    lost = np.where(sample.removed > 0, sample.returns * sample.removed, 0.0)
    changed = np.where(sample.otherwise, sample.change, 0.0)
    gains: Floats = np.bincount(place, changed - lost, len(weeks)).astype(np.float64)
    drawn = _random_signs(sample, place, len(weeks), seed)
    for week in np.unique(place[sample.removed > 0]).tolist():
        rows = np.flatnonzero((place == week) & (sample.removed > 0))
        drawn[:, week] -= _others(sample, rows, seed, WEEK_STREAM + week)
    return Luck(weeks, gains, drawn)


def _others(sample: TradeSample, rows: Integers, seed: int, stream: int) -> Floats:
    """Return what as many entries from then on would have lost on the sums left out, (500,)."""
    last = int(rows[-1])
    until = int(sample.entered_us[last]) + WEEK_US
    within = int(np.searchsorted(sample.entered_us, until, side="left")) - last
    steps = (uniforms(seed, (DRAWS, 1), stream) * within).astype(np.int64)
    lost: Floats = sample.returns[rows + steps] @ sample.removed[rows]
    return lost


def _random_signs(sample: TradeSample, place: Integers, weeks: int, seed: int) -> Floats:
    """Return the changes of whole days with random signs, by week, (500, weeks)."""
    rows = np.flatnonzero(sample.otherwise)
    if len(rows) == 0:
        return np.zeros((DRAWS, weeks))
    days, first, block = np.unique(
        sample.entered_us[rows] // DAY_US, return_index=True, return_inverse=True
    )
    changes = np.bincount(block, weights=sample.change[rows])
    signs = np.where(uniforms(seed, (DRAWS, len(days)), SIGN_STREAM) < 0.5, -1.0, 1.0)  # noqa: PLR2004 -- a coin
    drawn = np.zeros((DRAWS, weeks))
    in_week = place[rows][first]
    for week in np.unique(in_week).tolist():
        own = in_week == week
        drawn[:, week] = signs[:, own] @ changes[own]
    return drawn
