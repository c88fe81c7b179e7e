"""Checks before a trade as they were asked and answered, the fills after them, and confidences."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from psycopg import Connection
from psycopg.types.json import Jsonb

from coach.model.accounts import UserId
from coach.model.promises.checks import (
    CHECK_WINDOW,
    CheckAnswer,
    CheckId,
    FillAfterCheck,
    KeptCheck,
    LargestSize,
)
from coach.model.promises.confidence import GivenConfidence, TradeResult
from coach.model.trades import RoundTrip, outcome

COLUMNS = (
    "asked_at, symbol, side, quantity, price, action, answers, size_limit, largest, limited_by,"
    " confidence"
)
KEEP = f"""
insert into trade_check (user_id, {COLUMNS})
values (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) returning id::text
"""  # noqa: S608 - constant names
CHECKS = f"""
select id::text, {COLUMNS} from trade_check
 where user_id = %(user)s and asked_at >= coalesce(%(since)s::timestamptz, '-infinity')
   and asked_at < coalesce(%(until)s::timestamptz, 'infinity')
 order by asked_at, id
"""  # noqa: S608 - constant names
FILLS = """
select distinct f.account_id, f.key, f.symbol, f.side, f.at, f.quantity
  from trade_check c join account a on a.user_id = c.user_id
  join fill f on f.user_id = c.user_id and f.account_id = a.id and f.symbol = c.symbol
   and f.side = c.side and f.at >= c.asked_at and f.at < c.asked_at + %(window)s
 where c.user_id = %(user)s and f.left_out is null
   and f.at < coalesce(%(until)s::timestamptz, 'infinity')
"""
TRADES = """
select id, symbol, side, opened_at, closed_at, net, fees, other_fees from trade
 where user_id = %(user)s and (closed_at is null or closed_at >= %(since)s)
 order by opened_at, id
"""
STATE = """
select md5(concat_ws(' ',
  (select string_agg(concat_ws(' ', id, confidence), ',' order by asked_at, id) from trade_check
    where user_id = %(user)s and asked_at < %(until)s),
  (select string_agg(concat_ws(' ', trade_id, confidence), ',' order by given_at, trade_id)
     from trade_confidence where user_id = %(user)s and given_at < %(until)s)))
"""


def keep(connection: Connection[Any], user_id: UserId, asked: KeptCheck) -> CheckId:
    """Keep a check, whatever id it has; return the one that it is kept under."""
    answers = [asdict(one) for one in asked.answers]
    largest = asked.largest
    row = connection.execute(
        KEEP,
        [
            user_id,
            asked.asked_at,
            asked.symbol,
            asked.side,
            asked.quantity,
            asked.price,
            asked.action,
            Jsonb(answers),
            largest.limit,
            largest.quantity,
            list(largest.limited_by),
            asked.confidence,
        ],
    ).fetchone()
    assert row is not None
    return CheckId(row[0])


def checks(
    connection: Connection[Any],
    user_id: UserId,
    since: datetime | None = None,
    until: datetime | None = None,
) -> list[KeptCheck]:
    """Return the checks that were asked in [since, until), oldest first."""
    facts = {"user": user_id, "since": since, "until": until}
    return [_check(row) for row in connection.execute(CHECKS, facts)]


def fills_after(
    connection: Connection[Any], user_id: UserId, until: datetime | None = None
) -> list[FillAfterCheck]:
    """Return every fill of the symbol and side of a check in the hour after it, once each."""
    facts = {"user": user_id, "until": until, "window": CHECK_WINDOW}
    return [FillAfterCheck(*row[2:]) for row in connection.execute(FILLS, facts)]


def trades_since(
    connection: Connection[Any], user_id: UserId, since: datetime
) -> list[TradeResult]:
    """Return the trades that were open at a moment or opened after it, with their results."""
    facts = {"user": user_id, "since": since}
    found = []
    for id_, symbol, side, opened, closed, net, fees, others in connection.execute(TRADES, facts):
        known = closed is not None and outcome(net, fees, others) != "unknown"
        found.append(TradeResult(id_, symbol, side, opened, closed, net if known else None))
    return found


def give_confidence(
    connection: Connection[Any],
    user_id: UserId,
    about: tuple[RoundTrip, str],
    percent: int,
    now: datetime,
) -> None:
    """Keep the confidence in an open trade of an account, which has none yet."""
    trip, account = about
    connection.execute(
        "insert into trade_confidence (user_id, trade_id, account, symbol, side, opened_at,"
        " confidence, given_at) values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [user_id, trip.id, account, trip.symbol, trip.side, trip.opened_at, percent, now],
    )


def confidences(
    connection: Connection[Any], user_id: UserId, until: datetime | None = None
) -> list[GivenConfidence]:
    """Return the confidences that were given in open trades before a moment, oldest first."""
    rows = connection.execute(
        "select confidence, given_at, symbol, side, opened_at, trade_id from trade_confidence"
        " where user_id = %(user)s and given_at < coalesce(%(until)s::timestamptz, 'infinity')"
        " order by given_at, trade_id",
        {"user": user_id, "until": until},
    )
    return [GivenConfidence(*row) for row in rows]


def state(connection: Connection[Any], user_id: UserId, until: datetime) -> str:
    """Return one hash of the checks and confidences before a moment; empty ones have one, too."""
    row = connection.execute(STATE, {"user": user_id, "until": until}).fetchone()
    assert row is not None
    return str(row[0])


def _check(row: Sequence[Any]) -> KeptCheck:
    id_, asked_at, symbol, side, quantity, price, action, answers, limit, largest, by, sure = row
    return KeptCheck(
        id=CheckId(id_),
        asked_at=asked_at,
        symbol=symbol,
        side=side,
        quantity=quantity,
        price=price,
        action=action,
        answers=tuple(CheckAnswer(**one) for one in answers),
        largest=LargestSize(limit, largest, tuple(by)),
        confidence=sure,
    )
