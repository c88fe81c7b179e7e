"""Jobs: the long works there were or are, whoever asked for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coach.engine.store import job_runs
from coach.engine.store.job_runs import JobRun
from coach.errors import Conflict

if TYPE_CHECKING:
    from coach.engine.api.session import Session

__all__ = ["JobRun"]


def jobs(session: Session) -> list[JobRun]:
    """Return the user's runs of every kind and those of the installation, newest first."""
    return job_runs.runs(session.connection, session.user.id)


def job(session: Session, prefix: str) -> JobRun:
    """Return the one run whose id begins with `prefix`."""
    return job_runs.by_prefix(session.connection, session.user.id, prefix)


def retry(session: Session, prefix: str) -> JobRun:
    """Queue a failed or dead run for one more attempt, and return it.

    Conflict for a run in another state, and for one that no worker can do.
    """
    from coach.engine.api.jobs.handlers import HANDLERS
    from coach.engine.jobs import queue

    found = job(session, prefix)
    named = ("job", found.id)
    if found.kind not in HANDLERS or found.request is None:
        what = f"no worker can do job {found.id[:12]} ({found.kind}, {found.label or 'no label'})"
        raise Conflict(named, what, hint="run the command again that asked for it")
    if not queue.ask_again(session.connection, session.user.id, found.id, session.clock()):
        what = f"job {found.id[:12]} is {job(session, found.id).state}"
        raise Conflict(named, what, hint="only a failed or dead job can be tried again")
    return job(session, found.id)
