"""Plans: what the trader declared beforehand."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypedDict

from coach.model.plans import Param, Plan, PlanKind
from coach.views.table import Column

PLANS = (
    Column("id", "plan"),
    Column("kind"),
    Column("params", "what"),
    Column("created_at", "declared", "time"),
)


class PlanRow(TypedDict):
    """A plan; which parameters it has depends on its kind."""

    id: str
    kind: PlanKind
    params: Mapping[str, Param]
    created_at: datetime | None


def declared_plan(plan: Plan) -> PlanRow:
    """Return a plan."""
    return {
        "id": plan.id,
        "kind": plan.kind,
        "params": plan.params,
        "created_at": plan.created_at,
    }
