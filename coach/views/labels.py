"""Labels: what the trader answered about single trades, and the questions that are open."""

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypedDict

from coach.model.labels import Answer, Label
from coach.model.trades import Direction
from coach.views.table import Column

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
    """An open question about a random trade; `net` is in `quote`, the trade's quote currency."""

    week: str
    trade_id: str
    bias: str
    symbol: str
    side: Direction
    opened_at: datetime
    closed_at: datetime | None
    net: Decimal
    quote: str
    inclusion: float
    asked_at: datetime


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
    }
