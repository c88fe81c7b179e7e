"""Labels: what the trader answered about single trades, and the questions that are open."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.model.labels import Answer, Label
from coach.model.plans import ReasonQuestion
from coach.model.trades import Direction
from coach.views.table import Column
from coach.wording.numbers import counted
from coach.wording.reasons import question_text

if TYPE_CHECKING:
    from coach.engine.api.promises.labels import QuestionView

LABELS = (
    Column("labelled_at", "said at", "time"),
    Column("trade_id", "trade", "key"),
    Column("bias", "bias"),
    Column("answer", "answer"),
    Column("tagged", "tagged"),
    Column("inclusion"),
    Column("reason", "reason"),
)
LABEL_KEY = "trade_id:bias"
QUESTION_KEY = "week:trade_id:question:bias"
EVERY_LABEL = (*LABELS, Column("trade_gone"))
"""The columns of labels among which some may be about trades that are gone."""

QUESTIONS = (
    Column("week", "week"),
    Column("bias", "was it"),
    Column("trade_id", "trade", "key"),
    Column("symbol", "symbol"),
    Column("side", "side"),
    Column("opened_at", "opened", "time"),
    Column("closed_at", "closed", "time"),
    Column("net"),
    Column("quote"),
    Column("inclusion"),
    Column("asked_at"),
    Column("question"),
    Column("sentence", "asked"),
)


class LabelRow(TypedDict):
    """An answer; `tagged` says whether the trade had the tag when it was given.

    `inclusion` is the probability with which the trade came to be labelled.
    """

    trade_id: str
    bias: str
    answer: Answer
    tagged: bool
    inclusion: float
    labelled_at: datetime
    reason: str


class ListedLabelRow(LabelRow):
    """An answer; one about a trade that is gone counts for nothing."""

    trade_gone: bool


class QuestionRow(TypedDict):
    """An open question: about a random trade, or whether a rule is the trader's.

    `net` is in `quote`, the trade's quote currency. A question about a rule has no trade, and an id
    in `question`, by which `coach plans answer` answers it.
    """

    week: str | None
    trade_id: str | None
    bias: str
    symbol: str | None
    side: Direction | None
    opened_at: datetime | None
    closed_at: datetime | None
    net: Decimal | None
    quote: str | None
    inclusion: float | None
    asked_at: datetime
    question: str | None
    sentence: str


def given_label(label: Label) -> LabelRow:
    """Return an answer."""
    return {
        "trade_id": label.trade_id,
        "bias": label.bias,
        "answer": label.answer,
        "tagged": label.tagged,
        "inclusion": label.inclusion,
        "labelled_at": label.labelled_at,
        "reason": label.reason,
    }


def listed_label(label: Label, *, trade_gone: bool) -> ListedLabelRow:
    """Return an answer, and whether its trade is gone."""
    return {**given_label(label), "trade_gone": trade_gone}


def open_question(asking: "QuestionView") -> QuestionRow:
    """Return a question."""
    question, trip = asking.question, asking.trip
    return {
        "week": question.week,
        "trade_id": question.trade_id,
        "bias": question.bias,
        "symbol": trip.symbol,
        "side": trip.side,
        "opened_at": trip.opened_at,
        "closed_at": trip.closed_at,
        "net": trip.net,
        "quote": trip.symbol.rpartition("-")[2],
        "inclusion": question.inclusion,
        "asked_at": question.asked_at,
        "question": None,
        "sentence": f"Was it {question.bias}?",
    }


def open_reason_question(asked: ReasonQuestion) -> QuestionRow:
    """Return a question about a rule of the trader's."""
    return {
        "week": None,
        "trade_id": None,
        "bias": asked.bias,
        "symbol": None,
        "side": None,
        "opened_at": None,
        "closed_at": None,
        "net": None,
        "quote": None,
        "inclusion": None,
        "asked_at": asked.asked_at,
        "question": asked.id,
        "sentence": question_text(asked.reason),
    }


def gone_sentences(gone: Sequence[Label]) -> tuple[str, ...]:
    """Return what is said of answers about trades that are gone, nothing where there are none."""
    answers = counted(len(gone), "answer is", "answers are")
    return (f"{answers} about trades that are gone: kept, and not counted",) if gone else ()
