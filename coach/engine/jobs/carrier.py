"""procrastinate, which carries queued runs to workers.

Only what makes or takes an entry of its queue imports this module. No entry has a `queueing_lock`:
the row of the run is what makes the same work one (a retry beside a queued sibling would fail).
"""

from functools import cache

from procrastinate import App, PsycopgConnector, SyncPsycopgConnector
from procrastinate.exceptions import ConnectorException

from coach.engine.store.connect import CoachConnection
from coach.engine.store.queue.repair import LeftBehind

DO_RUN = "coach.run"
RUNS = "runs"
PERIODIC = "periodic"


def defer(connection: CoachConnection, run: LeftBehind) -> int:
    """Put an entry for a queued run into the queue, over this connection; return its number.

    What the database says is raised as by any other query, and not in procrastinate's wrapping.
    """
    task = _for_writing().configure_task(
        DO_RUN, queue=RUNS, schedule_at=run.due_at, connection=connection
    )
    try:
        return task.defer(user_id=run.user_id, run_id=run.id, after=run.attempt)
    except ConnectorException as wrapped:
        raise wrapped.__cause__ or wrapped from None


@cache
def _for_writing() -> App:
    """Return an app that opens no connection of its own."""
    return App(connector=SyncPsycopgConnector())


def app_of_worker(url: str) -> App:
    """Return the app of a worker, not open yet, whose connections go to `url`."""
    return App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=4))
