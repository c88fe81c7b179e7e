"""How many more trades it takes until a comparison can be made at all."""

import math
from dataclasses import dataclass

FEWEST_COMPARED = 20
FEWEST_OF_EACH = 8


@dataclass(frozen=True, slots=True)
class Sample:
    """What a comparison has to work with.

    `compared` closes, of them `losses` and `wins`; `entries` trades gave them; `start_up` trades
    must still come before the next one can be compared (a size needs sizes before it).
    """

    compared: int
    losses: int
    wins: int
    entries: int
    start_up: int = 0


def still_needed(sample: Sample) -> int:
    """Return how many more trades it takes at the trader's own pace; 0 when it is enough.

    Each shortfall is divided by the share of entries that filled it so far. What has not
    happened yet is given the rate of Laplace's rule of succession.
    """
    shortfalls = (
        (FEWEST_COMPARED - sample.compared, _pace(sample.compared, sample.entries, 1.0)),
        (FEWEST_OF_EACH - sample.losses, _pace(sample.losses, sample.entries, 0.5)),
        (FEWEST_OF_EACH - sample.wins, _pace(sample.wins, sample.entries, 0.5)),
    )
    trades = max(math.ceil(missing / pace) for missing, pace in shortfalls)
    return sample.start_up + trades if trades > 0 else 0


def _pace(seen: int, entries: int, unknown: float) -> float:
    if entries == 0:
        return unknown
    return seen / entries if seen else 1 / (entries + 2)
