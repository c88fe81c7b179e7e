"""Commitments: what the trader signed to be read at a breach."""

from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, TypedDict

from coach.model.promises.commitments import Commitment
from coach.views.table import Column

if TYPE_CHECKING:
    from coach.engine.api.promises.commitments import CommitmentChange

COMMITMENTS = (
    Column("id", "number", "number"),
    Column("rule_id", "rule"),
    Column("text", "you signed"),
    Column("signed_at", "on", "date"),
    Column("removed_at"),
)
UNCHANGED = MappingProxyType(
    {
        "commit write": "it is signed already, nothing was added",
        "commit remove": "it was removed already",
        "commit restore": "it was not removed",
    }
)
"""Why a request changed nothing."""


class CommitmentRow(TypedDict):
    """A signed text; it is shown when the rule `rule_id` is broken, null stands for every rule."""

    id: int
    rule_id: str | None
    text: str
    signed_at: datetime
    removed_at: datetime | None


def commitment(signed: Commitment) -> CommitmentRow:
    """Return a commitment."""
    return {
        "id": signed.id,
        "rule_id": signed.rule_id,
        "text": signed.text,
        "signed_at": signed.signed_at,
        "removed_at": signed.removed_at,
    }


def unchanged_sentences(command: str, change: "CommitmentChange") -> tuple[str, ...]:
    """Return why a request changed nothing, nothing where it did change the commitment."""
    return () if change.changed else (f"commitment {change.commitment.id}: {UNCHANGED[command]}",)
