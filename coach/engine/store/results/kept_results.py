"""Results that were computed once, each under the hash of all that it was computed from.

A row whose hash is not that of today's inputs is worth nothing, and is never returned.
"""

from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class KeptResult:
    """A result of some noun, such as the findings of the last 90 days; `body` is its exact text."""

    noun: str
    name: str
    input_sha256: str
    body: str


def find_body(
    connection: Connection[Any], user_id: UserId, noun: str, name: str, input_sha256: str
) -> str | None:
    """Return the text of a result that was made from these very inputs, None where none is kept."""
    row = connection.execute(
        "select body from kept_result"
        " where user_id = %s and noun = %s and name = %s and input_sha256 = %s",
        [user_id, noun, name, input_sha256],
    ).fetchone()
    return None if row is None else str(row[0])


def keep(connection: Connection[Any], user_id: UserId, result: KeptResult) -> None:
    """Keep a result, and drop those of its noun that were made from other inputs."""
    connection.execute(
        "delete from kept_result where user_id = %s and noun = %s and input_sha256 <> %s",
        [user_id, result.noun, result.input_sha256],
    )
    connection.execute(
        "insert into kept_result (user_id, noun, name, input_sha256, body)"
        " values (%s, %s, %s, %s, %s) on conflict (user_id, noun, name) do update"
        " set input_sha256 = excluded.input_sha256, body = excluded.body",
        [user_id, result.noun, result.name, result.input_sha256, result.body],
    )


def forget(connection: Connection[Any], user_id: UserId, noun: str) -> None:
    """Drop every result of a noun."""
    connection.execute("delete from kept_result where user_id = %s and noun = %s", [user_id, noun])
