"""What goes on in an installation, in numbers: for whoever watches a server, of all its users."""

from dataclasses import dataclass, field
from datetime import datetime

from coach.engine.outbox import volume
from coach.engine.store.connect import CoachConnection
from coach.engine.store.queue import depth
from coach.engine.store.reflection import model_requests

MOST_USERS = 20
"""The busiest are named, so that the numbers stay few however many users there are."""
MANY_EVENTS = volume.MARK


@dataclass(frozen=True, slots=True)
class InstallationActivity:
    """Runs by state, queued runs that may begin now, and the events since midnight UTC.

    `events` are those of the busiest users, by the ids of the users; `users_above` have more than
    MANY_EVENTS. `model_requests` are those to a language model since midnight UTC by what came of
    them, `model_tokens` what they took in and out.
    """

    runs: dict[str, int]
    waiting: int
    events: dict[str, int]
    users_above: int
    model_requests: dict[str, int] = field(default_factory=dict)
    model_tokens: tuple[int, int] = (0, 0)


def read_activity(connection: CoachConnection, now: datetime) -> InstallationActivity:
    """Return what goes on; four queries, none of which reads more than the day's events."""
    requests, *tokens = model_requests.counts_today(connection, now)
    busiest = volume.busiest_today(connection, now, MOST_USERS)
    return InstallationActivity(
        runs=depth.count_by_state(connection),
        waiting=depth.count_waiting(connection, now),
        events={one.user_id: one.events for one in busiest},
        users_above=busiest[0].users_above if busiest else 0,
        model_requests=requests,
        model_tokens=(tokens[0], tokens[1]),
    )
