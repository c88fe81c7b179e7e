"""Long works that are asked for now and done by a worker: a sync, candles, a question.

Each request is a run of its own, named by when it was asked for.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coach.engine.api import candles, jobs
from coach.engine.api.broker.sync import connected_account
from coach.engine.api.reflection import reflect
from coach.engine.jobs import queue
from coach.engine.jobs.run import JobOrder
from coach.errors import NothingTraded

if TYPE_CHECKING:
    from datetime import datetime

    from coach.engine.api.candles import FetchRequest
    from coach.engine.api.session import Session
    from coach.engine.store.job_runs import JobRun
    from coach.model.events import Json


def ask_for_sync(
    session: Session, account: str | None, since: datetime | None, *, anyway: bool = False
) -> JobRun:
    """Queue an import from a connected broker: what is new since the last time, or since then.

    `anyway` takes fills that equal known ones but for a shift of their times.
    NotFound where no such account is connected; Missing where several are and none is named.
    """
    found = connected_account(session, account)
    request: dict[str, Json] = {
        "account": found.account,
        "since": None if since is None else since.isoformat(),
        "anyway": anyway,
    }
    return _queued(session, JobOrder("import.trades", request, f"{found.broker} API"))


def ask_for_fetch(session: Session, request: FetchRequest) -> JobRun:
    """Queue a fetch of candles; NothingTraded where no week would be asked for."""
    if not candles.weeks_wanted(session, request):
        raise NothingTraded
    return _queued(session, candles.fetch_job(request))


def ask_for_reflection(session: Session, question: str, after: str) -> JobRun:
    """Queue a question to the Rational Future Self.

    Invalid for a question that is too long, NotFound where no answer has the id `after`.
    """
    asked = reflect.tidy(question)
    if after:
        reflect.find(session, after)
    request: dict[str, Json] = {"question": asked, "after": after}
    return _queued(session, JobOrder("reflect.question", request, reflect.NAME))


def _queued(session: Session, order: JobOrder) -> JobRun:
    now = session.clock()
    named = replace(order, request={**order.request, "asked_at": now.isoformat()})
    queue.enqueue(session.connection, session.user.id, named, now)
    return jobs.job(session, named.id)
