"""What the language model cost a user: tokens by day, and what is left of the day's budget."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from coach.engine.store.reflection import model_requests as store
from coach.engine.store.reflection.model_requests import ModelDay
from coach.errors import Invalid
from coach.wording.numbers import limit

if TYPE_CHECKING:
    from coach.engine.api.session import Session

__all__ = ["ModelDay", "ModelUsage", "TokenBudget", "budget", "usage"]

NEAR: Final = 0.8
"""Of the budget: from here on a person is told."""
LONGEST_DAYS: Final = 3_650


@dataclass(frozen=True, slots=True)
class TokenBudget:
    """The tokens of a local day. A request that began within the cap may end above it."""

    cap: int
    spent: int

    @property
    def is_spent(self) -> bool:
        """Whether nothing more is asked today."""
        return self.spent >= self.cap

    @property
    def note(self) -> str:
        """Return what a person should know, empty while the cap is far."""
        if self.is_spent:
            return f"the day's {limit(self.cap)} tokens are spent"
        if self.spent >= NEAR * self.cap:
            return f"{limit(self.spent)} of the day's {limit(self.cap)} tokens are spent"
        return ""


@dataclass(frozen=True, slots=True)
class ModelUsage:
    """The days on which a model was asked, oldest first, and today's budget."""

    days: tuple[ModelDay, ...]
    today: TokenBudget


def budget(session: Session) -> TokenBudget:
    """Return how much of today's budget is spent."""
    now, user = session.clock(), session.user
    spent = store.tokens_of_day(session.connection, user.id, user.zone, now)
    return TokenBudget(session.model.tokens_a_day, spent)


def usage(session: Session, days: int = 30) -> ModelUsage:
    """Return what was spent in the last `days`; Invalid unless there are 1 to LONGEST_DAYS."""
    if not 1 <= days <= LONGEST_DAYS:
        raise Invalid("days", f"not {days}", f"1 to {LONGEST_DAYS}", example="30")
    since, user = session.clock() - timedelta(days=days), session.user
    found = store.by_day(session.connection, user.id, user.zone, since)
    return ModelUsage(tuple(found), budget(session))
