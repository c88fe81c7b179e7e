"""Jobs: the long works there were or are, whoever asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.store import job_runs
from coach.engine.store.job_runs import JobRun

if TYPE_CHECKING:
    from coach.engine.api.session import Session

__all__ = ["JobRun"]


def jobs(session: Session) -> list[JobRun]:
    """Return the user's runs of every kind, newest first."""
    return job_runs.runs(session.connection, session.user.id)
