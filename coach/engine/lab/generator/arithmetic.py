"""Exponentials, logarithms and normal quantiles that give the same bits on every machine.

Only operations that IEEE 754 rounds correctly are used: what numpy or the C library make of
`exp` and `log` differs in the last bit from one processor to the next, and one bit is enough to
change a file.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]

LN2 = 0.6931471805599453
ROOT_HALF = 0.7071067811865476
LOG_TERMS = tuple(2.0 / (2 * power + 1) for power in range(11))
EXP_TERMS = tuple(1.0 / float(np.prod(np.arange(1, power + 1))) for power in range(15))
# P. J. Acklam's rational approximation, relative error below 1.2e-9
CENTRE_TOP = (
    2.506628277459239, -3.066479806614716e1, 1.383577518672690e2,
    -2.759285104469687e2, 2.209460984245205e2, -3.969683028665376e1,
)  # fmt: skip
CENTRE_BOTTOM = (
    1.0, -1.328068155288572e1, 6.680131188771972e1,
    -1.556989798598866e2, 1.615858368580409e2, -5.447609879822406e1,
)  # fmt: skip
TAIL_TOP = (
    2.938163982698783, 4.374664141464968, -2.549732539343734,
    -2.400758277161838, -3.223964580411365e-1, -7.784894002430293e-3,
)  # fmt: skip
TAIL_BOTTOM = (
    1.0, 3.754408661907416, 2.445134137142996, 3.224671290700398e-1, 7.784695709041462e-3,
)  # fmt: skip
TAIL = 0.02425
DIGITS = 8
POWERS = 10.0 ** np.arange(-12, 12, dtype=np.float64)
SCALES = np.array([float(f"1e{DIGITS - 1 - power}") for power in range(-13, 12)])


def log(values: Floats) -> Floats:
    """Return natural logarithms of positive numbers; any shape."""
    mantissa, exponent = np.frexp(values)
    low = mantissa < ROOT_HALF
    mantissa = np.where(low, 2.0 * mantissa, mantissa)
    ratio = (mantissa - 1.0) / (mantissa + 1.0)
    return (exponent - low) * LN2 + ratio * _polynomial(LOG_TERMS, ratio * ratio)


def exp(values: Floats) -> Floats:
    """Return exponentials; any shape, |value| < 700."""
    whole = np.rint(values / LN2)
    return np.ldexp(_polynomial(EXP_TERMS, values - whole * LN2), whole.astype(np.int64))


def normal_quantile(shares: Floats) -> Floats:
    """Return where a standard normal has `shares` of its mass below; shares in (0, 1)."""
    centred = shares - 0.5
    square = centred * centred
    centre = centred * _polynomial(CENTRE_TOP, square) / _polynomial(CENTRE_BOTTOM, square)
    outer = np.minimum(shares, 1.0 - shares)
    tails = np.flatnonzero(outer < TAIL)
    root = np.sqrt(-2.0 * log(outer.flat[tails]))
    depth = _polynomial(TAIL_TOP, root) / _polynomial(TAIL_BOTTOM, root)
    centre.flat[tails] = np.where(centred.flat[tails] < 0.0, depth, -depth)
    return centre


def to_digits(values: Floats) -> Floats:
    """Round positive numbers to eight significant digits: the nearest double of each decimal."""
    scale = SCALES[np.searchsorted(POWERS, values, side="right")]
    rounded: Floats = np.rint(values * scale) / scale
    return rounded


def power(base: float, exponent: int) -> float:
    """Return a whole power, multiplied one factor after the other."""
    found = 1.0
    for _ in range(exponent):
        found *= base
    return found


def total(values: Iterable[float]) -> float:
    """Return a sum, added one number after the other; `sum` differs between Pythons."""
    found = 0.0
    for value in values:
        found += value
    return found


def _polynomial(terms: tuple[float, ...], at: Floats) -> Floats:
    total = np.full_like(at, terms[-1])
    for term in terms[-2::-1]:
        total = total * at + term
    return total
