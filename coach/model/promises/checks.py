"""Checks before a trade that were kept: what was asked, what the rules answered, what was done.

What was done is never stored: it follows from the fills, so a later import or an undo changes it.
"""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final, Literal, NewType

from coach.model.fills import Side
from coach.model.rules import RuleId
from coach.values import dataclass

CheckId = NewType("CheckId", str)
AnswerState = Literal["kept", "broken", "not judged"]
SizeLimit = Literal["size", "no size", "no limit", "not known"]
"""Whether some size breaks a rule, every size does, none does, or no rule could be judged."""
CheckOutcome = Literal["followed", "not followed", "traded", "not traded", "pending"]
"""What was done after a check.

An answer that named a broken rule is followed where no more was traded than the largest size that
breaks none. Where none would be broken there was nothing to follow. Pending: the hour is not over.
"""
CHECK_WINDOW: Final = timedelta(minutes=60)
"""So long after a check a fill of the same symbol and side belongs to it."""


@dataclass(frozen=True, slots=True)
class LargestSize:
    """The largest size of an order that breaks no rule, and which rules a larger one breaks."""

    limit: SizeLimit
    quantity: Decimal | None = None
    limited_by: tuple[RuleId, ...] = ()


NO_SIZE_KNOWN: Final = LargestSize("not known")


@dataclass(frozen=True, slots=True)
class CheckAnswer:
    """What one rule answered; `reason` is the breach, or why it was not judged."""

    rule_id: RuleId
    revision: int
    state: AnswerState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class KeptCheck:
    """A check as it was asked and answered; `confidence` is in percent, None without one."""

    id: CheckId
    asked_at: datetime
    symbol: str
    side: Side
    quantity: Decimal
    price: Decimal | None
    action: str
    answers: tuple[CheckAnswer, ...]
    largest: LargestSize
    confidence: int | None = None

    @property
    def broken(self) -> tuple[RuleId, ...]:
        """Return the rules that the trade would have broken."""
        return tuple(one.rule_id for one in self.answers if one.state == "broken")

    @property
    def ends_at(self) -> datetime:
        """Return the first moment whose fills no longer belong to the check."""
        return self.asked_at + CHECK_WINDOW


@dataclass(frozen=True, slots=True)
class FillAfterCheck:
    """A fill that came within the hour after one check or several."""

    symbol: str
    side: Side
    at: datetime
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """A check with the fills that belong to it: how many, how much, from when to when."""

    check: KeptCheck
    outcome: CheckOutcome
    fills: int = 0
    quantity: Decimal = Decimal(0)
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CheckTally:
    """How often the question was asked, and how often the answer was followed.

    Of the `asked` checks `warned` named a broken rule; of these `followed` and `not_followed`, the
    others are pending. `trades` were opened since the first of them, `asked_before` of those within
    the hour after a check of the same symbol and side.
    """

    asked: int
    warned: int
    followed: int
    not_followed: int
    pending: int
    trades: int
    asked_before: int
