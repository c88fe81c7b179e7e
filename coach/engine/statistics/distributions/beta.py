"""The beta distribution, and the exact interval of a proportion that rests on it."""

import math

SMALLEST = 1e-300
PRECISE = 1e-15
LONGEST = 500
HALVINGS = 60


def below(x: float, a: float, b: float) -> float:
    """Return P(X <= x) for X ~ Beta(a, b), the regularised incomplete beta function.

    Source: the continued fraction of Abramowitz & Stegun 26.5.8 by Lentz's method (Press et al.,
    Numerical Recipes, 6.4), on the side where it converges fast.
    """
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(x, a, b) / a
    return 1.0 - front * _fraction(1.0 - x, b, a) / b


def quantile(probability: float, a: float, b: float) -> float:
    """Return the x with P(X <= x) = probability for X ~ Beta(a, b), by halving."""
    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if below(middle, a, b) < probability else (low, middle)
    return (low + high) / 2


def exact_interval(hits: int, trials: int, sure: float = 0.95) -> tuple[float, float]:
    """Return the exact interval of a proportion; (0, 1) without trials.

    Source: Clopper & Pearson (1934), Biometrika 26:404, by quantiles of the beta distribution.
    """
    if trials == 0:
        return 0.0, 1.0
    tail = (1.0 - sure) / 2
    low = quantile(tail, hits, trials - hits + 1) if hits else 0.0
    high = quantile(1.0 - tail, hits + 1, trials - hits) if hits < trials else 1.0
    return low, high


def _fraction(x: float, a: float, b: float) -> float:
    c, d = 1.0, 1.0 / _safe(1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, LONGEST):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d = 1.0 / _safe(1.0 + even * d)
        c = _safe(1.0 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / _safe(1.0 + odd * d)
        c = _safe(1.0 + odd / c)
        value *= d * c
        if abs(d * c - 1.0) < PRECISE:
            break
    return value


def _safe(value: float) -> float:
    return value if abs(value) > SMALLEST else SMALLEST
