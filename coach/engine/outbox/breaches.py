"""What is said with a breach: the commitments that were signed for that moment."""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from psycopg import Connection

from coach.model.accounts import UserId
from coach.model.events import NewEvent


def with_commitments(
    connection: Connection[Any], user_id: UserId, events: Iterable[NewEvent]
) -> list[NewEvent]:
    """Return the events, those of breaches with the commitments that stand for their rules."""
    told = list(events)
    if not any(event.type == "rule.breached" for event in told):
        return told  # every unit of work asks, and few need what is imported here
    from coach.engine.store.promises import commitments
    from coach.model.promises.commitments import in_short
    from coach.model.promises.rule_events import RuleBreached

    signed = commitments.signed(connection, user_id)
    standing = [one for one in signed if one.removed_at is None]
    return [
        replace(
            event,
            commitments=tuple(
                in_short(one.text) for one in standing if one.is_about(event.rule_id)
            ),
        )
        if isinstance(event, RuleBreached)
        else event
        for event in told
    ]
