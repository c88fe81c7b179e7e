"""What becomes due as time passes: months for events, locks that end, weeks of experiments.

The command line does it when it starts, a worker by the clock. It writes only what is due, each
part in a transaction of its own with its events.
"""

from coach.engine.api.promises import experiments, rules
from coach.engine.api.session import Session
from coach.engine.outbox import partitions


def do_what_is_due(session: Session) -> None:
    """Make the months ahead, the rule changes whose lock has ended, and the experiments' moves."""
    partitions.ensure(session.connection, session.clock())
    rules.apply_ended_locks(session)
    experiments.advance(session)
