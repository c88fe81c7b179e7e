"""The what-ifs that were asked: the question, the answer, and when it was first given."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import UserId
from coach.model.events import Json


@dataclass(frozen=True, slots=True)
class StoredSimulation:
    """One run: the same question of the same data has the same id."""

    id: str
    request: dict[str, Json]
    result: dict[str, Json]
    made_at: datetime


def find(connection: Connection[Any], user_id: UserId, id_: str) -> StoredSimulation | None:
    """Return the run of that id."""
    row = connection.execute(
        "select id, request, result, made_at from simulation where user_id = %s and id = %s",
        [user_id, id_],
    ).fetchone()
    return None if row is None else StoredSimulation(*row)


def keep(connection: Connection[Any], user_id: UserId, made: StoredSimulation) -> None:
    """Keep a run; one that is there stays as it is."""
    connection.execute(
        "insert into simulation (user_id, id, request, result, made_at)"
        " values (%s, %s, %s, %s, %s) on conflict (user_id, id) do nothing",
        [user_id, made.id, Jsonb(made.request), Jsonb(made.result), made.made_at],
    )
