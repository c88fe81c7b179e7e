"""What a trader declares beforehand or confirms when asked, so that a rule is not taken for a bias.

dca          buys at a fixed pace, whatever the price does       params: symbols (empty: all)
momentum     enters with a move by rule                           params: symbols
only         trades these symbols and no others, on purpose       params: symbols
night_shift  trades at night because of the hours they keep       params: start, end ("22:00")
stop         leaves at a fixed loss                               params: percent
target       leaves at a fixed gain                               params: percent

A question is about one habit and one reason. It may be asked again, its answer may be changed and
taken back: every step is a record that stays. A reason that was confirmed is a style.
"""

from datetime import datetime
from typing import Literal, NewType

from coach.model.insights import Bias
from coach.model.labels import Answer
from coach.model.reasons import OF_EVERY_HABIT, Reason, ReasonKind
from coach.values import dataclass

PlanKind = Literal["dca", "momentum", "only", "night_shift", "stop", "target"]
Param = str | float | tuple[str, ...]
QuestionId = NewType("QuestionId", str)
QuestionReply = Literal["yes", "no", "unsure", "undone"]
"""What a person does with a question: an answer, or taking the newest one back."""
QuestionStep = Literal["asked", "yes", "no", "unsure", "undone"]
QuestionState = Literal["open", "answered", "lapsed"]
"""Open: waits for an answer. Lapsed: the pattern that it is about is not there any more."""


@dataclass(frozen=True, slots=True)
class Plan:
    """One declaration; it holds for all trades, whenever it was declared."""

    id: str
    kind: PlanKind
    params: dict[str, Param]
    created_at: datetime | None = None

    def covers(self, symbol: str) -> bool:
        """Say whether the plan speaks of this symbol; a plan without symbols speaks of all."""
        named = self.params.get("symbols", ())
        return not named or (isinstance(named, tuple | list) and symbol in named)


@dataclass(frozen=True, slots=True)
class QuestionRecord:
    """A step in the life of a question: it was asked, answered, or its answer was taken back.

    `as_of` is the end of the data then: the same data ask the same. `reason` holds the numbers that
    the step is about.
    """

    n: int
    question_id: QuestionId
    step: QuestionStep
    bias: Bias
    reason: Reason
    as_of: datetime

    @property
    def answer(self) -> Answer | None:
        """The answer that this step gives, None where it gives none."""
        match self.step:
            case "yes" | "no" | "unsure":
                return self.step
            case "asked" | "undone":
                return None


@dataclass(frozen=True, slots=True)
class ReasonAnswer:
    """What the trader said of a reason and did not take back: it is their rule, or it is not.

    `reason` holds the numbers that they were shown, `as_of` is the end of the data at the time.
    An answer about a hedge or a machine is about every habit.
    """

    bias: Bias
    reason: Reason
    answer: Answer
    as_of: datetime

    def is_about(self, bias: Bias, kind: ReasonKind) -> bool:
        """Say whether it answers whether this reason stands behind that habit."""
        return self.reason.kind == kind and (self.bias == bias or kind in OF_EVERY_HABIT)


@dataclass(frozen=True, slots=True)
class ReasonQuestion:
    """A question as it stands: how often it was asked since the last answer, and that answer.

    `asked_at` is the end of the data when it was last asked, `answered_at` that of the answer.
    """

    id: QuestionId
    bias: Bias
    reason: Reason
    asked_at: datetime
    times: int
    state: QuestionState
    answer: Answer | None = None
    answered_at: datetime | None = None


def question_id(bias: Bias, kind: ReasonKind) -> QuestionId:
    """Return the id of the question whether a reason stands behind a habit: `fomo-signal`."""
    return QuestionId(kind if kind in OF_EVERY_HABIT else f"{bias}-{kind}")
