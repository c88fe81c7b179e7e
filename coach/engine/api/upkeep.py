"""What becomes due as time passes: months for events, ended locks, experiments, broken-off runs.

The command line does it when it starts, a worker by the clock. It writes only what is due, each
part in a transaction of its own with its events. Every start asks, so what would do the work is
loaded only where there is some.
"""

from coach.engine.api.session import Session
from coach.engine.outbox import partitions
from coach.engine.store import job_runs
from coach.engine.store.promises import experiments, revisions


def do_what_is_due(session: Session) -> None:
    """Make the months ahead, the rule changes whose lock has ended, and the experiments' moves.

    A run that no session works on any more has failed: its process died, or its server did.
    """
    partitions.ensure(session.connection, session.clock())
    job_runs.fail_dead(session.connection, session.user.id, session.clock())
    if revisions.any_locked(session.connection, session.user.id):
        from coach.engine.api.promises.rules import apply_ended_locks

        apply_ended_locks(session)
    if experiments.running(session.connection, session.user.id):
        from coach.engine.api.promises.experiments import advance

        advance(session)
