"""What a refused file asks of a person: columns to confirm, questions to answer.

A face catches the refusal, asks, and comes back with `ImportRequest.columns` and `.answers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.brokers.statements.mapping import proposal
from coach.brokers.statements.mapping.layout import FIELDS
from coach.brokers.statements.mapping.questions import UnansweredMapping, UnmappedStatement

if TYPE_CHECKING:
    from coach.brokers.statements.mapping.questions import FileColumn, MappingQuestion
    from coach.errors import CoachError


USUAL_FIELDS = (
    *("time", "symbol", "side", "quantity", "price", "total", "fee", "fee_currency"),
    *("quote", "id", "account", "zone"),
)
"""What a column of most files can mean; there are others, for which a person writes a mapping."""


def questions(trouble: CoachError) -> tuple[MappingQuestion, ...]:
    """Return what a refusal asks; nothing where it asks nothing."""
    return trouble.questions if isinstance(trouble, UnansweredMapping) else ()


def proposed_columns(trouble: CoachError) -> dict[str, str]:
    """Return the columns that coach proposes for a file that it does not know, by field."""
    return dict(trouble.columns) if isinstance(trouble, UnmappedStatement) else {}


def columns_in_file(trouble: CoachError) -> tuple[FileColumn, ...]:
    """Return every column of a file that coach does not know."""
    return trouble.in_file if isinstance(trouble, UnmappedStatement) else ()


def missing_fields(trouble: CoachError) -> tuple[str, ...]:
    """Return the fields for which coach found no column."""
    return proposal.missing(trouble.mapping) if isinstance(trouble, UnmappedStatement) else ()


def answer_name(question: MappingQuestion) -> str:
    """Return the name under which a request carries the answer to a question."""
    return f"{question.kind}:{question.about}" if question.about else question.kind


def header(trouble: CoachError) -> tuple[str, ...]:
    """Return the columns of a file that coach does not know; numbered where a name recurs."""
    if not isinstance(trouble, UnmappedStatement):
        return ()
    names = trouble.mapping.header
    return tuple(
        f"{name}#{names[: at + 1].count(name)}" if names.count(name) > 1 else name
        for at, name in enumerate(names)
    )


def mapping_name(label: str) -> str:
    """Return the name that a mapping of a file is kept under where nobody gives one."""
    return "-".join(label.rpartition(".")[0].lower().split()) or "my-mapping"


__all__ = [
    "FIELDS",
    "answer_name",
    "columns_in_file",
    "header",
    "mapping_name",
    "missing_fields",
    "proposed_columns",
    "questions",
]
