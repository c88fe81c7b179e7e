"""How sure a trader was that a trade would close with a profit, and how right that was.

Right means: the round trip closed with a result above zero after its fees. Confidence is given
before a trade or while it is open, never afterwards.
"""

from datetime import datetime
from decimal import Decimal
from typing import Final

from coach.errors import Invalid
from coach.model.trades import Direction, TradeId
from coach.values import dataclass

FEWEST_SCORED: Final = 20
"""Closed trades with a confidence below which the score is chance more than skill."""
WHOLE: Final = 100


@dataclass(frozen=True, slots=True)
class GivenConfidence:
    """Confidence in percent that was given while a trade was open.

    It keeps the book and opening of its trade: where the trade is gone, the one that was open then
    stands for it.
    """

    percent: int
    given_at: datetime
    symbol: str
    side: Direction
    opened_at: datetime
    trade_id: TradeId


@dataclass(frozen=True, slots=True)
class TradeResult:
    """What of a round trip a confidence is held against; `net` is None while that is not known."""

    id: TradeId
    symbol: str
    side: Direction
    opened_at: datetime
    closed_at: datetime | None
    net: Decimal | None


@dataclass(frozen=True, slots=True)
class BrierScore:
    """The mean squared distance between confidence and outcome: 0 is perfect, 0.25 says nothing.

    `given` counts all confidences, `scored` those whose trade closed with a known result, `right`
    those of them that closed with a profit. `score`, its 90 % `interval`, the `mean` confidence
    and the share that was right are None below FEWEST_SCORED.
    """

    given: int
    scored: int
    right: int
    score: float | None = None
    interval: tuple[float, float] | None = None
    mean: float | None = None


def require_percent(confidence: int | None) -> None:
    """Raise Invalid where a confidence is given that is no whole percent."""
    if confidence is not None and not 0 <= confidence <= WHOLE:
        raise Invalid("confidence", f"not {confidence}", "a whole percent from 0 to 100")
