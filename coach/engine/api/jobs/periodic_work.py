"""What a worker does for runs that are due by the clock; each can be killed and done again."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coach.engine.api.jobs.workplace import Workplace
    from coach.model.events import Json

    Request = Mapping[str, Json]
    Result = Mapping[str, Json]


def fetch_for_connected(place: Workplace, day: str) -> Result:
    """Fetch what candles are missing around the trades of connected accounts, as work of a day."""
    from coach.engine.api import candles
    from coach.engine.store.tending import periods

    traded = periods.connected_symbols(place.session.connection, place.session.user.id)
    symbols = tuple(candles.nameable(traded))
    if not symbols:
        return {"weeks": 0, "missed": 0}  # no source could know the names of what was traded
    wanted = candles.FetchRequest(symbols, of_day=date.fromisoformat(day))
    tally = candles.fetch(place.session, place.candle_places(), wanted, None)
    return {"weeks": tally.asked_weeks, "missed": len(tally.missed)}


def settle_promises(place: Workplace, _request: Request) -> Result:
    """Make what locks held back, move experiments on, and replace keys that are too old."""
    from coach.engine.api import upkeep

    upkeep.settle(place.session)
    return {}


def make_months(place: Workplace, _request: Request) -> Result:
    """Make the months for events that lie ahead, and take out those that are older than wanted."""
    from coach.engine.outbox import partitions
    from coach.engine.outbox.retention import retire

    connection, now = place.session.connection, place.session.clock()
    made = partitions.ensure(connection, now)
    keep = place.wishes.event_months
    gone = [] if keep is None else retire(connection, now, keep)
    return {"made": [*made], "removed": [*gone]}


def purge_expired(place: Workplace, _request: Request) -> Result:
    """Delete what has expired, in batches; return how many rows of each table."""
    from coach.engine.periodic.due import runs_before
    from coach.engine.store.tending.purge import purge

    connection = place.session.connection
    rows = Counter[str]()
    until = runs_before(connection, place.session.clock(), place.wishes.run_months)
    for batch in purge(connection, until):
        rows[batch.table] += batch.rows
    return dict(rows)


def prune_candles(place: Workplace, _request: Request) -> Result:
    """Delete the snapshots of candles that nothing refers to any more."""
    from coach.engine.api import candles

    swept = candles.prune(place.session, place.candle_places(), dry_run=False)
    return {"objects": len(swept.objects), "bytes": swept.size, "busy": swept.busy}
