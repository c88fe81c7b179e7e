"""A process that commits events evenly, for one user after the other, and prints when each was.

    python -m bench.sockets.writer DATABASE_URL USERS EVENTS_PER_SECOND SECONDS

A line is the user, the number of the event, and nanoseconds of the machine's monotonic clock just
after its commit. Four threads write, each on a connection of its own.
"""

import sys
from threading import Lock, Thread
from time import monotonic, monotonic_ns, sleep

from coach import wiring
from coach.engine.outbox.notifier import Notifier
from coach.engine.outbox.read import head
from coach.engine.store.connect import connect
from coach.engine.unit_of_work import unit_of_work
from coach.model.accounts import UserId
from coach.model.notifications.events import DigestReady

THREADS = 4
NEWS = DigestReady(week="2026-W10", sha256="0" * 64)


def write(url: str, notifier: Notifier, users: list[UserId], pace: tuple[float, float]) -> None:
    """Commit one event after the other for these users, `pace` seconds apart, up to an end."""
    apart, seconds = pace
    with connect(url) as connection:
        notifier.gather_from(connection)
        numbers = {user: head(connection, user).head for user in users}
        began, done = monotonic(), 0
        while done * apart < seconds:
            sleep(max(0.0, began + done * apart - monotonic()))
            user = users[done % len(users)]
            with unit_of_work(connection, user, wiring.clock) as pending:
                pending.append(NEWS)
            committed = monotonic_ns()
            numbers[user] += 1
            with LOCK:
                sys.stdout.write(f"{user} {numbers[user]} {committed}\n")
            done += 1


LOCK = Lock()


def main(url: str, users: str, each_second: str, seconds: str) -> None:
    """Write until the seconds are over."""
    people = [UserId(f"u{number:03}") for number in range(int(users))]
    count = min(THREADS, len(people))
    pace = count / float(each_second), float(seconds)
    with Notifier(lambda: connect(url)) as notifier:
        threads = [
            Thread(target=write, args=(url, notifier, people[first::count], pace))
            for first in range(count)
        ]
        for one in threads:
            one.start()
        for one in threads:
            one.join()


if __name__ == "__main__":
    main(*sys.argv[1:])
