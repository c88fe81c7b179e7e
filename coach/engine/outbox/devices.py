"""How far each device has acknowledged its user's events: for who looks, and for who comes back.

What is sent never depends on it: a stream goes on from where its follower says that it is. A
position belongs to an epoch; within that it never goes back.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import psycopg
from psycopg.rows import class_row

from coach.engine.outbox.read import FLOOR
from coach.errors import Invalid, NotFound
from coach.model.accounts import UserId

LONGEST_NAME = 64
NAME = re.compile(rf"\w[\w.:@-]{{0,{LONGEST_NAME - 1}}}")
UNSEEN_FOR = timedelta(days=180)
"""A device that was away for longer is forgotten."""
PURGED_AT_ONCE = 1000

ACKNOWLEDGE = """
insert into delivery_cursor as cursor (user_id, device_id, epoch, last_seq, at)
select s.user_id, %(device)s, s.epoch, %(seq)s, %(now)s from user_stream s
 where s.user_id = %(user)s and s.epoch = %(epoch)s and s.last_seq >= %(seq)s
on conflict (user_id, device_id) do update set
  last_seq = case when cursor.epoch = excluded.epoch
    then greatest(cursor.last_seq, excluded.last_seq) else excluded.last_seq end,
  epoch = excluded.epoch,
  at = greatest(cursor.at, excluded.at)
returning last_seq
"""
PLACES = f"""
select c.device_id as device, c.epoch, c.last_seq as seq, c.at, s.last_seq as head,
  case when c.epoch <> s.epoch or c.last_seq + 1 < {FLOOR} then 'outdated'
    when c.last_seq < s.last_seq then 'behind' else 'current' end as state
from delivery_cursor c join user_stream s on s.user_id = c.user_id
where c.user_id = %(user)s and (%(device)s::text is null or c.device_id = %(device)s)
order by c.at desc, c.device_id
"""  # noqa: S608 -- constant text
FORGET = "delete from delivery_cursor where user_id = %s and device_id = %s returning true"
PURGE = """
delete from delivery_cursor where (user_id, device_id) in (
  select user_id, device_id from delivery_cursor where at < least(%s, now()) - %s
  limit %s for update skip locked)
"""


@dataclass(frozen=True, slots=True)
class DevicePosition:
    """How far a device is: it has acknowledged every event up to number `seq` of its epoch.

    `head` is the newest event. A device that is `outdated` cannot go on from there: the database
    has another epoch, or the next events are no longer kept. `at` is when it was last heard of.
    """

    device: str
    epoch: str
    seq: int
    at: datetime
    head: int
    state: Literal["current", "behind", "outdated"]


def check_name(device: str) -> None:
    """Raise Invalid for a name of a device that is not one plain word."""
    if not NAME.fullmatch(device):
        allowed = f"one word of letters and digits, at most {LONGEST_NAME} of them"
        raise Invalid("device", f"not {device!r}", allowed, example="laptop")


def acknowledge(
    connection: psycopg.Connection[Any],
    user_id: UserId,
    device: str,
    place: tuple[str, int],
    now: datetime,
) -> int | None:
    """Keep that a device has applied all events of an epoch up to a number; return what counts.

    That is a later number, where one was acknowledged before. None, and nothing is kept, for a
    number beyond the newest event and for an epoch that is not the user's.
    """
    epoch, seq = place
    given = {"user": user_id, "device": device, "epoch": epoch, "seq": seq, "now": now}
    row = connection.execute(ACKNOWLEDGE, given).fetchone()
    return None if row is None else int(row[0])


def positions(connection: psycopg.Connection[Any], user_id: UserId) -> list[DevicePosition]:
    """Return how far each of the user's devices is, the one that was heard of last first."""
    return _positions(connection, user_id, None)


def position(
    connection: psycopg.Connection[Any], user_id: UserId, device: str
) -> DevicePosition | None:
    """Return how far a device is; None for one that has acknowledged nothing yet."""
    found = _positions(connection, user_id, device)
    return found[0] if found else None


def forget(connection: psycopg.Connection[Any], user_id: UserId, device: str) -> None:
    """Forget how far a device is; NotFound for one that has acknowledged nothing."""
    if connection.execute(FORGET, [user_id, device]).fetchone() is None:
        raise NotFound(kind="device", name=device)


def purge(connection: psycopg.Connection[Any], now: datetime) -> int:
    """Forget devices, of all users, that were not heard of for long; return how many.

    At most a thousand at once. A clock that runs ahead of the database's forgets none too early.
    """
    return connection.execute(PURGE, [now, UNSEEN_FOR, PURGED_AT_ONCE]).rowcount


def _positions(
    connection: psycopg.Connection[Any], user_id: UserId, device: str | None
) -> list[DevicePosition]:
    with connection.cursor(row_factory=class_row(DevicePosition)) as cursor:
        return cursor.execute(PLACES, {"user": user_id, "device": device}).fetchall()
