"""The size of an effect in a word, and numbers as they leave the arithmetic.

Cohen (1988), Statistical Power Analysis for the Behavioral Sciences: 0.2 is small, 0.5 medium,
0.8 large, for differences of means in standard deviations (d) and of rates in arcsines (h).
"""

import math
from typing import Literal

EffectSize = Literal["negligible", "small", "medium", "large"]

SMALL, MEDIUM, LARGE = 0.2, 0.5, 0.8
DIGITS = 6  # builds of numpy agree to about fourteen


def effect_size(standardised: float) -> EffectSize:
    """Name a standardised difference, whichever its sign."""
    size = abs(standardised)
    if size < SMALL:
        return "negligible"
    if size < MEDIUM:
        return "small"
    return "medium" if size < LARGE else "large"


def arcsine_difference(rate: float, other_rate: float) -> float:
    """Return Cohen's h of two rates in [0, 1]."""
    return 2 * math.asin(math.sqrt(rate)) - 2 * math.asin(math.sqrt(other_rate))


def significant(value: float) -> float:
    """Round to six significant digits, so that bytes agree between machines."""
    return float(f"{value:.{DIGITS}g}") + 0.0
