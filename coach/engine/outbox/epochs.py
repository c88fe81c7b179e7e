"""Epochs: what makes a follower start anew after a database went back in time.

A database that is restored gives numbers and places again that followers have seen with other
events. A follower remembers the epoch beside its place; where the epoch is another one it reads
everything anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex

import psycopg
from psycopg.rows import class_row

EPOCHS = """
select u.name as user, s.epoch, s.last_seq as events
from user_stream s join app_user u on u.id = s.user_id order by u.name
"""
LOCK = 'select 1 from user_stream order by user_id collate "C" for update'
RENEW = "update user_stream set epoch = %s"


@dataclass(frozen=True, slots=True)
class StreamEpoch:
    """The epoch of one user's events, and the number of the newest of them."""

    user: str
    epoch: str
    events: int


def epochs(connection: psycopg.Connection) -> list[StreamEpoch]:
    """Return the epoch of every user who has events, by name."""
    with connection.cursor(row_factory=class_row(StreamEpoch)) as cursor:
        return cursor.execute(EPOCHS).fetchall()


def renew(
    connection: psycopg.Connection, token: Callable[[int], str] = token_hex
) -> list[StreamEpoch]:
    """Begin a new epoch for every user; numbers go on where they are.

    Users are locked in the order in which transactions write their events, so neither can deadlock.
    """
    with connection.transaction():
        connection.execute(LOCK)
        connection.execute(RENEW, [token(8)])
    return epochs(connection)
