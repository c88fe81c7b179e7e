"""Reading from the database what a mailbox does not have at hand."""

from coach.engine.outbox import read
from coach.engine.relay.mailbox import Mailbox
from coach.engine.relay.tail import Tail
from coach.model.accounts import UserId
from coach.model.events import Event


def stored(
    tail: Tail, box: Mailbox, user_id: UserId, epoch: str, wanted: tuple[int, int]
) -> list[Event]:
    """Return events of an epoch after a number, at most so many, as `wanted` says.

    Nothing where the database has something else by now, of another epoch for example, or none:
    the mailbox knows then. An error of psycopg or DatabaseTrouble where it does not answer.
    """
    after, limit = wanted
    if after >= box.there.head:
        return []
    with tail.readers.connection() as connection:
        found = read.page(connection, user_id, after, min(limit, read.PAGE))
        there = read.head(connection, user_id)  # of the page too, or newer
    if there.epoch == epoch and found and found[0].seq == after + 1:
        return found
    box.put(there)
    return []
