"""What a language model cost: requests and tokens by day, and today's budget."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, TypedDict

from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.reflection.usage import ModelUsage

MODEL_DAYS = (
    Column("day", "day"),
    Column("model", "model"),
    Column("requests", "requests", "number"),
    Column("used", "used", "number"),
    Column("tokens_in", "tokens in", "number"),
    Column("tokens_out", "tokens out", "number"),
)


class ModelDayRow(TypedDict):
    """The requests of a local day to a model; `used` of them wrote an answer."""

    day: date
    model: str
    requests: int
    used: int
    tokens_in: int
    tokens_out: int


class ModelUsageRow(TypedDict):
    """The days on which a model was asked, and today's tokens: those spent, and the cap."""

    days: Sequence[ModelDayRow]
    spent_today: int
    cap: int


def usage(found: "ModelUsage") -> ModelUsageRow:
    """Return what a model cost."""
    return {
        "days": [
            {
                "day": one.day,
                "model": one.model,
                "requests": one.requests,
                "used": one.used,
                "tokens_in": one.tokens_in,
                "tokens_out": one.tokens_out,
            }
            for one in found.days
        ],
        "spent_today": found.today.spent,
        "cap": found.today.cap,
    }
