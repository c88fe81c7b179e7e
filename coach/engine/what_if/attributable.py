"""What a replay gained that luck would not have given: money beside the trader's own other trades.

What was left out is compared with the other entries of the same week: gap x money left out, with
the gap and its interval of `biases.return_gap`. What was kept but traded otherwise (later, or sold
at a stop) is compared with itself: mean change per unit of money, its error the larger of that of
single trades and that of whole days drawn anew, with the same prior of half of the changes' own
standard deviation and Student's t. Fees are in neither: they are certain, and told apart.
"""

import math
from typing import NamedTuple

from coach.engine.biases.return_gap import FEWEST, PRIOR_SHARE, return_gap
from coach.engine.statistics.arrays import Floats, Integers
from coach.engine.statistics.bootstrap import day_blocks, resampled_ratios
from coach.engine.statistics.distributions.normal import Z_90, probability_above
from coach.engine.statistics.distributions.student import t_90
from coach.engine.statistics.shrinkage import Posterior, shrunk
from coach.engine.what_if.sample import TradeSample


class Gain(NamedTuple):
    """A belief about money, above 0 is gained; `trades` is how many it rests on.

    `deviation` is that of the normal belief with the same middle 90 %.
    """

    mean: float
    deviation: float
    trades: int

    @property
    def interval(self) -> tuple[float, float]:
        """Return its middle 90 %."""
        margin = Z_90 * self.deviation
        return self.mean - margin, self.mean + margin

    @property
    def better(self) -> float:
        """Return P(gain > 0)."""
        return probability_above(0.0, self.mean, self.deviation)


def attributable(sample: TradeSample, seed: int) -> Gain | None:
    """Return the gain of a sample in its currency, None where nothing was done otherwise."""
    parts = [part for part in (_left_out(sample), _otherwise(sample, seed)) if part is not None]
    if not parts:
        return None
    return Gain(
        math.fsum(part.mean for part in parts),
        math.hypot(*(part.deviation for part in parts)),
        int(((sample.removed > 0) | sample.otherwise).sum()),
    )


def _left_out(sample: TradeSample) -> Gain | None:
    chosen = sample.removed > 0
    if not chosen.any():
        return None
    missed = return_gap(sample.returns, chosen, sample.entered_us).belief()
    money = float(sample.removed.sum())
    return Gain(missed.mean * money, missed.margin / Z_90 * money, int(chosen.sum()))


def _otherwise(sample: TradeSample, seed: int) -> Gain | None:
    if not sample.otherwise.any():
        return None
    change, money = sample.change[sample.otherwise], sample.kept[sample.otherwise]
    belief = _changed(change, money, sample.entered_us[sample.otherwise], seed)
    whole = float(money.sum())
    return Gain(belief.mean * whole, belief.deviation * whole, len(change))


def _changed(change: Floats, money: Floats, entered_us: Integers, seed: int) -> Posterior:
    """Believe in the mean change per unit of money; all are (n,)."""
    whole, count = float(money.sum()), len(change)
    effect = float(change.sum()) / whole
    if count < FEWEST:
        return shrunk(effect, math.inf, PRIOR_SHARE * abs(effect))
    rest = change - effect * money
    single = math.sqrt(float((rest**2).sum()) * count / (count - 1)) / whole
    draws = resampled_ratios(day_blocks(entered_us), change, money, seed)
    spread = math.sqrt(float(((change / money - effect) ** 2).sum()) / (count - 1))
    if not spread:
        return Posterior(effect, 0.0)  # every trade changed by the same share, as none by nothing
    belief = shrunk(effect, max(single, float(draws.std())), PRIOR_SHARE * spread)
    return Posterior(belief.mean, t_90(count - 1) / Z_90 * belief.deviation)
