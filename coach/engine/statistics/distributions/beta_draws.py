"""Draws from beta distributions, made of the raw stream of PCG64 and nothing of numpy's own.

Cheng (1978), Generating beta variates with nonintegral shape parameters, CACM 21:317,
algorithm BB: a rejection that needs two uniforms a try and about 1.4 tries.
"""

import numpy as np

from coach.engine.statistics import draws
from coach.engine.statistics.arrays import Flags, Floats

LOG_4 = float(np.log(4.0))
QUICK = 1.0 + float(np.log(5.0))
TINY = 2.0**-54  # half a step of the uniforms: never 0, never 1


def draw(first: Floats, second: Floats, seed: int, stream: int = 0) -> Floats:
    """Return one draw of Beta(first, second) for each pair of shapes, both at least 1.

    The try numbered k reads the stream `stream + k`, so streams from `stream` on are used up.
    At most one shape of a pair may be exactly 1.
    """
    a, b = np.minimum(first, second).ravel(), np.maximum(first, second).ravel()
    if a.size and not (a.min() >= 1.0 and b.min() > 1.0):
        raise ValueError("shapes of at least 1, and at most one of a pair exactly 1")
    small = np.empty(a.shape)
    open_ = np.arange(a.size)
    while open_.size:
        tried, taken = _try(a[open_], b[open_], draws.uniforms(seed, (2, open_.size), stream))
        small[open_[taken]] = tried[taken]
        open_, stream = open_[~taken], stream + 1
    shaped = small.reshape(first.shape)
    return np.where(first <= second, shaped, 1.0 - shaped)


def _try(a: Floats, b: Floats, uniforms: Floats) -> tuple[Floats, Flags]:
    """Propose a draw for each pair a <= b and tell which are taken."""
    total = a + b
    slope = np.sqrt((total - 2.0) / (2.0 * a * b - total))
    first, second = uniforms + TINY
    odds = slope * np.log(first / (1.0 - first))
    scaled = a * np.exp(odds)
    height = (a + 1.0 / slope) * odds - LOG_4
    level = first * first * second
    gap = a + height - scaled
    log_level = np.log(level)
    taken = (gap + QUICK >= 5.0 * level) | (
        height + total * np.log(total / (b + scaled)) >= log_level
    )
    return scaled / (b + scaled), taken
