"""Whether the standing conclusions were drawn from what is stored.

Candles are stored a week at a time and conclusions are drawn when the last one is there: in
between, a process may die. So each user has two counts. `stored` rises in the transaction that
stores what nothing was concluded from yet; `concluded` is what `stored` was when the standing
conclusions were drawn, and is set in their transaction.

An import into a large history leaves its conclusions due: the next look at them draws them.
Whoever sets or clears `due` holds the user's import lock.
"""

from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId


def note_change(connection: Connection[Any], user_id: UserId) -> None:
    """Note, in the caller's transaction, that it leaves something to be concluded from."""
    connection.execute(
        "insert into conclusion_state as state (user_id, stored) values (%s, 1)"
        " on conflict (user_id) do update set stored = state.stored + 1",
        [user_id],
    )


def changes(connection: Connection[Any], user_id: UserId) -> int:
    """Return the count of changes; asked for before anything is read to conclude from."""
    row = connection.execute(
        "select stored from conclusion_state where user_id = %s", [user_id]
    ).fetchone()
    return 0 if row is None else int(row[0])


def note_concluded(connection: Connection[Any], user_id: UserId, count: int) -> None:
    """Note that all conclusions were drawn when so many changes had been counted."""
    connection.execute(
        "update conclusion_state set concluded = greatest(concluded, %s) where user_id = %s",
        [count, user_id],
    )


def are_behind(connection: Connection[Any], user_id: UserId) -> bool:
    """Return whether something is stored that the standing conclusions were not drawn from."""
    row = connection.execute(
        "select stored > concluded from conclusion_state where user_id = %s", [user_id]
    ).fetchone()
    return bool(row and row[0])


def note_due(connection: Connection[Any], user_id: UserId) -> None:
    """Note, in the caller's transaction, that the next look is to draw all conclusions anew."""
    connection.execute(
        "insert into conclusion_state (user_id, due) values (%s, true)"
        " on conflict (user_id) do update set due = true",
        [user_id],
    )


def note_drawn(connection: Connection[Any], user_id: UserId) -> None:
    """Note, in the transaction that draws all conclusions, that none are due any more."""
    connection.execute(
        "update conclusion_state set due = false where user_id = %s and due", [user_id]
    )


def are_due(connection: Connection[Any], user_id: UserId) -> bool:
    """Return whether an import left it to the next look to draw all conclusions anew."""
    row = connection.execute(
        "select due from conclusion_state where user_id = %s", [user_id]
    ).fetchone()
    return bool(row and row[0])


def who_is_due(connection: Connection[Any]) -> set[UserId]:
    """Return for whom an import left it to the next look to draw all conclusions anew."""
    found = connection.execute("select user_id from conclusion_state where due")
    return {UserId(user_id) for (user_id,) in found}
