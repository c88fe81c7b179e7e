"""A habit that was announced: a claim that stands until it is withdrawn."""

from datetime import datetime
from typing import Literal

from coach.model.insights import Bias
from coach.model.reasons import Level
from coach.values import dataclass

WithdrawalReason = Literal[
    "no longer likely",
    "fading for six weeks",
    "not testable for 8 weeks",
    "its trades are gone",
    "coach's test is stricter now",
    "a rule of yours may explain it",
    "a rule of yours explains it",
]


@dataclass(frozen=True, slots=True)
class Trait:
    """`announced_at`, `as_of` and `withdrawn_at` are times of the data, not of a clock.

    `as_of` is the end of the newest window in which the habit could be tested. `test` is the
    version of the rule by which it was announced, or which it has passed since.
    """

    bias: Bias
    announced_at: datetime
    as_of: datetime
    level: Level
    withdrawn_at: datetime | None = None
    test: int = 1
