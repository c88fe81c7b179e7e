"""What becomes due as time passes: months for events, locks that end, weeks of experiments.

The command line does it when it starts, a worker by the clock. It writes only what is due, each
part in a transaction of its own with its events.
"""

from coach.engine.api import experiments, rules
from coach.engine.api.desk import Desk
from coach.engine.outbox import partitions


def do_what_is_due(desk: Desk) -> None:
    """Make the months ahead, the rule changes whose lock has ended, and the experiments' moves."""
    partitions.ensure(desk.connection, desk.clock())
    rules.apply_ended_locks(desk)
    experiments.advance(desk)
