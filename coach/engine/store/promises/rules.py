"""The promises a trader made, and where each was broken."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from json import JSONEncoder
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.engine.store.copying import copy_in, copy_line
from coach.engine.store.keys import apart, together
from coach.model.accounts import UserId
from coach.model.rules import Breach, Rule, RuleId
from coach.model.trades import TradeId
from coach.values import dataclass

LINES_A_WRITE = 2_000
BREACHES_A_PAGE = 20_000
encode = JSONEncoder().encode


COLUMNS = "id, kind, params, active, note, expires_at, lock_s, revision"


def rules(connection: Connection[Any], user_id: UserId) -> list[Rule]:
    """Return the user's rules, oldest first."""
    rows = connection.execute(
        f"select {COLUMNS} from rule where user_id = %s order by created_at, id",  # noqa: S608 - constant
        [user_id],
    )
    return [Rule(*row) for row in rows]


def find(connection: Connection[Any], user_id: UserId, rule_id: RuleId) -> Rule | None:
    """Return one rule."""
    row = connection.execute(
        f"select {COLUMNS} from rule where user_id = %s and id = %s",  # noqa: S608 - constant
        [user_id, rule_id],
    ).fetchone()
    return None if row is None else Rule(*row)


def put(connection: Connection[Any], user_id: UserId, rule: Rule, now: datetime) -> None:
    """Keep a rule as it is now; what it was stands in its revisions."""
    connection.execute(
        "insert into rule (user_id, id, kind, params, active, note, expires_at, lock_s, revision,"
        " created_at) values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        " on conflict (user_id, id) do update set kind = excluded.kind, params = excluded.params,"
        " active = excluded.active, note = excluded.note, expires_at = excluded.expires_at,"
        " lock_s = excluded.lock_s, revision = excluded.revision",
        [
            user_id,
            rule.id,
            rule.kind,
            Jsonb(dict(rule.params)),
            rule.active,
            rule.note,
            rule.expires_at,
            rule.lock_s,
            rule.revision,
            now,
        ],
    )


def remove(connection: Connection[Any], user_id: UserId, rule_id: RuleId) -> bool:
    """Drop a rule and its breaches, its revisions stay; False when there is none of that id."""
    connection.execute("delete from breach where user_id = %s and rule_id = %s", [user_id, rule_id])
    gone = connection.execute("delete from rule where user_id = %s and id = %s", [user_id, rule_id])
    return bool(gone.rowcount)


def replace_breaches(
    connection: Connection[Any],
    user_id: UserId,
    rule_ids: Sequence[RuleId],
    breaches: Sequence[Breach],
) -> list[Breach]:
    """Keep these breaches of these rules instead of the stored ones; return those that are new.

    A paused rule is not evaluated; what it caught before stays.
    """
    stored = {
        (rule_id, trade_id)
        for rule_id, trade_id in connection.execute(
            "delete from breach where user_id = %s and rule_id = any(%s)"
            " returning rule_id, trade_id",
            [user_id, list(rule_ids)],
        )
    }
    add_breaches(connection, user_id, breaches)
    return [breach for breach in breaches if (breach.rule_id, breach.trade_id) not in stored]


def add_breaches(connection: Connection[Any], user_id: UserId, breaches: Sequence[Breach]) -> None:
    """Copy breaches in."""
    columns = "user_id, rule_id, trade_id, at, fill_keys, facts, revision"
    with copy_in(connection, "breach", columns) as copy:
        for start in range(0, len(breaches), LINES_A_WRITE):
            block = breaches[start : start + LINES_A_WRITE]
            copy.write("".join(_line(user_id, breach) for breach in block))


def _line(user_id: UserId, breach: Breach) -> str:
    named = (user_id, breach.rule_id, breach.trade_id, breach.at.isoformat())
    keys = together(breach.fill_keys)
    return copy_line(*named, keys, encode(breach.facts), str(breach.revision))


