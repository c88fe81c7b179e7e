"""Which trades are wanted, in which order, as ids alone; then a window of them whole.

Ids of 100,000 trades are read in the time of one query; a window is found by the primary key.
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


OUTCOMES: Mapping[str, str] = {
    "win": "net > 0 and net >= fees",
    "loss": "net < 0 and -net >= fees",
    "break_even": "(net = 0 or abs(net) < fees)",
}
"""What `model.trades.outcome` says, for trades whose fees are all valued."""
PARTS: Mapping[str, str] = {
    "symbol": "strpos(upper(symbol), upper(%(symbol)s)) > 0",
    "account": "account_id in (select a.id from account a"
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
ORDERS: Mapping[TradeOrder, str] = {
    "closed": "{moment}",
    "opened": "opened_at",
    "net": "net",
    "fees": "fees",
    "held": "closed_at - opened_at",
    "symbol": "symbol",
}


def trade_keys(
    connection: Connection[Any],
    user_id: UserId,
    search: TradeSearch,
    order: TradeOrder,
    *,
    falling: bool,
) -> list[TradeId]:
    """Return the ids of the trades that are wanted, in that order."""
    wanted = asdict(search)
    parts = [text for name, text in PARTS.items() if _is_given(wanted[name])]
    if search.outcome is not None:
        parts += [OUTCOMES[search.outcome], "other_fees = '{}'"]
    parts += ["closed_at is null" if search.is_open else "closed_at is not null"]
    moment = "opened_at" if search.is_open else "closed_at"
    way = " desc" if falling else ""
    clause = " and ".join(["user_id = %(user)s", *parts]).replace("{moment}", moment)
    by = ORDERS[order].replace("{moment}", moment)
    rows = connection.execute(
        f'select id from trade where {clause} order by {by}{way}, id collate "C"{way}',  # noqa: S608 -- constant parts
        {"user": user_id, **wanted},
        binary=True,
    )
    return [TradeId(name) for (name,) in rows]


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
