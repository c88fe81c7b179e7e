"""What the trader says of single trades: was this that habit? And what coach asked about."""

from datetime import datetime
from typing import Literal, NamedTuple

from coach.model.insights import Bias
from coach.model.trades import TradeId
from coach.values import dataclass

Answer = Literal["yes", "no", "unsure"]


@dataclass(frozen=True, slots=True)
class Label:
    """One answer. `tagged` says whether the trade carried the tag when it was given.

    `inclusion` is the probability with which the trade came to be labelled: below 1 only for
    a random question; it stands for 1 / inclusion trades like it.
    """

    trade_id: TradeId
    bias: Bias
    answer: Answer
    tagged: bool
    inclusion: float
    labelled_at: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A random trade of a week without the tag, offered so that misses can be counted."""

    week: str
    trade_id: TradeId
    bias: Bias
    inclusion: float
    asked_at: datetime
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProbeReply:
    """What was said to a random question."""

    bias: Bias
    week: str
    inclusion: float
    answer: Answer


class LabelShare(NamedTuple):
    """A share in [0, 1], its 90 % interval, and how many answers it rests on."""

    estimate: float
    interval: tuple[float, float]
    n: int


@dataclass(frozen=True, slots=True)
class QuestionCount:
    """How many questions a bias has had answered, of how many."""

    answered: int
    asked: int
