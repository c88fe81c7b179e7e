"""Commitments. A removed one is kept, with the moments at which it went and came back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId
from coach.model.journal.notes import search_form
from coach.model.promises.commitments import Commitment, CommitmentId
from coach.model.rules import RuleId

COLUMNS = "n, body, rule_id, signed_at, changes"


def signed(
    connection: Connection[Any], user_id: UserId, phrases: Sequence[str] = ()
) -> list[Commitment]:
    """Return the commitments that hold every phrase, removed or not, by number."""
    rows = connection.execute(
        f"select {COLUMNS} from commitment where user_id = %s"  # noqa: S608 - constant
        " and coalesce((select bool_and(strpos(search_form, phrase) > 0)"
        " from unnest(%s::text[]) phrase), true) order by n",
        [user_id, [search_form(phrase) for phrase in phrases]],
    )
    return [_commitment(row) for row in rows]


def find(connection: Connection[Any], user_id: UserId, number: CommitmentId) -> Commitment | None:
    """Return the commitment of that number, removed or not."""
    row = connection.execute(
        f"select {COLUMNS} from commitment where user_id = %s and n = %s",  # noqa: S608 - constant
        [user_id, number],
    ).fetchone()
    return None if row is None else _commitment(row)


def sign(
    connection: Connection[Any], user_id: UserId, text: str, rule_id: RuleId | None, now: datetime
) -> CommitmentId:
    """Keep a new commitment under the user's next number."""
    row = connection.execute(
        "insert into commitment (user_id, n, rule_id, body, search_form, signed_at)"
        " select %s, coalesce(max(n), 0) + 1, %s, %s, %s, %s from commitment where user_id = %s"
        " returning n",
        [user_id, rule_id, text, search_form(text), now, user_id],
    ).fetchone()
    assert row is not None
    return CommitmentId(row[0])


def change(
    connection: Connection[Any], user_id: UserId, number: CommitmentId, now: datetime
) -> None:
    """Remove a commitment that stands, or bring a removed one back."""
    connection.execute(
        "update commitment set changes = array_append(changes, %s) where user_id = %s and n = %s",
        [now, user_id, number],
    )


def _commitment(row: Sequence[Any]) -> Commitment:
    n, text, rule_id, signed_at, changes = row
    rule = None if rule_id is None else RuleId(rule_id)
    return Commitment(CommitmentId(n), text, rule, signed_at, tuple(changes))
