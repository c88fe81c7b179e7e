"""The test for paired differences: if nothing is there, each could as well have had the other sign.

Every day gives one number, a sum over its trades, so trades of one day stand or fall together.
Source: Fisher (1935), The Design of Experiments, section 21; the count as in Phipson & Smyth
(2010), SAGMB 9(1):39.
"""

import numpy as np

from coach.engine.statistics.arrays import Floats
from coach.engine.statistics.draws import uniforms

FLIPS = 999
STREAM = 3
HALF = 0.5
TIE = 1e-9
AT_ONCE = 4_000_000  # signs drawn together: 32 MB


def sign_flip_p(values: Floats, seed: int) -> float:
    """Return the one-sided p that the sum of the values (n,) is above zero; 1 where all are 0."""
    values = values[values != 0]
    if len(values) == 0:
        return 1.0
    total = float(values.sum())
    tie = TIE * float(np.abs(values).sum())
    reached = 0
    step = max(1, AT_ONCE // len(values))
    for start in range(0, FLIPS, step):
        count = min(step, FLIPS - start)
        drawn = uniforms(seed, (count, len(values)), STREAM + start)
        signs = np.where(drawn < HALF, 1.0, -1.0)
        reached += int(np.count_nonzero(signs @ values >= total - tie))
    return (1 + reached) / (1 + FLIPS)
