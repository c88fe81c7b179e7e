"""A unit of work: one transaction, and the events that became true in it.

Units nest. The outermost one writes the events of all of them as its last statements before the
commit and wakes the followers after it. A unit that ends with an exception or is
rolled back tells nothing, also where the unit around it goes on.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from psycopg.pq import TransactionStatus

from coach.engine.audit.record import entries_of, record
from coach.engine.outbox.breaches import with_commitments
from coach.engine.outbox.wakes import wake_soon
from coach.engine.outbox.write import emit
from coach.engine.store.connect import CoachConnection
from coach.model.accounts import UserId
from coach.model.events import NewEvent

NO_TRANSACTION = (TransactionStatus.IDLE, TransactionStatus.UNKNOWN)
"""Unknown is the state of a connection that is lost, which says so itself when it is used."""


@contextmanager
def unit_of_work(
    connection: CoachConnection,
    user_id: UserId,
    clock: Callable[[], datetime],
    *,
    force_rollback: bool = False,
) -> Iterator[list[NewEvent]]:
    """Open a transaction, or a savepoint inside another unit; the block appends its events.

    RuntimeError inside a plain transaction: its commit would come after the wake.
    """
    outer = connection.pending_events
    if outer is None and connection.info.transaction_status not in NO_TRANSACTION:
        raise RuntimeError("the transaction around a unit of work must be a unit of work")
    own: list[NewEvent] = []
    pending = {user_id: own}
    connection.pending_events = pending
    try:
        with connection.transaction(force_rollback=force_rollback):
            yield own
            written = outer is None and not force_rollback and any(pending.values())
            if written:
                now = clock()
                for user in sorted(pending):
                    record(connection, user, entries_of(pending[user]), now)
                    pending[user][:] = with_commitments(connection, user, pending[user])
                emit(connection, pending, now)
    finally:
        connection.pending_events = outer
    if outer is not None and not force_rollback:
        for user, events in pending.items():
            outer.setdefault(user, []).extend(events)
    if written:
        wake_soon(connection, [user for user, events in pending.items() if events])
