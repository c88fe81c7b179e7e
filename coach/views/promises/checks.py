"""Checks that were kept, with what was done after each; the largest size; confidence."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal, TypedDict

from coach.model.fills import Side
from coach.model.promises.checks import CheckOutcome, LargestSize, SizeLimit
from coach.model.promises.confidence import FEWEST_SCORED, BrierScore
from coach.model.trades import Direction
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.promises.check_history import CheckHistory
    from coach.model.promises.checks import CheckAnswer, CheckedOrder
    from coach.model.trades import RoundTrip

CHECKS = (
    Column("asked_at", "asked", "time"),
    Column("symbol", "symbol"),
    Column("side", "side"),
    Column("quantity", "size", "number"),
    Column("price"),
    Column("action"),
    Column("broken", "would break"),
    Column("unjudged"),
    Column("largest"),
    Column("confidence", "sure %", "number"),
    Column("outcome", "what was done"),
    Column("fills"),
    Column("traded", "traded", "number"),
    Column("first_at"),
    Column("last_at"),
    Column("id"),
)
CONFIDENCES = (
    Column("trade_id", "trade", "key"),
    Column("symbol", "symbol"),
    Column("side", "side"),
    Column("opened_at", "opened", "time"),
    Column("confidence", "sure %", "number"),
)


class LargestSizeRow(TypedDict):
    """The largest size that breaks no rule that could be judged.

    With the limit "size" it is `quantity`, and one step more breaks `limited_by`. "no size": these
    are broken at any size. "no limit": no size breaks a rule. "not known": no rule could be judged.
    """

    limit: SizeLimit
    quantity: Decimal | None
    limited_by: Sequence[str]


class KeptAnswerRow(TypedDict):
    """What a rule answered, at which revision; `reason` is the breach, or why it was not judged."""

    rule_id: str
    revision: int
    state: Literal["kept", "broken", "not judged"]
    reason: str


class KeptCheckRow(TypedDict):
    """A check, and what was done within the hour after it: so many `fills` of `traded` in all.

    An answer that named a broken rule was "followed" where no more was traded than the largest size
    that breaks none. "traded" and "not traded" are of checks that named none, "pending" those whose
    hour is not over as far as fills are known. `confidence` is in percent.
    """

    id: str
    asked_at: datetime
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal | None
    action: str
    broken: Sequence[str]
    unjudged: Sequence[str]
    answers: list[KeptAnswerRow]
    largest: LargestSizeRow
    confidence: int | None
    outcome: CheckOutcome
    fills: int
    traded: Decimal
    first_at: datetime | None
    last_at: datetime | None


class BrierRow(TypedDict):
    """How right the confidences were: the mean squared distance to the outcome, 0 is perfect.

    Right means that the trade closed with a profit after its fees. `score`, its 90 % `interval` and
    the `mean` confidence are null below `needed` scored trades.
    """

    given: int
    scored: int
    right: int
    needed: int
    score: Decimal | None
    interval: Sequence[Decimal] | None
    mean: Decimal | None


class CheckHistoryRow(TypedDict):
    """Checks, and how often they came before a trade and were followed.

    Of `asked` checks `warned` named a broken rule; of those `followed` and `not_followed`, the
    others are `pending`. `trades` were opened since `first_at`, `asked_before` of them after a
    check.
    """

    asked: int
    warned: int
    followed: int
    not_followed: int
    pending: int
    trades: int
    asked_before: int
    first_at: datetime | None
    confidence: BrierRow
    checks: list[KeptCheckRow]


class TradeConfidenceRow(TypedDict):
    """How sure the trader is that an open trade will close with a profit, in percent."""

    trade_id: str
    symbol: str
    side: Direction
    opened_at: datetime
    confidence: int


def largest_size(largest: LargestSize) -> LargestSizeRow:
    """Return the largest size that breaks no rule."""
    return {
        "limit": largest.limit,
        "quantity": largest.quantity,
        "limited_by": largest.limited_by,
    }


def check_history(found: "CheckHistory") -> CheckHistoryRow:
    """Return checks and what they amount to."""
    tally = found.tally
    return {
        "asked": tally.asked,
        "warned": tally.warned,
        "followed": tally.followed,
        "not_followed": tally.not_followed,
        "pending": tally.pending,
        "trades": tally.trades,
        "asked_before": tally.asked_before,
        "first_at": found.first_at,
        "confidence": brier(found.confidence),
        "checks": [kept_check(one) for one in found.orders],
    }


def kept_check(one: "CheckedOrder") -> KeptCheckRow:
    """Return a check with what was done after it."""
    asked = one.check
    return {
        "id": asked.id,
        "asked_at": asked.asked_at,
        "symbol": asked.symbol,
        "side": asked.side,
        "quantity": asked.quantity,
        "price": asked.price,
        "action": asked.action,
        "broken": asked.broken,
        "unjudged": [two.rule_id for two in asked.answers if two.state == "not judged"],
        "answers": [kept_answer(two) for two in asked.answers],
        "largest": largest_size(asked.largest),
        "confidence": asked.confidence,
        "outcome": one.outcome,
        "fills": one.fills,
        "traded": one.quantity,
        "first_at": one.first_at,
        "last_at": one.last_at,
    }


def kept_answer(answer: "CheckAnswer") -> KeptAnswerRow:
    """Return what a rule answered."""
    return {
        "rule_id": answer.rule_id,
        "revision": answer.revision,
        "state": answer.state,
        "reason": answer.reason,
    }


def brier(score: BrierScore) -> BrierRow:
    """Return how right the confidences were."""
    ends = score.interval
    return {
        "given": score.given,
        "scored": score.scored,
        "right": score.right,
        "needed": FEWEST_SCORED,
        "score": _statistic(score.score),
        "interval": None if ends is None else [Decimal(repr(end)) for end in ends],
        "mean": _statistic(score.mean),
    }


def trade_confidence(trip: "RoundTrip", percent: int) -> TradeConfidenceRow:
    """Return the confidence in an open trade."""
    return {
        "trade_id": trip.id,
        "symbol": trip.symbol,
        "side": trip.side,
        "opened_at": trip.opened_at,
        "confidence": percent,
    }


def _statistic(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(repr(value))
