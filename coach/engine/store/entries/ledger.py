"""The entries of accounts that are no trades, each once."""

from typing import Any

from psycopg import Connection

from coach.engine.store.movements import ENTRIES
from coach.model.accounts import UserId
from coach.model.entries.entry import AccountEntry
from coach.model.entries.kinds import entry_kind

SELECT = f"""
with {ENTRIES}
select left(encode(sha256(convert_to(e.account_id::text, 'utf8') || e.key), 'hex'), 16),
       a.name, e.kind, e.coin, e.quantity, e.fee, e.at, e.reference, r.id
  from entry e join account a on a.user_id = e.user_id and a.id = e.account_id
  join run r on r.user_id = e.user_id and r.n = e.run_n
 where (%(account)s::text is null or a.name = %(account)s)
   and (%(coin)s::text is null or e.coin = %(coin)s)
 order by e.at, a.name, e.coin, e.kind, e.key
"""  # noqa: S608 - constant text


def entries(
    connection: Connection[Any], user_id: UserId, account: str | None, coin: str | None
) -> list[AccountEntry]:
    """Return the user's entries of an account and a coin, None for all, oldest first."""
    facts = {"user": user_id, "account": account, "coin": coin}
    return [
        AccountEntry(name, account_name, entry_kind(word, quantity), word, held, quantity, *rest)
        for name, account_name, word, held, quantity, *rest in connection.execute(SELECT, facts)
    ]
