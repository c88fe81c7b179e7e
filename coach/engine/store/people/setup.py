"""The one link by which the first account is made, until there is one."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row


@dataclass(frozen=True, slots=True)
class SetupState:
    """The link that counts, by its hash; `closed_at` is when the first account was made."""

    token_sha256: bytes | None
    expires_at: datetime | None
    closed_at: datetime | None


def state(connection: Connection[Any], *, locked: bool = False) -> SetupState:
    """Return how things stand; `locked` keeps all others waiting until the commit."""
    query = "select token_sha256, expires_at, closed_at from setup_link"
    held = f"{query} for update"
    with connection.cursor(row_factory=class_row(SetupState)) as cursor:
        return cursor.execute(held if locked else query).fetchone() or SetupState(None, None, None)


def open_with(connection: Connection[Any], token_sha256: bytes, expires_at: datetime) -> bool:
    """Let this link count, and no other; False where the first account was made already."""
    return (
        connection.execute(
            "insert into setup_link (single, token_sha256, expires_at) values (true, %s, %s)"
            " on conflict (single) do update set token_sha256 = excluded.token_sha256,"
            " expires_at = excluded.expires_at where setup_link.closed_at is null",
            [token_sha256, expires_at],
        ).rowcount
        > 0
    )


def close(connection: Connection[Any], now: datetime) -> None:
    """Let no link count any more, for ever."""
    connection.execute(
        "insert into setup_link (single, closed_at) values (true, %s)"
        " on conflict (single) do update set token_sha256 = null, expires_at = null,"
        " closed_at = coalesce(setup_link.closed_at, excluded.closed_at)",
        [now],
    )
