"""What a worker does for a run of each kind: the same functions that the command line calls."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, cast

from coach.engine.api.jobs import periodic_work
from coach.errors import Conflict
from coach.model.candles import Granularity
from coach.model.fills import Symbol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from coach.brokers.market.base import Kind
    from coach.engine.api.candles import SymbolRequest
    from coach.engine.api.jobs.workplace import Workplace
    from coach.engine.store.queue.asked import ClaimedRun
    from coach.model.accounts import JobKind
    from coach.model.events import Json

    Request = Mapping[str, Json]
    Handler = Callable[[Workplace, Request], Mapping[str, Json]]


def handle(place: Workplace, run: ClaimedRun) -> Mapping[str, Json]:
    """Do a run and return its result; Conflict for a kind that no worker does."""
    handler = HANDLERS.get(run.kind)
    if handler is None:
        what = f"no worker does runs of the kind {run.kind}"
        raise Conflict(("run", run.id), what, hint="run the same command again")
    return handler(place, run.request)


def _import(place: Workplace, request: Request) -> Mapping[str, Json]:
    """Import from the connected broker of `account`, up to now: `since`, or since the last time.

    `anyway` takes fills that equal known ones but for a shift of their times.
    """
    from coach.engine.api.broker.sync import SyncRequest, sync

    asked = SyncRequest(_time(request, "since"), request.get("anyway") is True)
    run = sync(place.session, str(request["account"]), asked)
    return {"new": run.new}


def _fetch_candles(place: Workplace, request: Request) -> Mapping[str, Json]:
    """Fetch candles, as `api.candles` writes its request down, or those that are due on a day."""
    from coach.engine.api import candles

    if "day" in request:
        return periodic_work.fetch_for_connected(place, str(request["day"]))
    symbols = request["symbols"]
    assert isinstance(symbols, list)
    wanted = candles.FetchRequest(
        tuple(_symbol(pair) for pair in symbols),
        _time(request, "since"),
        _time(request, "until"),
        Granularity(int(str(request["granularity"]))),
        str(request["source"]),
    )
    found = candles.fetch(place.session, place.candle_places(), wanted, None)
    return {"weeks": found.asked_weeks, "missed": len(found.missed)}


def _calibrate(place: Workplace, request: Request) -> Mapping[str, Json]:
    """Calibrate one rule where `rules` names one, else all active ones.

    Of a week, those that may move by themselves.
    """
    from coach.engine.api.promises import calibration

    if "week" in request:
        return calibration.calibrate_automatic(place.session, str(request["week"]))
    named = request.get("rules")
    only = str(named[0]) if isinstance(named, list) and len(named) == 1 else None
    auto = request.get("auto")
    found = calibration.calibrate(
        place.session, only, auto=auto if isinstance(auto, bool) and only else None
    )
    return {"rules": len(found)}


def _symbol(pair: Json) -> SymbolRequest:
    """Return a symbol with its kind, from the pair that a request keeps."""
    from coach.engine.api.candles import SymbolRequest

    symbol, kind = pair if isinstance(pair, list) else (pair, None)
    return SymbolRequest(Symbol(str(symbol)), cast("Kind | None", kind))


def _time(request: Request, name: str) -> datetime | None:
    value = request.get(name)
    return datetime.fromisoformat(value) if isinstance(value, str) else None


def _make_digest(place: Workplace, request: Request) -> Mapping[str, Json]:
    from coach.engine.api import digests

    found = digests.digest(place.session, str(request["week"]))
    return {"week": found.week, "sha256": found.sha256}


def _send_digest(place: Workplace, request: Request) -> Mapping[str, Json]:
    """Send the digest of `week` by `channel`, where it is time."""
    from coach.engine.api.notify.deliveries import send_by

    found = send_by(place.session, str(request["channel"]), str(request["week"]))
    return {"standing": found.standing}


def _reflect(place: Workplace, request: Request) -> Mapping[str, Json]:
    from coach.engine.api.reflection.reflect import reflect

    question, after = str(request["question"]), str(request.get("after", ""))
    return {"reflection": reflect(place.session, question, after).kept.id}


def _score(place: Workplace, _request: Request) -> Mapping[str, Json]:
    """Draw the conclusions that an import left due, and those that candles are still to bring."""
    from coach.engine.api import insights
    from coach.engine.api.conclusions.due import conclude_due

    drawn = conclude_due(place.session)
    return {"warnings": [*drawn, *insights.conclude_pending(place.session)]}


HANDLERS: dict[JobKind, Handler] = {
    "import.trades": _import,
    "fetch.candles": _fetch_candles,
    "score.bias": _score,
    "digest.weekly": _make_digest,
    "send.digest": _send_digest,
    "calibrate.rules": _calibrate,
    "reflect.question": _reflect,
    "settle.promises": periodic_work.settle_promises,
    "make.months": periodic_work.make_months,
    "purge.expired": periodic_work.purge_expired,
    "prune.candles": periodic_work.prune_candles,
}
"""The kinds of runs that may be queued. A what-if and an evaluation are done by their commands."""
