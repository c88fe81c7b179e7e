"""What was asked of a language model: the tokens of each request, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.reflections.words import ModelOutcome


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """One request; tokens are those that the endpoint counted, 0 where it counted none."""

    asked_at: datetime
    model: str
    tokens_in: int
    tokens_out: int
    outcome: ModelOutcome


@dataclass(frozen=True, slots=True)
class ModelDay:
    """The requests of one local day to one model; `used` of them wrote an answer."""

    day: date
    model: str
    requests: int
    used: int
    tokens_in: int
    tokens_out: int


def add(connection: Connection[Any], user_id: UserId, made: ModelRequest) -> None:
    """Keep a request."""
    connection.execute(
        "insert into model_request (user_id, asked_at, model, tokens_in, tokens_out, outcome)"
        " values (%s, %s, %s, %s, %s, %s)",
        [user_id, made.asked_at, made.model, made.tokens_in, made.tokens_out, made.outcome],
    )


def tokens_of_day(connection: Connection[Any], user_id: UserId, zone: str, now: datetime) -> int:
    """Return how many tokens were spent on the local day of `now`."""
    row = connection.execute(
        "select coalesce(sum(tokens_in + tokens_out), 0) from model_request"
        " where user_id = %(user)s"
        " and asked_at >= date_trunc('day', %(now)s::timestamptz, %(zone)s)",
        {"user": user_id, "now": now, "zone": zone},
    ).fetchone()
    assert row is not None
    return int(row[0])


def by_day(
    connection: Connection[Any], user_id: UserId, zone: str, since: datetime
) -> list[ModelDay]:
    """Return the requests since a moment by local day and model, oldest first."""
    with connection.cursor(row_factory=class_row(ModelDay)) as cursor:
        return cursor.execute(
            "select (asked_at at time zone %(zone)s)::date as day, model, count(*) as requests,"
            " count(*) filter (where outcome = 'used') as used, sum(tokens_in) as tokens_in,"
            " sum(tokens_out) as tokens_out from model_request where user_id = %(user)s"
            " and asked_at >= %(since)s group by 1, 2 order by 1, 2",
            {"user": user_id, "zone": zone, "since": since},
        ).fetchall()


def counts_today(connection: Connection[Any], now: datetime) -> tuple[dict[str, int], int, int]:
    """Return the requests of all users since midnight UTC by outcome, and their tokens."""
    rows = connection.execute(
        "select outcome, count(*), sum(tokens_in), sum(tokens_out) from model_request"
        " where asked_at >= date_trunc('day', %s::timestamptz, 'UTC') group by outcome",
        [now],
    ).fetchall()
    counts = {outcome: count for outcome, count, _, _ in rows}
    return counts, sum(row[2] for row in rows), sum(row[3] for row in rows)
