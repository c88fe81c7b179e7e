"""What was concluded: tags, one fact an event, and the newest finding of each bias."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from json import JSONEncoder
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.engine.store.copying import copy_in, copy_line
from coach.engine.store.keys import apart, together
from coach.engine.store.results.finding_text import shown
from coach.model.accounts import UserId
from coach.model.insights import Bias, Finding, Tag
from coach.model.trades import TradeId

LINES_A_WRITE = 2_000
ROWS_A_FETCH = 10_000
TAG = "user_id, bias, trade_id, at, fill_keys, facts, formula, event_key, event_keys"
DROP = """
delete from tag t using unnest(%s::text[], %s::text[], %s::bytea[]) gone (bias, trade_id, event_key)
 where t.user_id = %s and t.bias = gone.bias and t.trade_id = gone.trade_id
   and t.event_key = gone.event_key
"""
TagName = tuple[Bias, TradeId, bytes]
encode = JSONEncoder().encode


def replace_tags(connection: Connection[Any], user_id: UserId, tags: Sequence[Tag]) -> list[Tag]:
    """Keep these tags instead of the stored ones and return those that were not there.

    Only what differs is written. A stored tag without an event is as old as the first tables; it
    stands for any of its trade.
    """
    wanted = {_name(tag): tag for tag in tags}
    gone: list[TagName] = []
    with connection.transaction():
        for stored in _stored(connection, user_id):
            name = _name(stored)
            if wanted.get(name) == stored:
                del wanted[name]
            else:
                gone.append(name)
        if gone:
            connection.execute(DROP, [*map(list, zip(*gone, strict=True)), user_id])
        _add(connection, user_id, [*wanted.values()])
    known = frozenset(gone)
    return [
        tag
        for name, tag in wanted.items()
        if name not in known and (tag.bias, tag.trade_id, b"") not in known
    ]


def _stored(connection: Connection[Any], user_id: UserId) -> Iterator[Tag]:
    """Yield the stored tags in any order; streams within the transaction."""
    with connection.cursor(name="tags", binary=True) as cursor:
        cursor.itersize = ROWS_A_FETCH
        cursor.execute(
            "select bias, trade_id, at, fill_keys, facts, formula, event_keys from tag"
            " where user_id = %s",
            [user_id],
        )
        yield from map(_tag, cursor)


def _add(connection: Connection[Any], user_id: UserId, tags: Sequence[Tag]) -> None:
    with copy_in(connection, "tag", TAG) as copy:
        for start in range(0, len(tags), LINES_A_WRITE):
            copy.write("".join(_line(user_id, tag) for tag in tags[start : start + LINES_A_WRITE]))


def _name(tag: Tag) -> TagName:
    return tag.bias, tag.trade_id, _event(tag)


def _event(tag: Tag) -> bytes:
    """Return what tells the events of one trade apart: the first fill of the tagged order."""
    return tag.event_keys[0] if tag.event_keys else b""


def _line(user_id: UserId, tag: Tag) -> str:
    keys = map(together, (tag.fill_keys, tag.event_keys[:1], tag.event_keys))
    fill_keys, event_key, event_keys = keys
    named = (user_id, tag.bias, tag.trade_id, tag.at.isoformat(), fill_keys)
    return copy_line(*named, encode(tag.facts), tag.formula, event_key, event_keys)


def tags(connection: Connection[Any], user_id: UserId, bias: str | None = None) -> list[Tag]:
    """Return the user's tags, oldest first."""
    rows = connection.execute(
        "select bias, trade_id, at, fill_keys, facts, formula, event_keys from tag"
        " where user_id = %s and (%s::text is null or bias = %s)"
        " order by at, trade_id, bias, event_key",
        [user_id, bias, bias],
        binary=True,
    )
    return [_tag(row) for row in rows]


def _tag(row: tuple[Any, ...]) -> Tag:
    bias, trade, at, keys, facts, formula, event = row
    return Tag(bias, TradeId(trade), at, apart(keys), facts, formula, apart(event))


def tagged(connection: Connection[Any], user_id: UserId) -> dict[TradeId, tuple[Bias, ...]]:
    """Return which biases each tagged round trip carries."""
    rows = connection.execute(
        "select trade_id, array_agg(distinct bias order by bias) from tag where user_id = %s"
        " group by trade_id",
        [user_id],
    )
    return {TradeId(trade): tuple(biases) for trade, biases in rows}


def replace_findings(
    connection: Connection[Any],
    user_id: UserId,
    findings: Sequence[Finding],
    as_of: datetime,
    but: Collection[Bias] = (),
) -> None:
    """Keep these findings instead of the stored ones, `but` the ones of these biases."""
    connection.execute(
        "delete from finding where user_id = %s and bias <> all(%s)", [user_id, list(but)]
    )
    with connection.cursor() as cursor:
        cursor.executemany(
            "insert into finding (user_id, bias, as_of, level, body) values (%s, %s, %s, %s, %s)",
            [
                [user_id, finding.bias, as_of, finding.level, Jsonb(shown(finding))]
                for finding in findings
            ],
        )


def found_with_candles(connection: Connection[Any], user_id: UserId) -> set[Bias]:
    """Return the biases whose stored finding rests on candles."""
    rows = connection.execute(
        "select bias from finding where user_id = %s"
        " and jsonb_path_exists(body, '$.evidence[*].sample.candles')",
        [user_id],
    )
    return {bias for (bias,) in rows}


def known_until(connection: Connection[Any], user_id: UserId) -> datetime | None:
    """Return the end of the data that the newest findings are about, None without any."""
    row = connection.execute(
        "select max(as_of) from finding where user_id = %s", [user_id]
    ).fetchone()
    return None if row is None else row[0]


def known_trades(connection: Connection[Any], user_id: UserId) -> set[TradeId]:
    """Return the ids of all round trips that carry a tag and still exist."""
    rows = connection.execute(
        "select distinct g.trade_id from tag g join trade t"
        " on t.user_id = g.user_id and t.id = g.trade_id where g.user_id = %s",
        [user_id],
    )
    return {TradeId(trade) for (trade,) in rows}
