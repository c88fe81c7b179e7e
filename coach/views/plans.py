"""Plans and styles: what the trader declared beforehand, and which rules they confirmed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal, TypedDict

from coach.model.plans import Plan, PlanKind, ReasonQuestion
from coach.views.reasons import reason
from coach.views.table import Column
from coach.wording.plans import plan_text
from coach.wording.reasons import style_text

PLANS = (
    Column("id", "plan"),
    Column("kind", "kind"),
    Column("params"),
    Column("created_at", "since", "time"),
    Column("sentence", "what"),
)


class PlanRow(TypedDict):
    """A plan, or a style: a rule that the trader confirmed when coach asked.

    Which parameters it has depends on its kind; those of a style are its habit, its reason and the
    numbers of that. `created_at` of a style is the newest fill when it was confirmed.
    """

    id: str
    kind: PlanKind | Literal["style"]
    params: Mapping[str, object]
    created_at: datetime | None
    sentence: str


def declared_plan(plan: Plan) -> PlanRow:
    """Return a plan."""
    return {
        "id": plan.id,
        "kind": plan.kind,
        "params": plan.params,
        "created_at": plan.created_at,
        "sentence": plan_text(plan),
    }


def style(confirmed: ReasonQuestion) -> PlanRow:
    """Return a style: the reason that the trader called a rule of theirs."""
    numbers = {
        name: value for name, value in reason(confirmed.reason).items() if value not in (None, "")
    }
    return {
        "id": confirmed.id,
        "kind": "style",
        "params": {"bias": confirmed.bias, **numbers},
        "created_at": confirmed.answered_at,
        "sentence": style_text(confirmed.reason),
    }
