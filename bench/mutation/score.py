"""A share of a sample, with its interval."""

from math import sqrt

Z = 1.959964


def wilson(successes: int, tries: int) -> tuple[float, float]:
    """Return Wilson's interval of 95 % for a share."""
    share, square = successes / tries, Z * Z / tries
    middle = (share + square / 2) / (1 + square)
    half = Z * sqrt(share * (1 - share) / tries + square / tries / 4) / (1 + square)
    return middle - half, middle + half
