"""Which stored candles stand behind what was told; what is used is kept."""

from collections.abc import Sequence
from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId


def replace(
    connection: Connection[Any],
    user_id: UserId,
    prefix: str,
    used_by: Sequence[str],
    snapshots: Sequence[str],
) -> None:
    """Note that each of these used all of these snapshots, and that no other of the prefix did."""
    connection.execute(
        "delete from candle_use where user_id = %s and starts_with(used_by, %s)",
        [user_id, prefix],
    )
    connection.execute(
        "insert into candle_use (user_id, sha256, used_by)"
        " select %s, sha256, used_by from unnest(%s::text[]) sha256,"
        " unnest(%s::text[]) used_by on conflict do nothing",
        [user_id, list(snapshots), list(used_by)],
    )


def snapshots(connection: Connection[Any], user_id: UserId, used_by: str) -> list[str]:
    """Return the hashes of the weeks of candles that it used, in order."""
    rows = connection.execute(
        "select sha256 from candle_use where user_id = %s and used_by = %s order by sha256",
        [user_id, used_by],
    )
    return [sha for (sha,) in rows]
