"""A budget of requests that all processes of an installation share, as a broker counts it.

Binance counts a weight per address and minute, whoever asks from there. Who keeps the budget is the
engine's business; an adapter says what a request costs, and how long the broker wants to be left
alone.
"""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class WeightLimit:
    """How much weight coach may spend in a minute, and where the broker counts it.

    `header` is where an answer says how much everybody at this address spent of `of_all`.
    """

    name: str
    per_minute: float
    of_all: float
    header: str


class RequestBudget(Protocol):
    """What is left of a broker's limits, for everybody who asks from this address."""

    def wait_s(self, limit: WeightLimit, weight: float) -> float:
        """Take the weight and return 0, or take nothing and return the seconds to wait."""

    def rest(self, limit: WeightLimit, seconds: float) -> None:
        """Let nobody ask for so long: the broker said so."""


class Unbudgeted:
    """A budget without end, for a broker that nobody else asks."""

    def wait_s(self, limit: WeightLimit, weight: float) -> float:
        """Return 0: nothing is counted."""
        del limit, weight
        return 0.0

    def rest(self, limit: WeightLimit, seconds: float) -> None:
        """Do nothing: nobody else asks."""
        del limit, seconds
