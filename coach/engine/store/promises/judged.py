"""What stays of a judgement when trades change late: the breaches before, and the trades since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from coach.engine.store.promises.rules import as_breach
from coach.engine.store.trades import TRIP, as_trip
from coach.model.rules import RuleId

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from psycopg import Connection

    from coach.model.accounts import AccountId, UserId
    from coach.model.fills import Symbol
    from coach.model.rules import Breach
    from coach.model.trades import TradeId, Trip

FEWEST = 120
"""Newest trades that are read where any are: most runs of losses end within so many closes."""

SINCE = f"""
with wanted as (
  select id from trade where user_id = %(user)s and closed_at is null
  union
  select id from trade where user_id = %(user)s and closed_at >= %(since)s
  union
  (select id from trade where user_id = %(user)s and closed_at < %(moment)s
    order by closed_at desc, id collate "C" desc limit %(newest)s)
  union
  select earlier.id from (
    select distinct split_part(symbol, '-', -1) as quote from trade
     where user_id = %(user)s and opened_at >= %(moment)s and %(newest)s > 0) late
  cross join lateral (
    select id from trade where user_id = %(user)s and opened_at < %(moment)s
       and split_part(symbol, '-', -1) = late.quote
     order by opened_at desc, id collate "C" desc limit %(newest)s) earlier
)
{TRIP} where user_id = %(user)s and id in (select id from wanted)
"""  # noqa: S608 - constant text
OF_BOOKS = f"{TRIP} where user_id = %s and (account_id = %s and symbol = any(%s) or id = any(%s))"


class JudgedSpan(NamedTuple):
    """A judgement from `moment` on, which looks back to `since` and on so many newest trades."""

    moment: datetime
    since: datetime
    newest: int


def newest_read(span: JudgedSpan) -> int:
    """Return how many of the newest trades are read."""
    return max(FEWEST, span.newest) if span.newest else 0


def trips_of_span(connection: Connection[Any], user_id: UserId, span: JudgedSpan) -> Iterator[Trip]:
    """Yield every trade that was open at `since` or later, and the newest before `moment`.

    Those are so many by their close, and so many by their entry in each quote currency in which a
    trade was opened at `moment` or later.
    """
    facts = {**span._asdict(), "user": user_id, "newest": newest_read(span)}
    with connection.cursor(binary=True) as cursor:
        yield from map(as_trip, cursor.execute(SINCE, facts))


def trips_of_books(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    symbols: Sequence[Symbol],
    ids: Sequence[TradeId],
) -> Iterator[Trip]:
    """Yield the stored trades of these books, and those of these ids."""
    with connection.cursor(binary=True) as cursor:
        found = cursor.execute(OF_BOOKS, [user_id, account_id, list(symbols), list(ids)])
        yield from map(as_trip, found)


def first_open_at(
    connection: Connection[Any], user_id: UserId, moment: datetime
) -> datetime | None:
    """Return when the oldest trade was opened that was open at a moment or later."""
    row = connection.execute(
        "select least((select min(opened_at) from trade where user_id = %(user)s"
        " and closed_at is null), (select min(opened_at) from trade where user_id = %(user)s"
        " and closed_at >= %(moment)s))",
        {"user": user_id, "moment": moment},
    ).fetchone()
    found: datetime | None = row and row[0]
    return found


def last_event_before(
    connection: Connection[Any], user_id: UserId, moment: datetime
) -> datetime | None:
    """Return when a trade was last opened or closed before a moment."""
    row = connection.execute(
        "select greatest((select max(opened_at) from trade where user_id = %(user)s"
        " and opened_at < %(moment)s), (select max(closed_at) from trade"
        " where user_id = %(user)s and closed_at < %(moment)s))",
        {"user": user_id, "moment": moment},
    ).fetchone()
    found: datetime | None = row and row[0]
    return found


def take_breaches_since(
    connection: Connection[Any], user_id: UserId, rule_ids: Sequence[RuleId], moment: datetime
) -> list[Breach]:
    """Drop the breaches of these rules from a moment on, and return them."""
    rows = connection.execute(
        "delete from breach b using rule r where b.user_id = %s and b.rule_id = any(%s)"
        " and b.at >= %s and r.user_id = b.user_id and r.id = b.rule_id"
        " returning b.rule_id, r.kind, b.trade_id, b.at, b.fill_keys, b.facts, b.revision",
        [user_id, list(rule_ids), moment],
        binary=True,
    )
    return [as_breach(row) for row in rows]


def broken_already(
    connection: Connection[Any], user_id: UserId, found: Collection[Breach]
) -> set[tuple[str, str]]:
    """Return the rule and the trade of these breaches where one of them is kept already."""
    rows = connection.execute(
        "select b.rule_id, b.trade_id from breach b"
        " join unnest(%s::text[], %s::text[]) f (rule_id, trade_id)"
        " on f.rule_id = b.rule_id and f.trade_id = b.trade_id where b.user_id = %s",
        [[one.rule_id for one in found], [one.trade_id for one in found], user_id],
    )
    return {(rule, trade) for rule, trade in rows}


def judged_as(connection: Connection[Any], user_id: UserId) -> dict[RuleId, str]:
    """Return under which circumstances, as hashes, each rule's breaches were found."""
    rows = connection.execute("select id, judged_sha256 from rule where user_id = %s", [user_id])
    return {RuleId(rule): sha256 for rule, sha256 in rows}


def note_judged(connection: Connection[Any], user_id: UserId, hashes: Mapping[RuleId, str]) -> None:
    """Note under which circumstances these rules were judged; only what differs is written."""
    connection.execute(
        "update rule r set judged_sha256 = found.sha256"
        " from unnest(%s::text[], %s::text[]) found (id, sha256)"
        " where r.user_id = %s and r.id = found.id and r.judged_sha256 <> found.sha256",
        [list(hashes), list(hashes.values()), user_id],
    )
