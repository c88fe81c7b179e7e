"""Notes on trades and days. A removed note is kept, so that it can come back."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId
from coach.model.journal.notes import JournalNote, NotedTrade, NoteId, search_form
from coach.model.trades import TradeId
from coach.values import dataclass


@dataclass(frozen=True, slots=True)
class NoteQuery:
    """Which notes: those that hold every phrase, and further conditions where they are given.

    Days of notes lie in [`first_day`, `last_day`], openings of trades in [`since`, `until`).
    A symbol has notes on trades alone.
    """

    phrases: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None
    symbol: str | None = None
    removed: bool = False


# The id of the trade that stands for the noted one today.
NOW = """coalesce(
  (select t.id from trade t where t.user_id = n.user_id and t.id = n.trade_id),
  (select t.id from trade t join account a on a.user_id = t.user_id and a.id = t.account_id
    where n.trade_id is not null and t.user_id = n.user_id and a.name = n.account
      and t.symbol = n.symbol and t.side = n.side and t.opened_at <= n.opened_at
      and (t.closed_at is null or t.closed_at > n.opened_at)
    order by t.opened_at desc, t.id limit 1))"""
NOTES = f"""
select n.n, n.trade_id, n.account, n.symbol, n.side, n.opened_at, {NOW}, n.day, n.body,
       n.written_at, n.edited_at, n.removed_at, n.shared_at
  from note n
 where n.user_id = %(user)s
"""  # noqa: S608 - constant names
CHOSEN = f"""{NOTES}
   and (n.removed_at is not null) = %(removed)s
   and (%(symbol)s::text is null or n.symbol = %(symbol)s)
   and (%(since)s::timestamptz is null or n.opened_at >= %(since)s or n.day >= %(first_day)s)
   and (%(until)s::timestamptz is null or n.opened_at < %(until)s or n.day <= %(last_day)s)
   and coalesce((select bool_and(strpos(n.search_form, phrase) > 0)
                   from unnest(%(phrases)s::text[]) phrase), true)
 order by n.n
"""  # noqa: S608 - constant names
COUNTS = f"""
select now, count(*) from (
  select {NOW} as now from note n where n.user_id = %s and n.removed_at is null) standing
 where now is not null group by now
"""  # noqa: S608 - constant names


def notes(connection: Connection[Any], user_id: UserId, wanted: NoteQuery) -> list[JournalNote]:
    """Return the notes that fit, by their numbers."""
    facts = {
        "user": user_id,
        "phrases": [search_form(phrase) for phrase in wanted.phrases],
        "since": wanted.since,
        "until": wanted.until,
        "first_day": wanted.first_day,
        "last_day": wanted.last_day,
        "symbol": wanted.symbol,
        "removed": wanted.removed,
    }
    return [_note(row) for row in connection.execute(CHOSEN, facts)]


def find(connection: Connection[Any], user_id: UserId, note_id: NoteId) -> JournalNote | None:
    """Return the note of that number, removed or not."""
    facts = {"user": user_id, "n": note_id}
    row = connection.execute(f"{NOTES} and n.n = %(n)s", facts).fetchone()
    return None if row is None else _note(row)


def of_trade(connection: Connection[Any], user_id: UserId, trade_id: TradeId) -> list[JournalNote]:
    """Return the notes on a trade, oldest first."""
    found = notes(connection, user_id, NoteQuery())
    return [one for one in found if isinstance(one.about, NotedTrade) and one.about.now == trade_id]


def counts(connection: Connection[Any], user_id: UserId) -> dict[TradeId, int]:
    """Return how many notes each trade has, of those that have any."""
    return {TradeId(trade): count for trade, count in connection.execute(COUNTS, [user_id])}


def same(
    connection: Connection[Any], user_id: UserId, about: NotedTrade | date, text: str
) -> NoteId | None:
    """Return the note that says just that of the same trade or day."""
    column, value = ("trade_id", about.id) if isinstance(about, NotedTrade) else ("day", about)
    row = connection.execute(
        f"select n from note where user_id = %s and {column} = %s and body = %s"  # noqa: S608
        " and removed_at is null order by n limit 1",
        [user_id, value, text],
    ).fetchone()
    return None if row is None else NoteId(row[0])


def take_turn(connection: Connection[Any], user_id: UserId) -> None:
    """Let no other transaction write notes of this user until this one ends."""
    connection.execute("select from app_user where id = %s for no key update", [user_id])


def add(
    connection: Connection[Any],
    user_id: UserId,
    about: NotedTrade | date,
    text: str,
    now: datetime,
) -> NoteId:
    """Keep a new note under the user's next number."""
    row = connection.execute(
        "insert into note (user_id, n, trade_id, account, symbol, side, opened_at, day, body,"
        " search_form, written_at) select %s, coalesce(max(n), 0) + 1, %s, %s, %s, %s, %s, %s, %s,"
        " %s, %s from note where user_id = %s returning n",
        [user_id, *_subject(about), text, search_form(text), now, user_id],
    ).fetchone()
    assert row is not None
    return NoteId(row[0])


def change_text(
    connection: Connection[Any], user_id: UserId, note_id: NoteId, text: str, now: datetime
) -> None:
    """Put another text in the place of a note's; it was not shared, so it is not."""
    connection.execute(
        "update note set body = %s, search_form = %s, edited_at = %s, shared_at = null"
        " where user_id = %s and n = %s",
        [text, search_form(text), now, user_id, note_id],
    )


def set_removed(
    connection: Connection[Any], user_id: UserId, note_id: NoteId, removed_at: datetime | None
) -> None:
    """Remove a note, or bring it back (None)."""
    connection.execute(
        "update note set removed_at = %s where user_id = %s and n = %s",
        [removed_at, user_id, note_id],
    )


def set_shared(
    connection: Connection[Any], user_id: UserId, note_id: NoteId, shared_at: datetime | None
) -> None:
    """Let a language model read a note, or no longer (None)."""
    connection.execute(
        "update note set shared_at = %s where user_id = %s and n = %s",
        [shared_at, user_id, note_id],
    )


def shared(connection: Connection[Any], user_id: UserId, most: int) -> list[str]:
    """Return the texts of the newest notes that a model may read, oldest first."""
    rows = connection.execute(
        "select body from note where user_id = %s and shared_at is not null and removed_at is null"
        " order by n desc limit %s",
        [user_id, most],
    ).fetchall()
    return [text for (text,) in reversed(rows)]


def _subject(about: NotedTrade | date) -> Sequence[object]:
    if isinstance(about, NotedTrade):
        return about.id, about.account, about.symbol, about.side, about.opened_at, None
    return None, None, None, None, None, about


def _note(row: Sequence[Any]) -> JournalNote:
    n, *trade, day, text, written, edited, removed, shared_at = row
    about = day if trade[0] is None else NotedTrade(*trade)
    return JournalNote(NoteId(n), about, text, written, edited, removed, shared_at)
