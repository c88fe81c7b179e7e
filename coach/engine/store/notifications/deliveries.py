"""What was sent by which channel: one row for each message, however often it was tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.notifications.channels import Delivery, QuietHours, SendFault

COLUMNS = (
    "id, channel, kind, week, sha256, state, tries, asked_at, tried_at, sent_at, fault, reason"
)
WAITING = """
select c.user_id, c.name, asked.week, c.quiet_begins, c.quiet_ends,
       (select max(s.sent_at) from notify_delivery s where s.user_id = c.user_id
           and s.channel = c.name and s.kind = 'digest')
  from unnest(%s::text[], %s::text[], %s::timestamptz[]) as asked (user_id, week, week_ends)
  join notify_channel c on c.user_id = asked.user_id and c.created_at < asked.week_ends
  join digest g on g.user_id = asked.user_id and g.week = asked.week
 where not exists (select from notify_delivery d where d.user_id = c.user_id
         and d.channel = c.name and d.kind = 'digest' and d.week = asked.week
         and (d.state = 'sent' or d.tries >= %s))
 order by c.user_id, c.name
"""


@dataclass(frozen=True, slots=True)
class WaitingDigest:
    """A digest that a channel has not had yet, and when that channel last had one."""

    user_id: UserId
    channel: str
    week: str
    quiet: QuietHours | None
    last_sent_at: datetime | None


def find(connection: Connection[Any], user_id: UserId, id_: str) -> Delivery | None:
    """Return the delivery of that id."""
    with connection.cursor(row_factory=class_row(Delivery)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from notify_delivery where user_id = %s and id = %s",  # noqa: S608 - constant
            [user_id, id_],
        ).fetchone()


def beginning_with(connection: Connection[Any], user_id: UserId, letters: str) -> list[Delivery]:
    """Return the deliveries whose id begins so, at most two."""
    with connection.cursor(row_factory=class_row(Delivery)) as cursor:
        return cursor.execute(
            f"select {COLUMNS} from notify_delivery where user_id = %s"  # noqa: S608 - constant
            " and starts_with(id, %s) order by id limit 2",
            [user_id, letters],
        ).fetchall()


def newest(connection: Connection[Any], user_id: UserId, most: int) -> list[Delivery]:
    """Return the newest deliveries of a user, oldest first."""
    with connection.cursor(row_factory=class_row(Delivery)) as cursor:
        found = cursor.execute(
            f"select {COLUMNS} from notify_delivery where user_id = %s"  # noqa: S608 - constant
            " order by tried_at desc, id desc limit %s",
            [user_id, most],
        ).fetchall()
    return found[::-1]


def last_sent(connection: Connection[Any], user_id: UserId, channel: str) -> datetime | None:
    """Return when the channel last had a digest."""
    row = connection.execute(
        "select max(sent_at) from notify_delivery where user_id = %s and channel = %s"
        " and kind = 'digest'",
        [user_id, channel],
    ).fetchone()
    return None if row is None else row[0]


def begin(connection: Connection[Any], user_id: UserId, made: Delivery) -> Delivery:
    """Keep that a message is about to be sent; one that was tried before counts one try more.

    Whoever reads the row later as `sending` cannot know whether the message arrived.
    """
    with connection.cursor(row_factory=class_row(Delivery)) as cursor:
        kept = cursor.execute(
            f"insert into notify_delivery as d (user_id, {COLUMNS}) values"  # noqa: S608 - constants
            " (%s, %s, %s, %s, %s, %s, 'sending', 1, %s, %s, null, null, '')"
            " on conflict (user_id, id) do update set state = 'sending', tries = d.tries + 1,"
            " sha256 = excluded.sha256, tried_at = excluded.tried_at, fault = null, reason = ''"
            f" returning {COLUMNS}",
            [
                user_id,
                made.id,
                made.channel,
                made.kind,
                made.week,
                made.sha256,
                made.asked_at,
                made.tried_at,
            ],
        ).fetchone()
    assert kept is not None
    return kept


def close(
    connection: Connection[Any],
    user_id: UserId,
    id_: str,
    now: datetime,
    failure: tuple[SendFault, str] | None,
) -> Delivery:
    """Keep what became of a message."""
    fault, reason = failure or (None, "")
    with connection.cursor(row_factory=class_row(Delivery)) as cursor:
        kept = cursor.execute(
            "update notify_delivery set state = %(state)s, fault = %(fault)s, reason = %(reason)s,"  # noqa: S608 - constant
            " sent_at = case when %(state)s = 'sent' then %(now)s else sent_at end"
            f" where user_id = %(user)s and id = %(id)s returning {COLUMNS}",
            {
                "state": "failed" if failure else "sent",
                "fault": fault,
                "reason": reason,
                "now": now,
                "user": user_id,
                "id": id_,
            },
        ).fetchone()
    assert kept is not None
    return kept


def waiting(
    connection: Connection[Any],
    weeks: Mapping[UserId, tuple[str, datetime]],
    most_tries: int,
) -> list[WaitingDigest]:
    """Return the digests of these weeks that a channel has not had: each that was there in time.

    `weeks` are a week and its end for each user. What failed so often is left to a person.
    """
    if not weeks:
        return []
    names, ends = zip(*weeks.values(), strict=True)
    rows = connection.execute(WAITING, [list(weeks), list(names), list(ends), most_tries])
    return [_waiting(row) for row in rows]


def _waiting(row: Sequence[Any]) -> WaitingDigest:
    user_id, name, week, begins, ends, sent_at = row
    quiet = None if begins is None else QuietHours(begins, ends)
    return WaitingDigest(user_id, name, week, quiet, sent_at)
