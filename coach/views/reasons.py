"""Reasons that may explain a finding, what coach asks about them, and the trader's answers."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from coach.model.labels import Answer
from coach.model.plans import QuestionState, ReasonQuestion
from coach.model.reasons import Reason, ReasonFact, ReasonKind
from coach.views.table import Column
from coach.wording.reasons import question_text

QUESTIONS = (
    Column("id", "question"),
    Column("state", "state"),
    Column("bias", "about"),
    Column("sentence", "asked"),
    Column("asked_at", "when", "time"),
    Column("answer", "answer"),
    Column("answered_at", "answered", "time"),
    Column("times"),
    Column("reason"),
)


class ReasonRow(TypedDict):
    """A rule that may stand behind a finding, with the trader's own numbers in `unit`.

    `share` of `n` events stand where the rule would act. `typical` is their median, `quartiles`
    hold the middle half of them.
    """

    kind: ReasonKind
    n: int
    share: float
    typical: float | None
    quartiles: tuple[float, float] | None
    unit: str
    facts: Mapping[str, ReasonFact]


class ReasonQuestionRow(TypedDict):
    """A question whether a rule is the trader's.

    `times` counts how often it was asked since the last answer. Times are those of the data: the
    newest fill when it was asked, and when it was answered. A lapsed question waits for nothing:
    the pattern that it was about is not there any more.
    """

    id: str
    state: QuestionState
    bias: str
    sentence: str
    asked_at: datetime
    times: int
    answer: Answer | None
    answered_at: datetime | None
    reason: ReasonRow


def reason(one: Reason) -> ReasonRow:
    """Return a reason."""
    return {
        "kind": one.kind,
        "n": one.n,
        "share": one.share,
        "typical": one.typical,
        "quartiles": one.quartiles,
        "unit": one.unit,
        "facts": one.facts,
    }


def reason_question(one: ReasonQuestion) -> ReasonQuestionRow:
    """Return a question as it stands."""
    return {
        "id": one.id,
        "state": one.state,
        "bias": one.bias,
        "sentence": question_text(one.reason),
        "asked_at": one.asked_at,
        "times": one.times,
        "answer": one.answer,
        "answered_at": one.answered_at,
        "reason": reason(one.reason),
    }
