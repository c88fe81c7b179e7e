"""The first rows of a statement as they would be read, before anything is stored."""

from itertools import islice
from pathlib import Path

from coach.brokers.base import Other, Row
from coach.engine.api.imports import ImportRequest, opened
from coach.engine.api.session import Session

__all__ = ["Row"]

PREVIEWED = 5


def preview(session: Session, path: Path, request: ImportRequest) -> tuple[Row, ...]:
    """Return the first rows of a file as they would be read; nothing is stored."""
    trades = (row for row in opened(session, path, request).rows() if not isinstance(row, Other))
    return tuple(islice(trades, PREVIEWED))