def breaches(connection: Connection[Any], user_id: UserId) -> list[Breach]:
    """Return the user's breaches, oldest first."""
    rows = connection.execute(
        "select b.rule_id, r.kind, b.trade_id, b.at, b.fill_keys, b.facts, b.revision"
        "  from breach b join rule r on r.user_id = b.user_id and r.id = b.rule_id"
        " where b.user_id = %s order by b.at, b.rule_id, b.trade_id",
        [user_id],
        binary=True,
    )
    return [as_breach(row) for row in rows]


BreachPlace = tuple[datetime, str, str]
"""Where a breach stands in the list: its moment, its rule and its trade."""


@dataclass(frozen=True, slots=True)
class BreachFilter:
    """Which breaches: of one rule, from a moment on, no more than the newest so many.

    Or those behind a place in the list, and no more than the `first` of them.
    """

    rule_id: RuleId | None = None
    since: datetime | None = None
    newest: int | None = None
    behind: BreachPlace | None = None
    first: int | None = None

    def facts(self, user_id: UserId) -> dict[str, object]:
        """Return what a query is asked with."""
        return {
            "user": user_id,
            "rule": self.rule_id,
            "since": self.since,
            "newest": self.newest,
        }


CHOSEN = (
    " from breach b where user_id = %(user)s"
    " and (%(rule)s::text is null or rule_id = %(rule)s)"
    " and (%(since)s::timestamptz is null or at >= %(since)s)"
)
BEFORE_THE_NEWEST = (
    f"select at, rule_id, trade_id{CHOSEN}"
    " order by at desc, rule_id desc, trade_id desc limit 1 offset %(newest)s"
)
PLACE = f"select at, rule_id, trade_id{CHOSEN} and rule_id = %(of)s and trade_id = %(trade)s"
PAGE = (
    "select rule_id, (select kind from rule r where r.user_id = b.user_id"  # noqa: S608 - constant
    f" and r.id = b.rule_id), trade_id, at, fill_keys, facts, revision{CHOSEN}"
    " and (%(at)s::timestamptz is null"
    " or (at, rule_id, trade_id) > (%(at)s, %(last_rule)s::text, %(trade)s::text))"
    " order by at, rule_id, trade_id limit %(page)s"
)


def place_of_breach(
    connection: Connection[Any], user_id: UserId, wanted: BreachFilter, rule_id: str, trade_id: str
) -> BreachPlace | None:
    """Return where the breach of a rule by a trade stands, None where it is not among these."""
    facts = {**wanted.facts(user_id), "of": rule_id, "trade": trade_id}
    return connection.execute(PLACE, facts).fetchone()


def stream_breaches(
    connection: Connection[Any],
    user_id: UserId,
    wanted: BreachFilter,
    page_size: int = BREACHES_A_PAGE,
) -> Iterator[Breach]:
    """Yield breaches, oldest first, a page at a time: no transaction stays open between pages."""
    values, last, left = wanted.facts(user_id), wanted.behind, wanted.first
    if wanted.newest is not None:
        last = connection.execute(BEFORE_THE_NEWEST, values).fetchone()
    while left is None or left > 0:
        at, rule, trade = last or (None, None, None)
        size = page_size if left is None else min(page_size, left)
        values |= {"at": at, "last_rule": rule, "trade": trade, "page": size}
        found = connection.execute(PAGE, values, binary=True).fetchall()
        yield from map(as_breach, found)
        if len(found) < size:
            return
        last = found[-1][3], found[-1][0], found[-1][2]
        left = None if left is None else left - size


def as_breach(row: tuple[Any, ...]) -> Breach:
    """Return a breach from a row: rule, kind, trade, moment, keys of fills, facts, revision."""
    rule, kind, trade, at, keys, facts, revision = row
    return Breach(RuleId(rule), kind, TradeId(trade), at, apart(keys), facts, revision)


def breach_counts(
    connection: Connection[Any], user_id: UserId
) -> dict[RuleId, tuple[int, datetime]]:
    """Return (count, newest) of each rule's breaches."""
    return {
        RuleId(rule): (count, newest)
        for rule, count, newest in connection.execute(
            "select rule_id, count(*), max(at) from breach where user_id = %s group by rule_id",
            [user_id],
        )
    }
