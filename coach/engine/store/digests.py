"""The digests that were made: the pack's bytes, and the hash of what it was made from."""

from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class StoredDigest:
    """A digest as it was made; `pack` is canonical JSON.

    `history_sha256` is the hash of all inputs at the time, empty where that is not known.
    """

    week: str
    input_sha256: str
    pack: str
    pack_sha256: str
    made_at: datetime
    history_sha256: str = ""


def find(connection: Connection[Any], user_id: UserId, week: str) -> StoredDigest | None:
    """Return the week's digest."""
    with connection.cursor(row_factory=class_row(StoredDigest)) as cursor:
        return cursor.execute(
            "select week, input_sha256, pack, pack_sha256, made_at, history_sha256 from digest"
            " where user_id = %s and week = %s",
            [user_id, week],
        ).fetchone()


def keep(connection: Connection[Any], user_id: UserId, digest: StoredDigest) -> bool:
    """Keep the week's newest digest; False when the same bytes stood there already.

    Those keep the time at which they were made, under the inputs that give them now.
    """
    connection.execute(
        "update digest set history_sha256 = %s where user_id = %s and week = %s",
        [digest.history_sha256, user_id, digest.week],
    )
    return bool(
        connection.execute(
            "insert into digest (user_id, week, input_sha256, pack, pack_sha256, made_at,"
            " history_sha256) values (%s, %s, %s, %s, %s, %s, %s)"
            " on conflict (user_id, week) do update set"
            " input_sha256 = excluded.input_sha256, pack = excluded.pack,"
            " pack_sha256 = excluded.pack_sha256, made_at = excluded.made_at"
            " where digest.pack_sha256 <> excluded.pack_sha256",
            [
                user_id,
                digest.week,
                digest.input_sha256,
                digest.pack,
                digest.pack_sha256,
                digest.made_at,
                digest.history_sha256,
            ],
        ).rowcount
    )
