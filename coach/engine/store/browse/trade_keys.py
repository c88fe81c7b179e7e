"""Which trades are wanted, in which order: a window of their ids, and how many there are.

Each order has an index, and equal ones stand by their close, so that a window reads its own rows
and what is skipped before it, from the nearer end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal

from psycopg import Connection

from coach.model.accounts import UserId
from coach.model.insights import Bias
from coach.model.trades import TradeId

TradeOrder = Literal["closed", "opened", "net", "fees", "held", "symbol"]


@dataclass(frozen=True, slots=True)
class TradeSearch:
    """Which trades: all parts hold at once, and one that is None or empty holds of every trade.

    `symbol` is a part of the name, `since` and `until` bound the close (of an open trade the
    opening), `above` and `below` the net result. `flagged` trades have a tag that nobody labelled.
    """

    symbol: str = ""
    account: str = ""
    since: datetime | None = None
    until: datetime | None = None
    outcome: Literal["win", "loss", "break_even"] | None = None
    above: Decimal | None = None
    below: Decimal | None = None
    bias: str = ""
    flagged: bool = False
    noted: bool = False
    is_open: bool = False


@dataclass(frozen=True, slots=True)
class TradeSort:
    """An order of trades; `falling` begins with the highest or the newest."""

    order: TradeOrder
    falling: bool


@dataclass(frozen=True, slots=True)
class TradeWindow:
    """So many places of a list from `start` on; `of` is its length, None where nobody counted."""

    start: int
    count: int
    of: int | None = None


OUTCOMES: Mapping[str, str] = {
    "win": "net > 0 and net >= fees",
    "loss": "net < 0 and -net >= fees",
    "break_even": "(net = 0 or abs(net) < fees)",
}
"""What `model.trades.outcome` says, for trades whose fees are all valued."""
PARTS: Mapping[str, str] = {
    "symbol": "symbol = any(%(symbols)s)",
    "account": "account_id = (select a.id from account a"
    " where a.user_id = %(user)s and a.name = %(account)s)",
    "since": "{moment} >= %(since)s",
    "until": "{moment} < %(until)s",
    "above": "net > %(above)s",
    "below": "net < %(below)s",
    "bias": "id in (select g.trade_id from tag g where g.user_id = %(user)s and g.bias = %(bias)s)",
    "flagged": "id in (select g.trade_id from tag g where g.user_id = %(user)s and not exists ("
    "select from label l where l.user_id = g.user_id and l.trade_id = g.trade_id"
    " and l.bias = g.bias))",
    "noted": "id in (select n.trade_id from note n"
    " where n.user_id = %(user)s and n.removed_at is null)",
}
SYMBOLS = """
with recursive name as (
 (select symbol from trade where user_id = %(user)s order by symbol limit 1)
 union all select (select t.symbol from trade t where t.user_id = %(user)s
  and t.symbol > name.symbol order by t.symbol limit 1) from name where symbol is not null)
select symbol from name where strpos(upper(symbol), upper(%(symbol)s)) > 0
"""
"""The symbols whose names have that part; each is one step in an index."""
ORDERS: Mapping[TradeOrder, tuple[str, ...]] = {
    "closed": ("{moment}",),
    "opened": ("opened_at",),
    "net": ("net", "closed_at"),
    "fees": ("fees", "closed_at"),
    "held": ("(closed_at - opened_at)", "closed_at"),
    "symbol": ("symbol", "closed_at"),
}


def trade_keys(
    connection: Connection[Any],
    user_id: UserId,
    search: TradeSearch,
    sort: TradeSort,
    window: TradeWindow,
) -> list[TradeId]:
    """Return the ids in a window of the trades that are wanted.

    No plan is kept: which one is best depends on the values.
    """
    wanted = facts_of(connection, user_id, search)
    if wanted is None:
        return []
    query, turned = window_query(search, sort, window)
    skipped = window.start
    if turned and window.of is not None:
        skipped = max(0, window.of - window.start - window.count)
    wanted |= {"skipped": skipped, "count": _count_within(window)}
    with connection.cursor(binary=True) as cursor:
        rows = cursor.execute(query, wanted, prepare=False)
        found = [TradeId(name) for (name,) in rows]
    return found[::-1] if turned else found


def _count_within(window: TradeWindow) -> int:
    if window.of is None:
        return window.count
    return max(0, min(window.count, window.of - window.start))


def window_query(search: TradeSearch, sort: TradeSort, window: TradeWindow) -> tuple[str, bool]:
    """Return the query of a window, and whether it reads the list from its end."""
    turned = window.of is not None and 2 * window.start + window.count > window.of
    way = " desc" if sort.falling is not turned else ""
    clause, moment = _clause(search)
    by = ", ".join(f"{one}{way}" for one in (*ORDERS[sort.order], 'id collate "C"'))
    query = (
        f"select id from trade where {clause} order by {by.replace('{moment}', moment)}"  # noqa: S608 -- constant parts
        " limit %(count)s offset %(skipped)s"
    )
    return query, turned


def trade_count(connection: Connection[Any], user_id: UserId, search: TradeSearch) -> int:
    """Return how many trades are wanted."""
    wanted = facts_of(connection, user_id, search)
    if wanted is None:
        return 0
    row = connection.execute(count_query(search), wanted, prepare=False).fetchone()
    return int(row[0]) if row else 0


def count_query(search: TradeSearch) -> str:
    """Return the query that counts the trades that are wanted."""
    clause, _ = _clause(search)
    return f"select count(*) from trade where {clause}"  # noqa: S608 -- constant parts


def _clause(search: TradeSearch) -> tuple[str, str]:
    """Return the condition, and the moment by which the trades are closed or, if open, opened."""
    wanted = asdict(search)
    parts = [text for name, text in PARTS.items() if _is_given(wanted[name])]
    if search.outcome is not None:
        parts += [OUTCOMES[search.outcome], "other_fees = '{}'"]
    parts += ["closed_at is null" if search.is_open else "closed_at is not null"]
    moment = "opened_at" if search.is_open else "closed_at"
    return " and ".join(["user_id = %(user)s", *parts]).replace("{moment}", moment), moment


def facts_of(
    connection: Connection[Any], user_id: UserId, search: TradeSearch
) -> dict[str, Any] | None:
    """Return the values of a query, the symbols among them; None where no symbol has that part."""
    facts = {"user": user_id, **asdict(search)}
    if search.symbol:
        facts["symbols"] = [name for (name,) in connection.execute(SYMBOLS, facts)]
        if not facts["symbols"]:
            return None
    return facts


def _is_given(value: object) -> bool:
    """Say whether a part of a search narrows it; an amount of zero does."""
    return isinstance(value, Decimal) or bool(value)


def tagged_of(
    connection: Connection[Any], user_id: UserId, trades: Sequence[TradeId]
) -> dict[TradeId, tuple[Bias, ...]]:
    """Return which habits these trades carry the tag of; those without one are left out."""
    rows = connection.execute(
        "select trade_id, array_agg(distinct bias order by bias) from tag"
        " where user_id = %s and trade_id = any(%s) group by trade_id",
        [user_id, list(trades)],
    )
    return {TradeId(trade): tuple(biases) for trade, biases in rows}
