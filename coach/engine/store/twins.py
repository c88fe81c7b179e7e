"""One fill told twice: the API and a statement name it differently.

Twins are fills of one account, from sources with different ids or one with ids and one
without, with the same symbol, side and quantity, at most a second and a ten-thousandth of the
price apart (reports round both). They are paired one to one, nearest first, and counted once:
the better source's reading stands.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from psycopg import Connection

from coach.engine.store import fills as store_fills
from coach.engine.store.fills import Shelf
from coach.model.fills import FillKey


class Pair(NamedTuple):
    """A fill of this run and the same fill as another source told it."""

    ours: FillKey
    theirs: FillKey
    source: str
    ours_stands: bool


# `offset 0` makes PostgreSQL look each fill up by book and time: within the transaction that
# brought a million of them it thinks the table nearly empty and would compare all with all.
SAME = """
  cross join lateral (
    select o.* from fill o
     where o.user_id = f.user_id and o.account_id = {accounts} and o.symbol = f.symbol
       and o.at between f.at - interval '1 second' and f.at + interval '1 second' offset 0) o
"""
ALIKE = """
   o.side = f.side and o.quantity = f.quantity and abs(o.price - f.price) <= f.price * 0.0001
"""
CANDIDATES = f"""
select f.key, o.key, u.source,
       (m.rank, m.family, f.native_id <> '') > (u.rank, u.family, o.native_id <> '')
  from fill f
  join run m on m.user_id = f.user_id and m.n = f.run_n
  {SAME.format(accounts="f.account_id")}
  join run u on u.user_id = o.user_id and u.n = o.run_n and u.n <> m.n
   and (u.family <> m.family or (o.native_id = '') <> (f.native_id = ''))
 where f.user_id = %s and f.account_id = %s and f.run_n = %s and {ALIKE}
   and not exists (select from fill_version v where v.user_id = o.user_id
         and v.account_id = o.account_id and v.stands_for = o.key and v.key <> o.key
         and v.run_n in (select n from run w where w.user_id = f.user_id and w.family = m.family))
 order by abs(extract(epoch from o.at - f.at)), abs(o.price - f.price), f.at, f.key, o.at, o.key
"""  # noqa: S608 - constant text


OTHER_READERS = """
select exists (select from run r join run m on m.user_id = r.user_id
          and m.account_id = r.account_id and m.n = %(run)s
        where r.user_id = %(user)s and r.account_id = %(account)s and r.state = 'done'
          and r.family <> m.family)
    or (exists (select from fill where user_id = %(user)s and account_id = %(account)s
          and run_n = %(run)s and native_id = '')
        and exists (select from fill where user_id = %(user)s and account_id = %(account)s
          and run_n <> %(run)s and native_id <> ''))
    or (exists (select from fill where user_id = %(user)s and account_id = %(account)s
          and run_n = %(run)s and native_id <> '')
        and exists (select from fill where user_id = %(user)s and account_id = %(account)s
          and run_n <> %(run)s and native_id = ''))
"""


def told_otherwise(connection: Connection[Any], shelf: Shelf) -> bool:
    """Return whether the account also holds fills under other ids: of another source, or none."""
    facts = {"user": shelf.user_id, "account": shelf.account_id, "run": shelf.run_n}
    row = connection.execute(OTHER_READERS, facts).fetchone()
    assert row is not None
    return bool(row[0])


def pairs(connection: Connection[Any], shelf: Shelf) -> list[Pair]:
    """Pair this run's new fills with those that another source brought."""
    rows = connection.execute(
        CANDIDATES, [shelf.user_id, shelf.account_id, shelf.run_n], binary=True
    )
    taken: set[FillKey] = set()
    paired = []
    for row in rows:
        pair = Pair(*row)
        if pair.ours in taken or pair.theirs in taken:
            continue
        taken |= {pair.ours, pair.theirs}
        paired.append(pair)
    return paired


def settle(connection: Connection[Any], shelf: Shelf, paired: Sequence[Pair]) -> None:
    """Let one reading of each pair stand and keep the other as a version."""
    store_fills.retire(
        connection,
        shelf,
        {
            (pair.theirs if pair.ours_stands else pair.ours): (
                pair.ours if pair.ours_stands else pair.theirs
            )
            for pair in paired
        },
    )


LOOKED_AT = 1_000
ELSEWHERE = f"""
select a.name, count(distinct f.key)
  from (select * from fill where user_id = %s and account_id = %s and run_n = %s
         order by at, key limit {LOOKED_AT}) f
  {SAME.format(accounts="any(%s)")}
  join account a on a.id = o.account_id
 where {ALIKE}
 group by a.name order by a.name
"""  # noqa: S608 - constant text


def in_other_accounts(connection: Connection[Any], shelf: Shelf) -> list[tuple[str, int]]:
    """Return (account, fills) where other accounts hold what look like the same fills.

    The run's first thousand are looked at: an account read twice shows in any of them.
    """
    others = [
        row[0]
        for row in connection.execute(
            "select id from account where user_id = %s and id <> %s",
            [shelf.user_id, shelf.account_id],
        )
    ]
    if not others:
        return []
    rows = connection.execute(
        ELSEWHERE, [shelf.user_id, shelf.account_id, shelf.run_n, others]
    ).fetchall()
    return [(name, count) for name, count in rows]
