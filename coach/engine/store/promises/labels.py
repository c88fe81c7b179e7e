"""What the trader said of single trades, and which random ones were asked about."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from psycopg import Connection

from coach.engine.ledger.round_trip import BookName, trade_id
from coach.model.accounts import AccountId, UserId
from coach.model.fills import FillKey, Symbol
from coach.model.insights import Bias
from coach.model.labels import Label, ProbeReply, Question, QuestionCount
from coach.model.trades import TradeId


def labels(
    connection: Connection[Any], user_id: UserId, *, of_gone_trades: bool = False
) -> list[Label]:
    """Return every answer about a trade that there is, oldest first.

    `of_gone_trades` returns those about trades that are gone instead: they count for nothing, and
    are there again when the trade is.
    """
    rows = connection.execute(
        "select trade_id, bias, answer, tagged, inclusion, labelled_at, reason from label l"
        " where user_id = %s and %s <> exists ("
        "  select from trade t where t.user_id = l.user_id and t.id = l.trade_id)"
        " order by labelled_at, trade_id, bias",
        [user_id, of_gone_trades],
    )
    return [
        Label(TradeId(trade), bias, answer, tagged, float(inclusion), at, reason)
        for trade, bias, answer, tagged, inclusion, at, reason in rows
    ]


def put(connection: Connection[Any], user_id: UserId, label: Label) -> None:
    """Keep an answer instead of an earlier one; the question that it answers is answered.

    How the first answer came about stands: a second thought makes nothing more likely asked.
    """
    connection.execute(
        "insert into label (user_id, trade_id, bias, answer, tagged, inclusion, labelled_at,"
        " reason) values (%s, %s, %s, %s, %s, %s, %s, %s) on conflict (user_id, trade_id, bias)"
        " do update set answer = excluded.answer, labelled_at = excluded.labelled_at,"
        " reason = excluded.reason",
        [
            user_id,
            label.trade_id,
            label.bias,
            label.answer,
            label.tagged,
            Decimal(repr(label.inclusion)),
            label.labelled_at,
            label.reason,
        ],
    )
    connection.execute(
        "update question set answered_at = %s where user_id = %s and trade_id = %s and bias = %s",
        [label.labelled_at, user_id, label.trade_id, label.bias],
    )


def remove(connection: Connection[Any], user_id: UserId, trade_id: TradeId, bias: Bias) -> None:
    """Forget an answer; the question that it answered is open again."""
    for text in (
        "delete from label where user_id = %s and trade_id = %s and bias = %s",
        "update question set answered_at = null where user_id = %s and trade_id = %s and bias = %s",
    ):
        connection.execute(text, [user_id, trade_id, bias])


FOLLOWING = (
    ("label", ("bias",)),
    ("question", ("week", "bias")),
    ("breach", ("rule_id",)),
    ("note", ("n",)),
)
OPENED_BY = """
select t.id, t.symbol, substring(t.entry_fills from 1 for 16), a.name,
       array(select b.symbol from book b where b.user_id = t.user_id
                and b.account_id = t.account_id and b.method = 'fifo' order by b.symbol)
  from trade t join account a on a.user_id = t.user_id and a.id = t.account_id
 where t.user_id = %(user)s and t.account_id = %(account)s and t.id in (
       select trade_id from label where user_id = %(user)s
       union select trade_id from question where user_id = %(user)s
       union select trade_id from breach where user_id = %(user)s
       union select trade_id from note where user_id = %(user)s)
"""


def follow(
    connection: Connection[Any],
    user_id: UserId,
    account_id: AccountId,
    keys: dict[FillKey, FillKey],
) -> None:
    """Let what is about a trade follow the fill that opens it to its new key.

    Called while the trades still stand under the old ones.
    """
    renamed = {}
    for id_, symbol, opening, account, others in connection.execute(
        OPENED_BY, {"user": user_id, "account": account_id}
    ):
        if opening in keys:
            for name in (symbol, *others):  # a coin that was renamed had another when it opened
                book = BookName(account_id, account, Symbol(name))
                if trade_id(book, opening) == id_:
                    renamed[id_] = trade_id(book, keys[opening])
                    break
    for table, columns in FOLLOWING:
        same = " and ".join(f"o.{column} = t.{column}" for column in columns)
        connection.execute(
            f"update {table} t set trade_id = pair.new"  # noqa: S608 - constant names
            " from unnest(%s::text[], %s::text[]) as pair (old, new)"
            f" where t.user_id = %s and t.trade_id = pair.old and not exists (select from {table} o"
            "    where o.user_id = t.user_id and o.trade_id = pair.new"
            f"     and {same})",
            [list(renamed), list(renamed.values()), user_id],
        )


def find(
    connection: Connection[Any], user_id: UserId, trade_id: TradeId, bias: Bias
) -> Label | None:
    """Return the answer about one trade and bias."""
    found = (one for one in labels(connection, user_id) if one.trade_id == trade_id)
    return next((one for one in found if one.bias == bias), None)


def answered(connection: Connection[Any], user_id: UserId) -> list[ProbeReply]:
    """Return the answers that random questions got, by bias, week and trade."""
    rows = connection.execute(
        "select q.bias, q.week, q.inclusion, l.answer from question q join label l"
        " on l.user_id = q.user_id and l.trade_id = q.trade_id and l.bias = q.bias"
        " join trade t on t.user_id = q.user_id and t.id = q.trade_id"
        " where q.user_id = %s order by q.bias, q.week, q.trade_id",
        [user_id],
    )
    return [
        ProbeReply(bias, week, float(inclusion), answer) for bias, week, inclusion, answer in rows
    ]


def questions(
    connection: Connection[Any], user_id: UserId, week: str | None = None
) -> list[Question]:
    """Return the questions of a week (None: of all), in the order they are shown."""
    rows = connection.execute(
        "select week, trade_id, bias, inclusion, asked_at, answered_at from question"
        " where user_id = %s and (%s::text is null or week = %s)"
        ' order by week, bias collate "C", trade_id collate "C"',
        [user_id, week, week],
    )
    return [
        Question(week, TradeId(trade), bias, float(inclusion), asked, answered)
        for week, trade, bias, inclusion, asked, answered in rows
    ]


def ask(connection: Connection[Any], user_id: UserId, asked: Sequence[Question]) -> None:
    """Keep questions; one that was asked before stays as it was."""
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into question (user_id, week, trade_id, bias, inclusion, asked_at)"
            " values (%s, %s, %s, %s, %s, %s) on conflict do nothing",
            [
                [user_id, q.week, q.trade_id, q.bias, Decimal(repr(q.inclusion)), q.asked_at]
                for q in asked
            ],
        )


def asked(connection: Connection[Any], user_id: UserId) -> dict[Bias, QuestionCount]:
    """Return how many questions of each bias were asked, and answered with yes or no."""
    rows = connection.execute(
        "select q.bias, count(*) filter (where l.answer in ('yes', 'no')), count(*)"
        " from question q join trade t on t.user_id = q.user_id and t.id = q.trade_id"
        " left join label l on l.user_id = q.user_id and l.trade_id = q.trade_id"
        " and l.bias = q.bias where q.user_id = %s group by q.bias",
        [user_id],
    )
    return {bias: QuestionCount(answered, all_of_them) for bias, answered, all_of_them in rows}
