"""How things stand, in one look: accounts, the last week, levels, questions, the stream's head.

Every `coach status` reads it, so nothing is loaded that only whole findings need.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from psycopg import Connection
from psycopg.rows import class_row

from coach.model.accounts import UserId
from coach.model.fills import Symbol
from coach.values import dataclass

if TYPE_CHECKING:
    from coach.model.insights import Bias
    from coach.model.reasons import ReasonKind, ShownLevel


@dataclass(frozen=True, slots=True)
class AccountHealth:
    """One account: when it was last read, what happened in its newest seven days."""

    account: str
    broker: str
    fills: int
    last_import: datetime | None
    newest_fill: datetime | None
    trades_7d: int
    breaches_7d: int
    auth: str


ACCOUNTS = """
select a.name as account, a.broker, coalesce(f.fills, 0) as fills, r.last_import, r.newest_fill,
       (select count(*) from trade t where t.user_id = a.user_id and t.account_id = a.id
         and t.closed_at >= %(since)s) as trades_7d,
       (select count(*) from breach b join trade t on t.user_id = b.user_id and t.id = b.trade_id
         where b.user_id = a.user_id and t.account_id = a.id and b.at >= %(since)s) as breaches_7d,
       case when c.account_id is null then 'statement'
            when c.permissions->'trade' = 'false' and c.permissions->'transfer' = 'false' then 'ok'
            else 'key_too_strong' end as auth
  from account a
  left join lateral (select count(*) as fills from fill f
       where f.user_id = a.user_id and f.account_id = a.id) f on true
  left join lateral (select max(finished_at) as last_import, max(last_at) as newest_fill
       from run r where r.user_id = a.user_id and r.account_id = a.id and r.state = 'done') r
       on true
  left join connection c on c.user_id = a.user_id and c.account_id = a.id
 where a.user_id = %(user)s and (r.last_import is not null or c.account_id is not null)
 order by a.name
"""


def accounts(connection: Connection[Any], user_id: UserId, since: datetime) -> list[AccountHealth]:
    """Return how each account stands, with what happened since that moment."""
    with connection.cursor(row_factory=class_row(AccountHealth)) as cursor:
        return cursor.execute(ACCOUNTS, {"user": user_id, "since": since}).fetchall()


def symbols_traded(connection: Connection[Any], user_id: UserId, since: datetime) -> set[Symbol]:
    """Return the symbols of the user's fills from that moment on."""
    rows = connection.execute(
        "select distinct symbol from fill where user_id = %s and at >= %s and left_out is null",
        [user_id, since],
    )
    return {symbol for (symbol,) in rows}


def rule_counts(connection: Connection[Any], user_id: UserId) -> tuple[int, int]:
    """Return how many rules of the user are active and how many are paused."""
    row = connection.execute(
        "select count(*) filter (where active), count(*) filter (where not active)"
        " from rule where user_id = %s",
        [user_id],
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def head(connection: Connection[Any], user_id: UserId) -> int:
    """Return the number of the user's newest event."""
    row = connection.execute(
        "select last_seq from user_stream where user_id = %s", [user_id]
    ).fetchone()
    return 0 if row is None else int(row[0])


def server(connection: Connection[Any]) -> tuple[str, int]:
    """Return the server's version and the database's size in bytes."""
    row = connection.execute(
        "select current_setting('server_version'), pg_database_size(current_database())"
    ).fetchone()
    assert row is not None
    return str(row[0]), int(row[1])


def levels(connection: Connection[Any], user_id: UserId) -> "dict[Bias, ShownLevel]":
    """Return each tested bias's level as of the last import; what is only counted has none.

    What a rule explains, or may, has no level: it is a style or a pattern.
    """
    return dict(
        connection.execute(
            "select bias, case body ->> 'standing'"
            " when 'asked' then 'pattern' when 'style' then 'style' else level end"
            " from finding where user_id = %s"
            " and coalesce(body ->> 'kind', 'test') = 'test' order by bias",
            [user_id],
        ).fetchall()
    )


def asked_reasons(connection: Connection[Any], user_id: UserId) -> "set[tuple[Bias, ReasonKind]]":
    """Return which reasons the newest findings ask about, each with its habit."""
    rows = connection.execute(
        "select bias, reason ->> 'kind'"
        " from finding, jsonb_array_elements(body -> 'reasons') reason"
        " where user_id = %s and body ->> 'standing' = 'asked'",
        [user_id],
    )
    return set(rows.fetchall())
