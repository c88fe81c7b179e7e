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


__all__ = [
    "FIELDS",
    "columns_in_file",
    "missing_fields",
    "proposed_columns",
    "questions",
]
