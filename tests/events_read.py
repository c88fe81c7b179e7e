"""Events read back by tests: a page of them after an id."""

from itertools import islice

import psycopg

from coach.engine.outbox.read import EVERYTHING, chosen
from coach.model.accounts import UserId
from coach.model.events import Event, EventId


def since(
    connection: psycopg.Connection, user_id: UserId, after: EventId | None, limit: int
) -> list[Event]:
    return list(islice(chosen(connection, user_id, after, EVERYTHING), limit))
