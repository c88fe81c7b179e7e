"""What becomes due: months for events, ended locks, experiments, broken-off runs, unsealed keys.

The command line does it when it starts, a worker by the clock. It writes only what is due, each
part in a transaction of its own with its events. Every start asks, so what would do the work is
loaded only where there is some.
"""

from contextlib import suppress

from coach.engine.api.session import Session
from coach.engine.outbox import partitions
from coach.engine.store import accounts, job_runs
from coach.engine.store.promises import due
from coach.engine.store.vault import deks
from coach.errors import DatabaseTrouble, KekUnavailable
from coach.model.machine.keys import KEPT_FOR_BACKUPS, ROTATED_AFTER


def do_what_is_due(session: Session, event_months: int | None) -> Session:
    """Make the months ahead, the changes whose lock has ended, and the experiments' moves.

    Events older than `event_months` leave; None keeps them all. A run that no session works on any
    more has failed: its process died, or its server did. Returns the session that goes on: where a
    change of the zone was due its user is in the new one.
    """
    _tend_months(session, event_months)
    job_runs.fail_dead(session.connection, session.user.id, session.clock())
    return settle(session)


def settle(session: Session) -> Session:
    """Make what locks held back, move experiments on, and replace keys that are too old.

    Returns the session that goes on, as `do_what_is_due` does.
    """
    _look_after_keys(session)
    if due.any_locked(session.connection, session.user.id):
        session = _end_locks(session)
    if due.any_experiment_running(session.connection, session.user.id):
        from coach.engine.api.promises.experiments import advance

        advance(session)
    return session


def _end_locks(session: Session) -> Session:
    """Note what the clocks say, and make what a lock held back and holds no longer."""
    from coach.engine.api.promises.clocks import read_clocks
    from coach.engine.promises.clocks import look_and_note

    now = look_and_note(session.connection, session.user.id, read_clocks(session)).steady
    if not due.any_waiting(session.connection, session.user.id, now):
        return session
    from coach.engine.api.promises.ended_locks import make_what_is_due

    return make_what_is_due(session)


def _tend_months(session: Session, keep: int | None) -> None:
    """Make the months of events that lie ahead, and take out those that are older than wanted.

    While one is ready, a command does not fail because others cannot be made now.
    """
    now, there = session.clock(), partitions.months(session.connection)
    ahead = partitions.months_ahead(there, now)
    if partitions.month_health(ahead) == "failing":
        partitions.ensure(session.connection, now)
    elif ahead < partitions.MONTHS_AHEAD:
        with suppress(DatabaseTrouble):
            partitions.ensure(session.connection, now, tries=1)
    if keep is not None and partitions.overdue(there, now, keep):
        from coach.engine.outbox.retention import retire

        retire(session.connection, now, keep)


def _look_after_keys(session: Session) -> None:
    """Seal keys that lie in files, and replace data keys after a year; later where no key is."""
    if session.keyring is None:
        return
    connection, user_id, now = session.connection, session.user.id, session.clock()
    if accounts.key_files(connection):
        from coach.engine.keyring.upgrade import seal_key_files

        seal_key_files(session.keyring(), connection)
    if deks.any_due(connection, user_id, now - ROTATED_AFTER, now - KEPT_FOR_BACKUPS):
        from coach.engine.keyring.rotation import rotate_when_due

        with suppress(KekUnavailable):
            rotate_when_due(session.keyring(), connection, user_id)
