"""When rules were broken, for counting days."""

from datetime import datetime
from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId


def breach_moments(
    connection: Connection[Any], user_id: UserId, since: datetime, until: datetime
) -> list[datetime]:
    """Return the moments in [since, until) at which a rule was broken, oldest first."""
    rows = connection.execute(
        "select at from breach where user_id = %s and at >= %s and at < %s order by at",
        [user_id, since, until],
        binary=True,
    )
    return [at for (at,) in rows]
