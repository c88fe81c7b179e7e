"""What the labels say of every threshold at once: draws of precision, recall and F.

Bin rates follow a lapse-logit p_b = .05 + .9 sigmoid(beta (ln mid_b - mu)) with
mu ~ N(ln default, .8) and beta ~ N(3, 3) on [-1.5, 9], exact on a 77 x 48 grid; a little
negative slope is allowed, it means "this rule does not discriminate". Given the curve, a rate is
Beta(20 p_b + yes_b, 20 (1 - p_b) + no_b). How many candidates a bin has is uncertain too: each
draw weighs the events anew, by the Bayesian bootstrap of Rubin (1981), Ann. Statist. 9:130. All
thresholds share the draws, so comparing two of them is a paired comparison.
"""

import numpy as np

from coach.engine.rules.calibration.sample import CalibrationSample
from coach.engine.rules.calibration.values import THRESHOLDS, CredibleMean, GridRow, State
from coach.engine.statistics import draws
from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.distributions import beta_draws
from coach.engine.statistics.words import significant
from coach.values import dataclass

DRAWS = 2000
LAPSE = 0.05
CURVE_WEIGHT = 20.0
MU_SPREAD, MU_REACH, MU_NODES = 0.8, 3.0, 77
SLOPE_MEAN, SLOPE_SPREAD, SLOPE_NODES = 3.0, 3.0, 48
FLATTEST, STEEPEST = -1.5, 9.0
TAIL = 0.05
RECALL_SHARE = 0.25  # beta^2 of F_0.5: precision counts for more
RIGHT = 0.5
CURVE_STREAM, POPULATION_STREAM, RATE_STREAM = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Belief:
    """Draws of shape (2000, 9): one column per threshold of the grid.

    Precision is NaN in the columns that nothing reaches.
    """

    precision: Floats
    recall: Floats
    f: Floats

    def better(self, this: int, other: int, margin: float) -> float:
        """Return P(F(this) > F(other) + margin)."""
        return float(np.mean(self.f[:, this] > self.f[:, other] + margin))

    def right(self, index: int) -> float:
        """Return P(precision > .5) at a threshold; 0 where nothing fires."""
        return float(np.mean(self.precision[:, index] > RIGHT))


def believe(sample: CalibrationSample, state: State, seed: int) -> Belief:
    """Return the posterior draws of a sample with events in it.

    F_0.5 = 1.25 TP / (1.25 TP + .25 FN + FP), van Rijsbergen (1979).
    """
    candidates = _population(sample, seed)
    real_ones = candidates * _rates(sample, state, seed)
    hits, fired = _at_or_above(real_ones), _at_or_above(candidates)
    real = real_ones.sum(axis=1, keepdims=True)
    with np.errstate(invalid="ignore"):
        precision = hits / fired
    return Belief(
        precision=precision,
        recall=hits / real,
        f=(1.0 + RECALL_SHARE) * hits / (fired + RECALL_SHARE * real),
    )


def table(belief: Belief | None, sample: CalibrationSample, state: State) -> tuple[GridRow, ...]:
    """State every threshold of the grid; without a belief only what fired."""
    return tuple(_row(belief, sample, theta, index) for index, theta in enumerate(state.grid))


def _row(belief: Belief | None, sample: CalibrationSample, theta: float, index: int) -> GridRow:
    fired = int(np.count_nonzero(sample.scores >= theta))
    if belief is None:
        return GridRow(theta, fired, None, None, None, 0.0)
    return GridRow(
        theta=theta,
        fired=fired,
        precision=_share(belief.precision[:, index]) if fired else None,
        recall=_share(belief.recall[:, index]),
        f=_share(belief.f[:, index]),
        p_right=belief.right(index),
    )


def _share(values: Floats) -> CredibleMean:
    tail = round(TAIL * len(values))
    ordered = np.partition(values, (tail, len(values) - 1 - tail))
    return CredibleMean(
        mean=significant(float(np.mean(values))),
        low=significant(float(ordered[tail])),
        high=significant(float(ordered[-1 - tail])),
    )


def _at_or_above(bins: Floats) -> Floats:
    """Return the sums over the bins from each threshold upwards: ten columns to nine."""
    sums: Floats = np.cumsum(bins[..., ::-1], axis=-1)[..., ::-1][..., 1:]
    return sums


def _population(sample: CalibrationSample, seed: int) -> Floats:
    """Return draws of how many candidates each bin has, of shape (2000, 10), up to a factor."""
    lots = draws.uniforms(seed, (DRAWS, len(sample.events)), POPULATION_STREAM)
    in_bin = np.equal.outer(sample.bins, np.arange(THRESHOLDS + 1))
    candidates: Floats = -np.log1p(-lots) @ (sample.weight[:, None] * in_bin)
    return candidates


def _rates(sample: CalibrationSample, state: State, seed: int) -> Floats:
    """Return draws of the share of yes in each bin, of shape (2000, 10)."""
    curves, log_prior = _curves(state)
    said_no = sample.asked - sample.said_yes
    log_posterior = log_prior + np.log(curves) @ sample.said_yes + np.log1p(-curves) @ said_no
    mass = np.cumsum(np.exp(log_posterior - log_posterior.max()))
    chosen = np.searchsorted(mass, draws.uniforms(seed, (DRAWS,), CURVE_STREAM) * mass[-1], "right")
    curve = curves[np.minimum(chosen, len(mass) - 1)]
    return beta_draws.draw(
        CURVE_WEIGHT * curve + sample.said_yes,
        CURVE_WEIGHT * (1.0 - curve) + said_no,
        seed,
        RATE_STREAM,
    )


def _curves(state: State) -> tuple[Floats, Floats]:
    """Return the 3,696 curves, of shape (3696, 10), and the logarithm of their prior."""
    centre = np.log(state.default)
    mu = centre + MU_SPREAD * np.linspace(-MU_REACH, MU_REACH, MU_NODES)
    slope = np.linspace(FLATTEST, STEEPEST, SLOPE_NODES)
    mus, slopes = (axis.ravel() for axis in np.meshgrid(mu, slope, indexing="ij"))
    log_prior = -0.5 * (
        ((mus - centre) / MU_SPREAD) ** 2 + ((slopes - SLOPE_MEAN) / SLOPE_SPREAD) ** 2
    )
    logit = slopes[:, None] * (_log_middles(state)[None, :] - mus[:, None])
    return LAPSE + (1.0 - 2.0 * LAPSE) / (1.0 + np.exp(-logit)), log_prior


def _log_middles(state: State) -> Floats:
    """Return the logarithms of the bins' middles; an outer bin is as wide as its neighbour."""
    edges = np.log(np.array(state.grid))
    outer = [2 * edges[0] - edges[1]], [2 * edges[-1] - edges[-2]]
    edges = np.concatenate([outer[0], edges, outer[1]])
    middles: Floats = (edges[1:] + edges[:-1]) / 2
    return middles
