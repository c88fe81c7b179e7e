"""How many trades a day usually sees: a negative binomial that is fitted anew for every day.

The logarithm of the mean is linear in the day's features; coefficients have normal priors around
0, the intercept one that says nothing. The dispersion is the moment estimate of the residuals,
helped by ten days of a usual one. The prediction adds the error of the fitted mean to it.
Sources: Cameron & Trivedi (2013), Regression Analysis of Count Data, ch. 3 (NB2, moments);
McCullagh & Nelder (1989) for iterated weighted least squares.
"""

import numpy as np

from coach.engine.statistics.arrays import Flags, Floats, Integers
from coach.values import dataclass

TRAILING_DAYS = 60
TAIL = 0.025
STEPS, ROUNDS = 6, 2
INTERCEPT_PRECISION, SLOPE_PRECISION = 0.01, 4.0  # a prior spread of 10 and of one half
USUAL_DISPERSION, USUAL_DAYS = 0.3, 10.0
LEAST_MEAN, LARGEST_LOG = 0.05, 12.0
LEAST_DISPERSION = 1e-6
UNSURE = 1.5  # sixty days estimate it too low: the place of simulated counts was uniform with it
FITTED = 5.0  # about as many of the nine coefficients are free under their priors


@dataclass(frozen=True, slots=True, eq=False)
class CountPrediction:
    """What the days before say of each asked day, (d,): the mean count and its dispersion.

    The variance is mean + dispersion x mean^2.
    """

    mean: Floats
    dispersion: Floats

    def tail(self, counts: Integers) -> Floats:
        """Return P(a count of at least so many), (d,)."""
        most = int(counts.max(initial=0))
        size = 1.0 / np.maximum(self.dispersion, LEAST_DISPERSION)
        kept = np.log(self.mean / (self.mean + size))
        steps = np.arange(1, most + 1)
        growth = np.log((size[:, None] + steps - 1) / steps) + kept[:, None]
        first = -size * np.log1p(self.mean / size)
        logs = np.concatenate([np.zeros((len(counts), 1)), np.cumsum(growth, axis=1)], axis=1)
        below = np.concatenate(
            [np.zeros((len(counts), 1)), np.cumsum(np.exp(first[:, None] + logs), axis=1)], axis=1
        )
        upper: Floats = 1.0 - below[np.arange(len(counts)), counts]
        return upper

    def beyond(self, counts: Integers) -> Flags:
        """Say which counts lie above the 97.5 % quantile, (d,)."""
        return self.tail(counts) <= TAIL


def predicted(counts: Integers, features: Floats, asked: Integers) -> CountPrediction:
    """Predict the `asked` days (d,) from the sixty days before each.

    `counts` (n,) and `features` (n, k) have one row per day in a row, the intercept not among
    the features. The asked day's own count is not looked at, its features are. Days before the
    first have no weight.
    """
    design = np.concatenate([np.ones((len(counts), 1)), features], axis=1)
    days = asked[:, None] - np.arange(TRAILING_DAYS, 0, -1)
    known = (days >= 0).astype(np.float64)
    before = np.maximum(days, 0)
    x, y = design[before] * known[:, :, None], counts[before] * known
    precision = np.full(design.shape[1], SLOPE_PRECISION)
    precision[0] = INTERCEPT_PRECISION
    dispersion = np.full(len(asked), USUAL_DISPERSION)
    start = np.log(np.maximum(y.sum(axis=1) / np.maximum(known.sum(axis=1), 1), LEAST_MEAN))
    coefficients = np.zeros((len(asked), design.shape[1]))
    coefficients[:, 0] = start
    for _ in range(ROUNDS):
        coefficients, curvature = _fitted(x, y, known, coefficients, (dispersion, precision))
        dispersion = _dispersion(_means(x, coefficients) * known, y, known.sum(axis=1))
    ahead = design[asked]
    mean = np.exp(np.clip((ahead * coefficients).sum(axis=1), -LARGEST_LOG, LARGEST_LOG))
    error = (ahead * np.linalg.solve(curvature, ahead[:, :, None])[:, :, 0]).sum(axis=1)
    wider = np.expm1(np.minimum(error, 1.0))
    return CountPrediction(np.maximum(mean, LEAST_MEAN), UNSURE * dispersion + wider)


def _fitted(
    x: Floats, y: Floats, known: Floats, coefficients: Floats, shape: tuple[Floats, Floats]
) -> tuple[Floats, Floats]:
    """Return the coefficients after a few Newton steps, and the curvature there."""
    dispersion, precision = shape
    curvature = np.zeros((len(x), x.shape[2], x.shape[2]))
    for _ in range(STEPS):
        mean = _means(x, coefficients) * known
        weight = mean / (1.0 + dispersion[:, None] * mean)
        residual = (y - mean) / (1.0 + dispersion[:, None] * mean)
        slope = np.einsum("dnk,dn->dk", x, residual) - precision * coefficients
        curvature = x.transpose(0, 2, 1) @ (x * weight[:, :, None]) + np.diag(precision)
        step = np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]
        coefficients = coefficients + np.clip(step, -1.0, 1.0)
    return coefficients, curvature


def _means(x: Floats, coefficients: Floats) -> Floats:
    logs = np.einsum("dnk,dk->dn", x, coefficients)
    means: Floats = np.exp(np.clip(logs, -LARGEST_LOG, LARGEST_LOG))
    return means


def _dispersion(mean: Floats, y: Floats, days: Floats) -> Floats:
    """Return the moment estimate over the known days, (d,), less the fitted features' freedom."""
    squares = (mean**2).sum(axis=1)
    helped = squares / np.maximum(days, 1) * USUAL_DAYS
    freedom = days / np.maximum(days - FITTED, 1)
    excess = ((y - mean) ** 2).sum(axis=1) * freedom - mean.sum(axis=1)
    weight = np.maximum(squares + helped, LEAST_DISPERSION)
    found: Floats = np.maximum((excess + USUAL_DISPERSION * helped) / weight, LEAST_DISPERSION)
    return found
