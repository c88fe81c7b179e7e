"""A habit that was announced: a claim that stands until it is withdrawn."""

from dataclasses import dataclass
from datetime import datetime

from coach.model.insights import Bias, Level


@dataclass(frozen=True, slots=True)
class Trait:
    """`announced_at`, `as_of` and `withdrawn_at` are times of the data, not of a clock.

    `as_of` is the end of the newest window in which the habit could be tested.
    """

    bias: Bias
    announced_at: datetime
    as_of: datetime
    level: Level
    withdrawn_at: datetime | None = None
