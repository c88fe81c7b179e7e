"""Two sets of made-up markets and traders that share no seed.

Whatever is tuned is tuned on `tune`; what is claimed is measured on `evidence`. The seeds of the
one are zero and above, those of the other below zero, so no number of the one leads to the other.
"""

from typing import Literal, get_args

SetName = Literal["tune", "evidence"]
SETS: tuple[SetName, ...] = get_args(SetName)
MARKETS_A_SEED = 1_000_000


def seed_in(name: SetName, number: int) -> int:
    """Return the seed that stands for a number, 0 or above, in a set."""
    if number < 0:
        raise ValueError(f"a seed is a number from 0, not {number}")
    return number if name == "tune" else -1 - number


def market_seed(seed: int, number: int) -> int:
    """Return the seed of the so-manieth market of a seed; it stays in the set of the seed."""
    if not 0 <= number < MARKETS_A_SEED:
        raise ValueError(f"a market's number is from 0 to {MARKETS_A_SEED - 1}, not {number}")
    if seed < 0:
        return -1 - market_seed(-1 - seed, number)
    return seed * MARKETS_A_SEED + number


def next_market(seed: int) -> int:
    """Return the seed of another market of the same set."""
    return seed + 1 if seed >= 0 else seed - 1
