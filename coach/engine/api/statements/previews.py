"""The first rows of a file as they would be read; nothing is stored."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from coach.engine.api.imports import opened
from coach.model.fills import Fill

if TYPE_CHECKING:
    from pathlib import Path

    from coach.engine.api.imports import ImportRequest
    from coach.engine.api.session import Session

PREVIEWED = 5


class PreviewedRow(NamedTuple):
    """A row as it would be read: a fill, or the reason why it cannot be."""

    line: int
    fill: Fill | None
    reason: str


def preview(session: Session, path: Path, request: ImportRequest) -> tuple[PreviewedRow, ...]:
    """Return the first trades of a file; it raises what an import of it would raise."""
    from coach.brokers.base import Other
    from coach.model.movements import StatedBalance

    rows = opened(session, path, request).rows()
    trades = (row for row in rows if not isinstance(row, Other | StatedBalance))
    return tuple(
        PreviewedRow(row.line, row, "")
        if isinstance(row, Fill)
        else PreviewedRow(row.line, None, row.reason)
        for row in islice(trades, PREVIEWED)
    )
