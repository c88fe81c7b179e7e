"""At most so many positions open at once, the new one among them.

A position that closed at the very instant of an entry is closed (a flip).
"""

from collections.abc import Iterator

import numpy as np

from coach.engine.rules.ground import Ground, Hit
from coach.engine.rules.kinds.spec import Params, count


def hits(params: Params, ground: Ground) -> Iterator[Hit]:
    """Yield each entry that was one position too many."""
    limit = count(params, "positions")
    standing = np.arange(1, len(ground.history) + 1) - (ground.before + 1)
    for row in np.flatnonzero(standing > limit).tolist():
        number = int(standing[row])
        facts = {"open_positions": number, "limit": limit, "margin": number - limit}
        yield ground.entry(row, dict(facts))
