"""What a worker does for a run of each kind: the same functions that the command line calls."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from coach.errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coach.engine.api.candles import CandlePlaces
    from coach.engine.api.session import Session
    from coach.engine.store.queue.asked import ClaimedRun
    from coach.model.accounts import JobKind
    from coach.model.events import Json

    Request = Mapping[str, Json]
    Handler = Callable[["Workplace", Request], Mapping[str, Json]]


@dataclass(frozen=True, slots=True)
class Workplace:
    """What a handler works with: the session of the run's user, and where candles are."""

    session: Session
    candle_places: Callable[[], CandlePlaces]


def handle(place: Workplace, run: ClaimedRun) -> Mapping[str, Json]:
    """Do a run and return its result; Conflict for a kind that no worker does."""
    handler = HANDLERS.get(run.kind)
    if handler is None:
        what = f"no worker does runs of the kind {run.kind}"
        raise Conflict(("run", run.id), what, hint="run the same command again")
    return handler(place, run.request)


def _make_digest(place: Workplace, request: Request) -> Mapping[str, Json]:
    from coach.engine.api import digests

    found = digests.digest(place.session, str(request["week"]))
    return {"week": found.week, "sha256": found.sha256}


def _score(place: Workplace, _request: Request) -> Mapping[str, Json]:
    from coach.engine.api import insights

    return {"warnings": [*insights.conclude_pending(place.session)]}


HANDLERS: dict[JobKind, Handler] = {
    "digest.weekly": _make_digest,
    "score.bias": _score,
}
"""`periodic` tasks ask for runs of these kinds, and whoever else enqueues one."""
